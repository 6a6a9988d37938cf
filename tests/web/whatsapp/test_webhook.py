"""WhatsApp's door as Meta uses it: the handshake, the signature over raw bytes, and 200 only for what is stored."""

import asyncio
import contextlib
import gzip
import io
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import attrs
import pytest
from aiohttp import ClientResponse

from hub.demo.whatsapp.envelope import serialise, signature
from storage.database import Database
from tests.web.desk_stage import NUMBER, SECRETS, VERIFY, WABA, WHATSAPP, DeskStage, staged_desk
from web.whatsapp import webhook
from web.whatsapp.webhook import Account

PATH = f"/webhooks/whatsapp/{WHATSAPP}"
OTHER_NUMBER = "106540352242999"


class Meta:
    """Meta's side of the door."""

    def __init__(self, desk: DeskStage) -> None:
        self.desk = desk

    def body(self, *messages: dict[str, Any], number: str = NUMBER, **value: Any) -> dict[str, Any]:
        """A body with these messages of Maria's."""
        contact = {"profile": {"name": "Maria"}, "wa_id": "351910000001", "user_id": "PT.1"}
        whole = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "15550783881", "phone_number_id": number},
            "contacts": [contact],
            "messages": list(messages),
            **value,
        }
        change = {"field": "messages", "value": whole}
        return {"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": [change]}]}

    def text(self, wamid: str, text: str = "Olá", **more: Any) -> dict[str, Any]:
        moment = str(int(self.desk.clock().timestamp()))
        sender = {"from": "351910000001", "from_user_id": "PT.1"}
        return {**sender, "id": wamid, "timestamp": moment, "type": "text", "text": {"body": text}, **more}

    async def post(self, raw: bytes, secret: str = SECRETS[0], path: str = PATH, **headers: str) -> ClientResponse:
        """Delivers these bytes; headers that are named replace or (empty) remove the usual ones."""
        given = {"X-Hub-Signature-256": signature(raw, secret), "Content-Type": "application/json", **headers}
        return await self.desk.client.post(
            path, data=raw, headers={name: value for name, value in given.items() if value}
        )

    async def brings(self, body: dict[str, Any]) -> int:
        return (await self.post(serialise(body))).status

    async def stored(self) -> list[str]:
        async with self.desk.database.acquire() as connection:
            rows = await connection.fetch("select channel, text from messages order by channel, seq")
        return [row["text"] for row in rows]

    async def aside(self) -> list[str]:
        async with self.desk.database.acquire() as connection:
            return [row["reason"] for row in await connection.fetch("select reason from quarantine order by reason")]

    def count(self, outcome: str) -> float | None:
        labels = {"channel": WHATSAPP, "outcome": outcome}
        return self.desk.figures.get_sample_value("hub_ingress_webhooks_total", labels)


@pytest.fixture
async def meta(database: Database, aiohttp_client: Any) -> AsyncIterator[Meta]:
    async with staged_desk(database, aiohttp_client) as desk:
        yield Meta(desk)


# The handshake


async def test_the_challenge_comes_back_as_it_was(meta: Meta) -> None:
    query = urlencode({"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"})
    answer = await meta.desk.client.get(f"{PATH}?{query}")
    assert (answer.status, await answer.text(), answer.content_type) == (200, "1158201444", "text/plain")


@pytest.mark.parametrize(
    ("changed", "path", "status"),
    [
        ({"hub.verify_token": "guess"}, PATH, 403),
        ({"hub.mode": "unsubscribe"}, PATH, 403),
        ({"hub.challenge": "<script>"}, PATH, 403),
        ({}, "/webhooks/whatsapp/nowhere", 404),
    ],
)
async def test_a_handshake_that_is_refused(meta: Meta, changed: dict[str, str], path: str, status: int) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444", **changed}
    assert (await meta.desk.client.get(f"{path}?{urlencode(query)}")).status == status


# The signature


