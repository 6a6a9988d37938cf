"""WhatsApp misbehaves in every way a server can: what it refused is sent again, what is in doubt is not, each
conversation keeps its order, and none waits for another."""

import asyncio

import pytest

from hub.demo.whatsapp import Fault
from tests.acceptance.agent import PATIENCE
from tests.acceptance.stage import Stage, eventually
from tests.chaos.invariants import violations
from tests.chaos.load import Load

AGAIN = (
    (0.04, Fault.error(131000, 500)),
    (0.02, Fault.error(130429, 429, retry_after=1)),
    (0.04, Fault.error(2)),
)
"""Refused for now."""

IN_DOUBT = (
    (0.04, Fault.html(502)),
    (0.04, Fault.reset(after_commit=False)),
    (0.04, Fault.reset(after_commit=True)),
    (0.04, Fault.hang(30.0)),
    (0.04, Fault.truncated()),
    (0.04, Fault.no_id()),
    (0.02, Fault.drip(0.2)),
    (0.02, Fault.huge(5_000_000)),
    (0.02, Fault.redirect()),
)
"""Perhaps taken, perhaps not."""

TAKEN = ((0.1, Fault.hang(0.4)), (0.06, Fault.status_first()), (0.04, Fault.fails_later()))

CUT = 3.0
"""Seconds without WhatsApp, or without access to it."""


@pytest.mark.timeout(180)
async def test_whatsapp_fails_in_every_way_under_load(stage: Stage) -> None:
    load = await Load.begin(stage, customers=10, pause=0.3)
    faults = stage.world.faults
    async with load.running():
        for probability, fault in (*AGAIN, *IN_DOUBT, *TAKEN):
            faults.always(probability, fault)
        await asyncio.sleep(8.0)
        faults.clear()
        await stage.world.refuse_connections()
        await asyncio.sleep(CUT)
        await stage.world.accept_connections()
        await asyncio.sleep(1.0)
    record = await load.end()
    taken, shown = {send.message_id for send in record.sends}, [m["status"] for m in record.outbound]
    counts = {status: shown.count(status) for status in sorted(set(shown))}
    spoiled = sum(attempt.outcome.startswith("fault:") for attempt in stage.world.ledger.attempts)
    print(f"{len(record.inbound)} in, {len(record.outbound)} out, {spoiled} calls spoiled, {counts}")
    assert violations(record) == []
    assert spoiled > len(AGAIN + IN_DOUBT + TAKEN)
    for message in record.outbound:
        assert message["status"] != "failed" or message["error"]["reason"]
        assert message["status"] != "unknown" or message["message_id"] not in taken


async def test_a_revoked_token_holds_the_channel_and_burns_nothing(stage: Stage) -> None:
    load = await Load.begin(stage, customers=6, pause=0.3)
    async with load.running():
        await asyncio.sleep(1.0)
        stage.world.faults.revoke_token()
        await asyncio.sleep(CUT)
        before = len(stage.world.ledger.sends)
        waiting = await stage.value("select count(*) from outbox")
        stage.world.faults.restore_token()
        await asyncio.sleep(1.0)
    record = await load.end()
    assert violations(record) == []
    assert waiting >= len(load.customers)
    assert len(record.sends) > before
    assert {message["status"] for message in record.outbound} == {"delivered"}


async def test_a_customer_who_gets_too_much_holds_up_nobody_else(stage: Stage) -> None:
    ana = await stage.login()
    busy, busy_id = await stage.conversation(ana)
    other, other_id = await stage.conversation(ana)
    stage.world.faults.always(1.0, Fault.error(131056), to=busy.number)
    held = [await ana.say(busy_id, text) for text in ("Primeira", "Segunda")]
    free = await ana.say(other_id, "Ninguém espera")

    async def status(conversation_id: str, message_id: str) -> str:
        return str((await ana.message(conversation_id, message_id))["status"])

    async def arrived() -> bool:
        return await status(other_id, free["message_id"]) == "delivered"

    await eventually(arrived)
    assert [await status(busy_id, message["message_id"]) for message in held] == ["pending", "pending"]
    stage.world.faults.clear()

    async def caught_up() -> bool:
        return await status(busy_id, held[1]["message_id"]) == "delivered"

    await eventually(caught_up, 2 * PATIENCE)
    assert [bubble.text for bubble in busy.inbox] == ["Primeira", "Segunda"]
    assert [bubble.text for bubble in other.inbox] == ["Ninguém espera"]
    await stage.world.quiet(PATIENCE)
