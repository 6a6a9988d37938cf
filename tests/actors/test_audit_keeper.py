"""The keeper signs in time, looks at everything in stretches, and raises its voice once."""

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from actors import audit_keeper
from actors.audit_keeper import AuditKeeper
from hub.audit import Entry, Phase
from hub.audit_chain import Break, Flaw
from hub.config.server import Audit as Pace
from hub.ids import uuid7
from storage.audit import Audit
from storage.audit_keys import AuditKeys
from storage.audit_verification import AuditVerifier, AuditWitness
from storage.database import Database

NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)


class Counted:
    """What was counted."""

    def __init__(self) -> None:
        self.marks: list[int] = []
        self.whole: list[int] = []
        self.breaks = 0

    def signed(self, seq: int) -> None:
        self.marks.append(seq)

    def verified(self, at: datetime, seq: int) -> None:
        self.whole.append(seq)

    def broken(self) -> None:
        self.breaks += 1


class Stage:
    def __init__(self, database: Database, keys: AuditKeys) -> None:
        self.database, self.audit, self.counted = database, Audit(database), Counted()
        verifier, witness = AuditVerifier(self.audit, keys), AuditWitness(self.audit, keys)
        pace = Pace(sign_rows=4, sign_every=60.0, verify_rows=3, verify_every=0.01)
        self.keeper = AuditKeeper(witness, verifier, self.audit.broke, self.counted, pace, lambda: NOON)

    async def write(self, count: int) -> None:
        for _ in range(count):
            await self.audit.append(
                Entry(at=NOON, call_id=uuid7(), phase=Phase.DECISION, actor="ai:1", tool="t", decision="denied")
            )

    async def as_superuser(self, *statements: str) -> None:
        async with self.database.transaction() as connection:
            await connection.execute("set local session_replication_role = replica")
            for statement in statements:
                await connection.execute(statement)


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> Stage:
    return Stage(database, AuditKeys.load(tmp_path))


async def test_it_signs_when_there_is_enough(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "hub.audit")
    for count in (1, 3, 1, 0):
        await stage.write(count)
        await stage.keeper.sign()
    assert stage.counted.marks == [1, 5]
    last = (await stage.audit.head()).hash.hex()
    assert [getattr(record, "hash", None) for record in caplog.records][-1] == last


async def test_it_looks_at_stretches_and_begins_anew(stage: Stage) -> None:
    await stage.write(7)
    for _ in range(4):
        await stage.keeper.look()
    assert stage.counted.whole == [7]
    for _ in range(2):
        await stage.keeper.look()
    assert stage.counted.whole == [7, 7]


async def test_it_tells_of_a_break_once_and_when_it_is_another(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    await stage.write(3)
    await stage.as_superuser("update audit_log set hash = sha256('x') where seq = 2")
    for _ in range(3):
        await stage.keeper.look()
    assert stage.keeper.broken == Break(2, Flaw.CHANGED)
    assert stage.counted.breaks == 3
    assert len([record for record in caplog.records if record.levelno == logging.CRITICAL]) == 1
    await stage.as_superuser("delete from audit_log where seq = 1")
    await stage.keeper.look()
    assert len([record for record in caplog.records if record.levelno == logging.CRITICAL]) == 2
    assert stage.counted.whole == []
    async with stage.database.acquire() as connection:
        assert tuple(await connection.fetchrow("select seq, flaw, since from audit_breaks")) == (1, "missing", 0)


async def test_what_it_is_about_to_sign_it_looks_at(stage: Stage) -> None:
    await stage.write(1)
    await stage.keeper.sign()
    await stage.write(4)
    await stage.as_superuser("update audit_log set body = '{}' where seq = 3")
    await stage.keeper.sign()
    assert stage.keeper.broken == Break(3, Flaw.CHANGED)
    assert stage.counted.marks == [1]


async def test_it_goes_on_while_the_audit_is_away(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_keeper, "EVERY", 0.01)
    await stage.write(1)
    await stage.as_superuser("alter table audit_head rename to elsewhere")
    running = asyncio.create_task(stage.keeper.run())
    await asyncio.sleep(0.1)
    await stage.as_superuser("alter table elsewhere rename to audit_head")
    async with asyncio.timeout(10):
        while not (stage.counted.marks and stage.counted.whole):
            await asyncio.sleep(0.01)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
