"""What acts over there stands in the audit before and after."""

import asyncio
from datetime import UTC, datetime

import pytest

from hub.audit import AuditSeq, Entry, Phase
from hub.errors import AuditUnavailable, IntegrationTimeout
from hub.ids import uuid7
from hub.integration.call import Call
from web.back_end_call import Act, BackEndCalls

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
CALL, ACT = Call(uuid7(), "user:ana", uuid7()), Act("create_ticket", "customer:1")


class Log:
    """An audit in memory that may be away from some row on."""

    def __init__(self, rows: int = 100) -> None:
        self.entries: list[Entry] = []
        self.rows = rows

    async def append(self, entry: Entry) -> AuditSeq:
        if len(self.entries) >= self.rows:
            raise AuditUnavailable
        self.entries.append(entry)
        return AuditSeq(len(self.entries))


def calls(log: Log) -> BackEndCalls:
    return BackEndCalls(log, lambda: NOON, 30.0)


async def done() -> str:
    return "done"


async def late() -> str:
    raise IntegrationTimeout


async def test_before_and_after() -> None:
    log = Log()
    assert await calls(log).acting(CALL, ACT, done) == "done"
    assert [(e.phase, e.decision) for e in log.entries] == [(Phase.INTENT, "allowed"), (Phase.OUTCOME, "ok")]
    assert {(e.call_id, e.actor, e.conversation_id, e.tool, e.customer) for e in log.entries} == {
        (CALL.id, "user:ana", CALL.conversation_id, "create_ticket", "customer:1")
    }
    assert log.entries[0].latency_ms is None
    assert log.entries[1].latency_ms is not None


async def test_what_went_wrong() -> None:
    log = Log()
    with pytest.raises(IntegrationTimeout):
        await calls(log).acting(CALL, ACT, late)
    assert (log.entries[1].decision, log.entries[1].problem) == ("failed", "integration_timeout")


async def test_nothing_is_done_that_cannot_be_noted() -> None:
    did: list[str] = []

    async def doing() -> None:
        did.append("it")

    with pytest.raises(AuditUnavailable):
        await calls(Log(rows=0)).acting(CALL, ACT, doing)
    assert did == []


async def test_what_was_done_is_told_even_if_its_end_cannot_be_noted() -> None:
    assert await calls(Log(rows=1)).acting(CALL, ACT, done) == "done"


async def test_one_that_is_broken_off_has_no_end() -> None:
    log = Log()

    async def never() -> None:
        await asyncio.Event().wait()

    task = asyncio.create_task(calls(log).acting(CALL, ACT, never))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [entry.phase for entry in log.entries] == [Phase.INTENT]


async def test_a_deadline_is_a_moment_of_the_loops_clock() -> None:
    assert calls(Log()).deadline == pytest.approx(asyncio.get_running_loop().time() + 30.0, abs=1.0)
