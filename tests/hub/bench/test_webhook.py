"""The load's webhooks are ones the hub takes: signed, parsed, found again."""

from datetime import UTC, datetime

from hub.bench.webhook import MARK, Account, Webhooks, phone
from hub.inbound import IdentityKind, InboundMessage
from hub.whatsapp.signature import verify
from hub.whatsapp.webhook import parse


def test_a_webhook_is_signed_and_carries_one_message_of_the_customer() -> None:
    webhooks = Webhooks()
    head, _, body = webhooks.message(7).partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:])
    assert lines[0] == f"POST {Account().path} HTTP/1.1"
    assert verify(body, [headers["X-Hub-Signature-256"]], [Account().app_secret])
    (delivery,) = parse(body, datetime.now(UTC)).items
    item = delivery.item
    assert isinstance(item, InboundMessage)
    assert delivery.phone_number_id == Account().phone_number_id
    assert (IdentityKind.WA_ID, phone(7)) in [(identity.kind, identity.value) for identity in item.party.identities]
    assert item.channel_message_id == webhooks.message_id(webhooks.last)


def test_every_message_has_a_mark_of_its_own() -> None:
    webhooks = Webhooks()
    marks = []
    for _ in range(3):
        found = MARK.search(webhooks.message(1))
        assert found is not None
        assert int(found[1]) == webhooks.last
        marks.append(webhooks.last)
    assert len(set(marks)) == 3