@pytest.mark.parametrize("secret", SECRETS)
async def test_any_of_the_secrets_may_have_signed(meta: Meta, secret: str) -> None:
    answer = await meta.post(serialise(meta.body(meta.text("wamid.1"))), secret)
    assert (answer.status, await answer.text()) == (200, "ok")
    assert await meta.stored() == ["Olá"]
    assert meta.count("accepted") == 1


async def test_the_bytes_are_signed_not_what_they_mean(meta: Meta) -> None:
    """Meta signs the escaped form. The same JSON written otherwise has another signature."""
    body = meta.body(meta.text("wamid.1", "äöü / 👍"))
    escaped, plain = serialise(body), json.dumps(body, ensure_ascii=False).encode()
    wrong = await meta.post(plain, **{"X-Hub-Signature-256": signature(escaped, SECRETS[0])})
    assert (wrong.status, await meta.stored()) == (401, [])
    assert (await meta.post(escaped)).status == 200
    assert await meta.stored() == ["äöü / 👍"]


@pytest.mark.parametrize("given", ["", "sha256=", "sha256=" + "0" * 64, "sha1=" + "0" * 40, "nonsense"])
async def test_what_is_not_signed_is_not_even_parsed(meta: Meta, given: str) -> None:
    raw = serialise(meta.body(meta.text("wamid.1")))
    for bytes_ in (raw, b"{ broken"):
        refused = await meta.post(bytes_, **{"X-Hub-Signature-256": given})
        assert (refused.status, (await refused.json())["code"]) == (401, "unauthenticated")
    assert (await meta.stored(), await meta.aside()) == ([], [])
    assert (meta.count("invalid_signature"), meta.count("accepted")) == (2, 0)


async def test_an_unknown_channel_is_not_found(meta: Meta) -> None:
    assert (await meta.post(b"{}", path="/webhooks/whatsapp/nowhere")).status == 404


# Content never leads to an error


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not_json"),
        (b"{ broken", "not_json"),
        (b"[1]", "not_an_object"),
        (b'{"object":"page","entry":[]}', "unknown_object"),
        (b'{"object":"whatsapp_business_account","entry":[{"id":"1"}]}', "no_changes"),
        (b"\xff\xfe\x00", "not_json"),
    ],
)
async def test_what_nobody_understands_is_kept_and_accepted(meta: Meta, raw: bytes, reason: str) -> None:
    assert (await meta.post(raw)).status == 200
    assert await meta.aside() == [reason]
    labels = {"channel": WHATSAPP, "reason": reason}
    assert meta.desk.figures.get_sample_value("hub_ingress_quarantined_total", labels) == 1


async def test_one_bad_element_does_not_cost_its_batch(meta: Meta) -> None:
    anonymous = {"id": "wamid.2", "timestamp": "1780000000", "type": "text", "text": {"body": "?"}}
    body = meta.body(meta.text("wamid.1", "um"), anonymous, meta.text("wamid.3", "dois\0\ud800"), contacts=[])
    assert (await meta.post(json.dumps(body).encode())).status == 200
    assert await meta.stored() == ["um", "dois\ufffd"]
    assert await meta.aside() == ["no_sender"]


async def test_the_same_delivery_again_changes_nothing(meta: Meta) -> None:
    body = meta.body(meta.text("wamid.1"), meta.text("wamid.2", "Oi"))
    answers = await asyncio.gather(*(meta.brings(body) for _ in range(4)))
    assert answers == [200] * 4
    assert sorted(await meta.stored()) == ["Oi", "Olá"]
    labels = {"channel": WHATSAPP}
    assert meta.desk.figures.get_sample_value("hub_ingress_duplicates_total", labels) == 6


async def test_a_large_delivery_is_parsed_beside_the_loop(meta: Meta) -> None:
    body = meta.body(*(meta.text(f"wamid.{n}", "x" * 2000) for n in range(200)))
    assert len(serialise(body)) > webhook.LARGE
    assert await meta.brings(body) == 200
    assert len(await meta.stored()) == 200


