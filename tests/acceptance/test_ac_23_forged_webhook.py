"""AC-23: only what WhatsApp signed is believed, over the very bytes that came."""

import hashlib
import hmac

import orjson
import pytest

from hub.demo.whatsapp.envelope import serialise, signature
from tests.acceptance.process import APP_SECRET, CHANNEL, VERIFY_TOKEN
from tests.acceptance.stage import Stage

SHA1 = "sha1=" + hmac.new(APP_SECRET.encode(), b"x", hashlib.sha1).hexdigest()


def _forgeries(raw: bytes) -> dict[str, list[str]]:
    good = signature(raw, APP_SECRET)
    return {
        "missing": [],
        "empty": [""],
        "another secret": [signature(raw, "another-app-secret-0123456789abcdef")],
        "another body": [signature(raw + b" ", APP_SECRET)],
        "without its prefix": [good.removeprefix("sha256=")],
        "short": [good[:-1]],
        "long": [good + "0"],
        "sha1": [SHA1],
        "not ascii": ["sha256=" + "é" * 64],
        "twice, one wrong": [good, signature(raw, "another-app-secret-0123456789abcdef")],
        "all zero": ["sha256=" + "0" * 64],
    }


@pytest.mark.parametrize("forgery", _forgeries(b""))
async def test_a_forged_webhook_is_refused_and_leaves_nothing(stage: Stage, forgery: str) -> None:
    customer = stage.customer()
    raw = serialise(stage.written((customer, customer.draft("text", {"body": "Uma mensagem falsa"}))))
    headers = [("Content-Type", "application/json"), *(("X-Hub-Signature-256", s) for s in _forgeries(raw)[forgery])]
    refused = f'hub_ingress_webhooks_total{{channel="{CHANNEL}",outcome="invalid_signature"}}'
    before = await stage.metric(refused)
    async with stage.session.post(stage.hub.url + stage.hub.webhook_path, data=raw, headers=headers) as answer:
        assert answer.status == 401
        assert (await answer.json())["code"] == "unauthenticated"
    assert await stage.metric(refused) == before + 1
    assert await stage.stored(customer) == []
    assert await stage.value("select count(*) from customers where name = $1", customer.identity.name) == 0
    assert (await stage.post(raw)).status == 200
    assert len(await stage.stored(customer)) == 1


async def test_what_was_captured_and_is_replayed_changes_nothing(stage: Stage) -> None:
    customer = stage.customer()
    raw = serialise(stage.written((customer, customer.draft("text", {"body": "Capturada no caminho"}))))
    for _ in range(3):
        assert (await stage.post(raw)).status == 200
    assert len(await stage.stored(customer)) == 1


async def test_the_signature_is_of_the_bytes_not_of_their_meaning(stage: Stage) -> None:
    """Meta signs and sends the escaped form; the same JSON written otherwise has another signature."""
    customer = stage.customer()
    body = stage.written((customer, customer.draft("text", {"body": "äöå / não é ASCII"})))
    escaped = serialise(body)
    plain = orjson.dumps(body)
    refused = await stage.post(plain, X_Hub_Signature_256=signature(escaped, APP_SECRET))
    assert refused.status == 401
    assert (await stage.post(escaped)).status == 200
    (stored,) = await stage.stored(customer)
    assert stored["text"] == "äöå / não é ASCII"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY_TOKEN}, 200),
        ({"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "wrong"}, 403),
        ({"hub.mode": "unsubscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY_TOKEN}, 403),
        ({"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN}, 403),
        ({"hub.mode": "subscribe", "hub.challenge": "<script>", "hub.verify_token": VERIFY_TOKEN}, 403),
        ({}, 403),
    ],
)
async def test_the_handshake(stage: Stage, query: dict[str, str], status: int) -> None:
    async with stage.session.get(stage.hub.url + stage.hub.webhook_path, params=query) as answer:
        assert answer.status == status
        if status == 200:
            assert await answer.text() == query["hub.challenge"]
            assert answer.content_type == "text/plain"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_secrets_may_be_rotated(stage: Stage) -> None:
    """Two app secrets: both are believed, until the old one is taken out."""
    new = "a-new-app-secret-0123456789abcdef"
    customer = stage.customer()

    async def delivered(secret: str, text: str) -> int:
        raw = serialise(stage.written((customer, customer.draft("text", {"body": text}))))
        return (await stage.post(raw, X_Hub_Signature_256=signature(raw, secret))).status

    option = f"channels.{CHANNEL}.app_secret"
    for secrets, expected in (([new, APP_SECRET], (200, 200)), ([new], (401, 200))):
        stage.hub.stop()
        stage.hub.options[option] = str(secrets).replace("'", '"')
        await stage.hub.start()
        assert (await delivered(APP_SECRET, "Com o antigo"), await delivered(new, "Com o novo")) == expected
    stage.hub.stop()
    del stage.hub.options[option]
    await stage.hub.start()
