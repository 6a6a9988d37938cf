"""The numbers of a configuration, with their ways out and their door."""

from typing import Any

from hub.config import load
from tests.web.conftest import SECRET
from web import metrics
from web.ingress_metrics import Ingress
from web.whatsapp import numbers

CONFIG = b"""
[channels.whatsapp-main]
type = "whatsapp"
phone_number_id = "106540352242922"
waba_id = "102290129340398"
access_token = "a token that is long enough"
app_secret = "a secret that is long enough"
verify_token = "verify me, please"
graph_url = "http://127.0.0.1:9"

[channels.app]
type = "chat_app"
jwt_secret = "a secret for customers' tokens, long enough"
"""


async def test_each_number_is_there_as_long_as_it_is_open() -> None:
    rows: Any = object()
    config = load(CONFIG, make_up=lambda path: SECRET).config
    async with numbers.opened(config, rows, rows) as opened:
        assert list(opened.carriers) == list(opened.templates) == ["whatsapp-main"]
        assert await opened.find_template("app", "welcome", "pt_BR") is None
        ingress = Ingress(metrics.registry("test"), ("whatsapp-main",))
        routes = opened.routes(config, rows, ingress, rows)
        session = opened.by_channel["whatsapp-main"].carrier.session
        assert not session.closed
    assert session.closed
    path = "/webhooks/whatsapp/{channel}"
    assert [(route.method, route.path) for route in routes] == [("GET", path), ("POST", path)]
    (gate,) = routes[1].gates
    assert (gate.path, gate.in_hand.limit) == ("/webhooks/whatsapp/whatsapp-main", config.limits.webhooks_in_hand)