async def test_a_packed_body_is_signed_unpacked_and_one_that_is_too_long_is_refused(meta: Meta) -> None:
    raw = serialise(meta.body(meta.text("wamid.1")))
    packed = gzip.compress(raw)
    answer = await meta.desk.client.post(
        PATH, data=packed, headers={"Content-Encoding": "gzip", "X-Hub-Signature-256": signature(raw, SECRETS[0])}
    )
    assert answer.status == 200
    long = await meta.desk.client.post(PATH, data=io.BytesIO(b"x" * 4_000_001))
    assert long.status == 413


# Whose number


async def test_another_number_of_the_same_app_is_that_channels(meta: Meta) -> None:
    """Meta has one webhook address per app: all its numbers are brought to it."""
    accounts: Any = meta.desk.whatsapp.accounts
    accounts["app"] = Account("app", OTHER_NUMBER, WABA, (SECRETS[1],), VERIFY)
    body = meta.body(meta.text("wamid.1", "for the other"), number=OTHER_NUMBER)
    body["entry"] += meta.body(meta.text("wamid.2", "for this"))["entry"]
    assert await meta.brings(body) == 200
    assert await meta.stored() == ["for the other", "for this"]
    async with meta.desk.database.acquire() as connection:
        channels = await connection.fetch("select channel from conversations order by channel")
    assert [row["channel"] for row in channels] == ["app", WHATSAPP]


async def test_a_number_of_another_app_is_not_taken_on_this_ones_word(meta: Meta) -> None:
    accounts: Any = meta.desk.whatsapp.accounts
    accounts["app"] = Account("app", OTHER_NUMBER, WABA, ("another app's secret",), VERIFY)
    assert await meta.brings(meta.body(meta.text("wamid.1"), number=OTHER_NUMBER)) == 200
    assert await meta.brings(meta.body(meta.text("wamid.2"), number="nobody's")) == 200
    assert await meta.stored() == []
    assert meta.count("foreign_number") == 2


# Only a store that cannot be reached


async def test_200_comes_after_the_commit_and_503_when_there_is_none(meta: Meta) -> None:
    await meta.desk.journal.close()
    url, meta.desk.database.url = meta.desk.database.url, "postgresql://127.0.0.1:1/nowhere"
    body = meta.body(meta.text("wamid.1"))
    refused = await meta.post(serialise(body))
    assert (refused.status, (await refused.json())["code"]) == (503, "unavailable")
    assert int(refused.headers["Retry-After"]) >= 1
    assert (meta.count("rejected"), meta.count("accepted")) == (1, 0)
    assert await meta.stored() == []
    meta.desk.database.url = url
    assert await meta.brings(body) == 200
    assert await meta.stored() == ["Olá"]


async def test_while_the_hub_stops_deliveries_are_left_to_others(meta: Meta) -> None:
    await meta.desk.system.drain(1.0)
    refused = await meta.post(serialise(meta.body(meta.text("wamid.1"))))
    assert refused.status == 503
    assert meta.count("rejected") == 1


def test_an_account_shows_no_secret() -> None:
    account = Account(WHATSAPP, NUMBER, WABA, SECRETS, VERIFY)
    assert attrs.asdict(account)["app_secrets"] == SECRETS
    for secret in (*SECRETS, VERIFY):
        assert secret not in repr(account)


async def test_more_than_can_be_stored_in_time_is_refused_at_once(meta: Meta) -> None:
    door = meta.desk.whatsapp
    with contextlib.ExitStack() as hands:
        for _ in range(door.in_hand.limit):
            hands.enter_context(door.in_hand)
        answer = await meta.post(serialise(meta.body(meta.text("wamid.late"))))
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert door.in_hand.count == 0
    assert await meta.brings(meta.body(meta.text("wamid.late"))) == 200
    assert door.in_hand.count == 0


async def test_at_the_gate_it_is_counted_as_at_the_door(meta: Meta) -> None:
    (gate,) = (gate for route in meta.desk.whatsapp.routes() for gate in route.gates)
    assert (gate.path, gate.in_hand) == (PATH, meta.desk.whatsapp.in_hand)
    gate.refused()
    assert meta.count("rejected") == 1
