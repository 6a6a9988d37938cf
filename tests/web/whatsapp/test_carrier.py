"""Every way in which a call of the simulated Graph can end, and what the hub makes of it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from attrs import evolve

from hub.conversation.commands import Outcome
from hub.conversation.effects import OutboxRow
from hub.demo.whatsapp import Fault, Limits, WhatsAppWorld
from hub.demo.whatsapp.files import picture
from hub.errors import NotFound, Unavailable
from hub.ids import uuid7
from hub.outbox import Sent
from hub.whatsapp.reference import reference
from web.outgoing_guard import session
from web.whatsapp.carrier import LONGEST_WISH, RESTING, Api, WhatsAppCarrier
from web.whatsapp.throughput import Throughput

PHONE, TOKEN = "106540352242922", "EAAG-a-token-for-tests"
MARIA = "351910000001"
WORDS = "As palavras do agente"
TOTAL = 0.4
LARGEST = 64 * 1024


class Line:
    """A number that can send to Maria."""

    def __init__(self, world: WhatsAppWorld, graph: aiohttp.ClientSession) -> None:
        self.world = world
        self.uploaded: list[UUID] = []
        self.upload_fails: Exception | None = None
        api = Api(f"{world.base_url}/", "v26.0", PHONE, TOKEN, aiohttp.ClientTimeout(total=TOTAL), LARGEST)
        self.carrier = WhatsAppCarrier(api, graph, self._upload, lambda: 0.5, Throughput(1000.0))

    async def _upload(self, media_id: UUID) -> str:
        if self.upload_fails is not None:
            raise self.upload_fails
        self.uploaded.append(media_id)
        return self.world.media.upload(picture(), "image/png").id

    def row(self, tries: int = 0, attempt: int = 1, **payload: Any) -> OutboxRow:
        """A message to Maria: a text unless the payload says otherwise."""
        to = [{"kind": "bsuid", "value": "PT.1"}, {"kind": "wa_id", "value": MARIA}]
        standard = {"kind": "text", "text": WORDS, "to": to}
        return OutboxRow(uuid7(), "wa", uuid7(), 1, attempt, {**standard, **payload}, message_id=uuid7(), tries=tries)

    async def send(self, fault: Fault | None = None, row: OutboxRow | None = None) -> Sent:
        if fault is not None:
            self.world.faults.next(1, fault)
        return await self.carrier.send(row or self.row())

    def bodies(self) -> list[dict[str, Any]]:
        """What the world has accepted."""
        return [send.body for send in self.world.ledger.sends]


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    world = WhatsAppWorld(
        phone_number_id=PHONE,
        access_token=TOKEN,
        app_secret="s",
        verify_token="v",
        webhook_url="http://127.0.0.1:9/",
        limits=Limits(messages_per_second=None, pair_interval=None),
    )
    await world.start()
    await world.customer(MARIA).say("Oi")
    async with session(guarded=False) as graph:
        yield Line(world, graph)
    await world.stop()


# Taken


async def test_a_message_that_is_taken_carries_our_reference(line: Line) -> None:
    row = line.row(attempt=3)
    assert await line.carrier.prepare(row) is None
    sent = await line.send(row=row)
    (taken,) = line.world.ledger.sends
    assert sent == Sent(Outcome.ACCEPTED, provider_id=taken.wamid)
    assert taken.body["to"] == f"+{MARIA}"
    assert (taken.text, taken.opaque) == (WORDS, reference(row.message_id or row.id, 3))


@pytest.mark.parametrize("fault", [Fault.status_first(), Fault.fails_later()])
async def test_what_happens_to_it_later_is_the_webhooks_business(line: Line, fault: Fault) -> None:
    assert (await line.send(fault)).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("payload", "kind", "part"),
    [
        (
            {"kind": "template", "text": None, "template": {"name": "hello", "language": {"code": "en"}, "text": "Hi"}},
            "template",
            {"name": "hello", "language": {"code": "en"}},
        ),
        (
            {"kind": "reaction", "text": None, "reaction": {"target": "wamid.1", "emoji": "👍"}},
            "reaction",
            {"message_id": "wamid.1", "emoji": "👍"},
        ),
    ],
)
async def test_other_kinds(line: Line, payload: dict[str, Any], kind: str, part: dict[str, Any]) -> None:
    line.world.add_template("hello", "en", "Hi")
    assert (await line.send(row=line.row(**payload))).outcome is Outcome.ACCEPTED
    (body,) = line.bodies()
    assert (body["type"], body[kind]) == (kind, part)


async def test_a_quotation_and_somebody_without_a_phone_number(line: Line) -> None:
    customer = line.world.customer(MARIA)
    to = [{"kind": "bsuid", "value": customer.bsuid}]
    assert (await line.send(row=line.row(to=to, reply_to="wamid.1"))).outcome is Outcome.ACCEPTED
    (body,) = line.bodies()
    assert (body["recipient"], body["context"]) == (customer.bsuid, {"message_id": "wamid.1"})
    assert "to" not in body


# Refused


@pytest.mark.parametrize(
    ("code", "retryable", "closes_window"),
    [
        (131047, False, True),
        (131026, False, False),
        (131050, False, False),
        (131009, False, False),
        (132015, False, False),
        (131048, True, False),
        (424242, False, False),
    ],
)
async def test_a_refusal_for_good(line: Line, code: int, retryable: bool, closes_window: bool) -> None:
    sent = await line.send(Fault.error(code, details="Meta's own words about +351910000001"))
    assert (sent.outcome, sent.code) == (Outcome.REFUSED, str(code))
    assert (sent.retryable, sent.closes_window, sent.channel_down) == (retryable, closes_window, False)
    assert sent.text
    assert MARIA not in sent.text
    assert line.bodies() == []


@pytest.mark.parametrize(
    ("fault", "tries", "wait", "hold"),
    [
        (Fault.error(131000), 0, 0.5, 0.0),
        (Fault.error(131016), 3, 32.0, 0.0),
        (Fault.error(2), 1, 2.0, 0.0),
        (Fault.error(131056), 2, 8.0, 0.0),
        (Fault.error(130429, 429), 1, 2.0, 2.0),
        (Fault.error(130429, 429, retry_after=7), 1, 7.0, 7.0),
        (Fault.error(80007, retry_after=100_000), 0, LONGEST_WISH, LONGEST_WISH),
        (Fault.error(131053), 0, 0.5, 0.0),
        (Fault.error(134101), 0, 600.0, 0.0),
        (Fault.error(424242, transient=True), 0, 0.5, 0.0),
        (Fault.error(424242, 500), 0, 0.5, 0.0),
    ],
)
async def test_a_refusal_for_now(line: Line, fault: Fault, tries: int, wait: float, hold: float) -> None:
    sent = await line.send(fault, line.row(tries))
    assert (sent.outcome, sent.code) == (Outcome.LATER, str(fault.code))
    assert (sent.retry_in, sent.hold_channel) == (wait, hold)
    assert (sent.burns_try, sent.channel_down) == (True, False)


@pytest.mark.parametrize(("code", "tries"), [(131000, 4), (130429, 4), (131053, 1), (134101, 4)])
async def test_the_last_try_is_the_last(line: Line, code: int, tries: int) -> None:
    sent = await line.send(Fault.error(code), line.row(tries))
    assert (sent.outcome, sent.code, sent.retryable) == (Outcome.REFUSED, str(code), True)


@pytest.mark.parametrize("code", [0, 10, 190, 368, 131005, 131031, 133010])
async def test_a_channel_that_needs_a_person_loses_no_try(line: Line, code: int) -> None:
    sent = await line.send(Fault.error(code), line.row(tries=4))
    assert (sent.outcome, sent.channel_down, sent.burns_try) == (Outcome.LATER, True, False)
    assert sent.retry_in == RESTING


async def test_a_revoked_token(line: Line) -> None:
    line.world.faults.revoke_token()
    sent = await line.send()
    assert (sent.code, sent.channel_down) == ("190", True)
    line.world.faults.restore_token()
    assert (await line.send()).outcome is Outcome.ACCEPTED


# Nobody knows


@pytest.mark.parametrize(
    ("fault", "code", "taken"),
    [
        (Fault.html(502), "http_502", 0),
        (Fault.html(200), "not_json", 0),
        (Fault.redirect(), "http_302", 0),
        (Fault.reset(after_commit=False), None, 0),
        (Fault.reset(after_commit=True), None, 1),
        (Fault.hang(), None, 1),
        (Fault.drip(0.05), None, 1),
        (Fault.truncated(), "not_json", 1),
        (Fault.no_id(), "no_id", 1),
        (Fault.huge(), "too_long", 1),
    ],
)
async def test_an_answer_that_is_lost_is_never_followed_by_another_send(
    line: Line, fault: Fault, code: str | None, taken: int
) -> None:
    began = time.monotonic()
    sent = await line.send(fault)
    assert (sent.outcome, sent.code) == (Outcome.UNKNOWN, code)
    assert sent.retry_in is None
    assert len(line.bodies()) == taken
    assert time.monotonic() - began < 20 * TOTAL


# Never reached


async def test_a_call_that_reached_nobody_is_made_again_without_end(line: Line) -> None:
    await line.world.stop()
    sent = await line.send(row=line.row(tries=4))
    assert (sent.outcome, sent.code) == (Outcome.LATER, "unreachable")
    assert (sent.burns_try, sent.channel_down, sent.retry_in) == (False, True, RESTING)


async def test_a_call_that_found_no_free_connection_was_not_made(line: Line) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as narrow:
        api = evolve(line.carrier.api, timeout=aiohttp.ClientTimeout(total=5.0, connect=0.1))
        carrier = evolve(line.carrier, api=api, session=narrow)
        wamid = await line.world.customer(MARIA).say("Está aí?")
        line.world.faults.next(1, Fault.hang(1.0), on="read")
        busy = asyncio.create_task(carrier.mark_read(wamid))
        async with asyncio.timeout(10):
            while not line.world.ledger.reads:
                await asyncio.sleep(0.005)
        sent = await carrier.send(line.row())
        assert (sent.outcome, sent.code) == (Outcome.LATER, "unreachable")
        assert line.bodies() == []
        await busy
        assert (await carrier.send(line.row())).outcome is Outcome.ACCEPTED


# What cannot be sent as it is


@pytest.mark.parametrize(
    "payload", [{"text": "x" * 5000}, {"to": []}, {"text": None}, {"kind": "interactive", "interactive": {}}]
)
async def test_what_whatsapp_would_not_take_is_not_sent(line: Line, payload: dict[str, Any]) -> None:
    sent = await line.send(row=line.row(**payload))
    assert (sent.outcome, sent.code, sent.retryable) == (Outcome.REFUSED, "invalid_request", False)
    assert sent.text
    assert len(line.world.ledger.attempts) == 0


async def test_a_file_goes_by_the_id_that_the_upload_gave(line: Line) -> None:
    media_id = uuid7()
    media = {"id": str(media_id), "type": "image", "mime_type": "image/png", "filename": "a.png"}
    row = line.row(kind="image", media=media)
    assert await line.carrier.prepare(row) is None
    assert (await line.send(row=row)).outcome is Outcome.ACCEPTED
    (body,) = line.bodies()
    assert (body["type"], body["image"]["caption"]) == ("image", WORDS)
    assert line.world.media.get(body["image"]["id"]) is not None
    assert set(line.uploaded) == {media_id}


@pytest.mark.parametrize(
    ("error", "tries", "expected"),
    [
        (Unavailable("Not now."), 0, Sent(Outcome.LATER, code="unavailable", text="Not now.", retry_in=0.5)),
        (Unavailable("Not now."), 4, Sent(Outcome.REFUSED, code="unavailable", text="Not now.", retryable=True)),
        (NotFound("It is gone."), 0, Sent(Outcome.REFUSED, code="not_found", text="It is gone.", retryable=True)),
    ],
)
async def test_a_file_that_cannot_be_uploaded(line: Line, error: Exception, tries: int, expected: Sent) -> None:
    line.upload_fails = error
    row = line.row(tries, kind="image", media={"id": str(uuid7()), "type": "image"})
    assert await line.carrier.prepare(row) == expected
    assert await line.send(row=row) == expected
    assert len(line.world.ledger.attempts) == 0


# Gestures


async def test_blue_ticks_and_typing(line: Line) -> None:
    wamid = await line.world.customer(MARIA).say("Está aí?")
    await line.carrier.mark_read(wamid)
    assert (list(line.world.ledger.reads), list(line.world.ledger.typings)) == ([wamid], [])
    await line.carrier.typing(wamid)
    assert list(line.world.ledger.typings) == [wamid]


@pytest.mark.parametrize(
    "fault",
    [Fault.error(131009), Fault.error(190), Fault.html(), Fault.reset(after_commit=False), Fault.hang(), Fault.huge()],
)
async def test_a_gesture_that_fails_troubles_nobody(line: Line, fault: Fault) -> None:
    line.world.faults.next(2, fault, on="read")
    await line.carrier.mark_read("wamid.1")
    await line.carrier.typing("wamid.1")
    await line.world.stop()
    await line.carrier.mark_read("wamid.1")


async def test_the_log_tells_nothing_of_anybody(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "hub")
    for fault in (Fault.error(190), Fault.error(131048), Fault.html(), Fault.reset(after_commit=True), Fault.no_id()):
        await line.send(fault)
    await line.carrier.mark_read("wamid.secret")
    await line.world.stop()
    await line.send()
    told = " ".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records if record.name[:3] == "hub")
    assert told
    for secret in (MARIA, WORDS, TOKEN, "wamid."):
        assert secret not in told
