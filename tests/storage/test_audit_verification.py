"""Whoever changes the audit in the database itself is found out."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.audit import Entry, Phase
from hub.audit_chain import Break, Checkpoint, Flaw
from hub.ids import uuid7
from storage import audit_verification
from storage.audit import Audit
from storage.audit_keys import AuditKeys
from storage.audit_verification import AuditVerifier, AuditWitness
from storage.database import Database

NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)

REHASH = """
do $$
declare
    previous bytea := decode(repeat('00', 32), 'hex');
    line record;
begin
    for line in select * from audit_log order by seq loop
        previous := sha256(previous || convert_to(line.stream || '|' || line.seq || '|' || line.body, 'UTF8'));
        update audit_log set hash = previous where seq = line.seq;
    end loop;
    update audit_head set (seq, hash) = (select seq, hash from audit_log order by seq desc limit 1);
end $$"""
"""What somebody with all rights and all patience would do after a change."""


class Book:
    """An audit with somebody who can do everything with its tables."""

    def __init__(self, database: Database, keys: AuditKeys) -> None:
        self.database, self.keys = database, keys
        self.audit, self.witness = Audit(database), AuditWitness(Audit(database), keys)
        self.verifier = AuditVerifier(self.audit, keys)

    async def write(self, count: int) -> None:
        for _ in range(count):
            await self.audit.append(
                Entry(at=NOON, call_id=uuid7(), phase=Phase.DECISION, actor="ai:1", tool="t", decision="allowed")
            )

    async def sign(self, now: datetime = NOON) -> Checkpoint | Break | None:
        return await self.witness.sign_if_due(100, 60.0, now)

    async def as_superuser(self, *statements: str) -> None:
        """Runs statements with all triggers off."""
        async with self.database.transaction() as connection:
            await connection.execute("set local session_replication_role = replica")
            for statement in statements:
                await connection.execute(statement)

    async def broken(self, first: int = 1) -> Break | None:
        return (await self.verifier.verify(first)).broken


@pytest.fixture
def book(database: Database, tmp_path: Path) -> Book:
    return Book(database, AuditKeys.load(tmp_path))


async def test_a_whole_audit_is_whole(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_verification, "PAGE", 7)
    assert (await book.verifier.verify()).complete
    await book.write(10)
    assert isinstance(await book.sign(), Checkpoint)
    await book.write(10)
    found = await book.verifier.verify()
    assert (found.first, found.last, found.head, found.checkpoints, found.complete, found.broken) == (
        1,
        20,
        20,
        1,
        True,
        None,
    )
    part = await book.verifier.verify(8, 5)
    assert (part.first, part.last, part.complete, part.checkpoints) == (8, 12, False, 1)
    assert (await book.verifier.verify(99)).broken is None


@pytest.mark.parametrize(
    ("statements", "broken"),
    [
        (["update audit_log set body = '{}' where seq = 4"], Break(4, Flaw.CHANGED)),
        (["update audit_log set hash = sha256('x') where seq = 4"], Break(4, Flaw.CHANGED)),
        (["update audit_log set stream = '2999-01' where seq = 4"], Break(4, Flaw.CHANGED)),
        (["delete from audit_log where seq = 4"], Break(4, Flaw.MISSING)),
        (["delete from audit_log where seq = 1"], Break(1, Flaw.MISSING)),
        (["delete from audit_log where seq > 8"], Break(9, Flaw.TRUNCATED, since=5)),
        (["update audit_head set hash = sha256('x')"], Break(10, Flaw.REWRITTEN, since=5)),
        (["update audit_log set body = '{}' where seq = 4", REHASH], Break(5, Flaw.REWRITTEN)),
        (["delete from audit_log where seq > 3", REHASH], Break(4, Flaw.TRUNCATED)),
        (["delete from audit_log"], Break(1, Flaw.TRUNCATED)),
        (["update audit_checkpoints set hash = sha256('x')"], Break(5, Flaw.BAD_SIGNATURE)),
        (["update audit_checkpoints set at = '2026-11-05T12:00:00.001Z'"], Break(5, Flaw.BAD_SIGNATURE)),
        (["update audit_checkpoints set key_id = 'other'"], Break(5, Flaw.UNKNOWN_KEY)),
    ],
)
async def test_a_superusers_change_is_found_at_its_first_row(book: Book, statements: list[str], broken: Break) -> None:
    await book.write(5)
    await book.sign()
    await book.write(5)
    await book.as_superuser(*statements)
    assert await book.broken() == broken


async def test_a_checkpoint_cannot_be_made_without_the_key(book: Book, tmp_path: Path) -> None:
    await book.write(3)
    forger = AuditWitness(book.audit, AuditKeys.load(tmp_path / "another"))
    assert isinstance(await forger.sign_if_due(1, 0.0, NOON), Checkpoint)
    assert await book.broken() == Break(3, Flaw.UNKNOWN_KEY)


async def test_what_was_logged_tells_when_the_checkpoints_are_gone_too(book: Book) -> None:
    await book.write(5)
    signed = await book.sign()
    assert isinstance(signed, Checkpoint)
    await book.as_superuser("delete from audit_checkpoints", "delete from audit_log where seq > 3", REHASH)
    assert await book.broken() is None
    knowing = AuditVerifier(book.audit, book.keys, {5: signed.mark.hash})
    assert (await knowing.verify()).broken == Break(4, Flaw.TRUNCATED)
    await book.write(2)
    assert (await knowing.verify()).broken == Break(5, Flaw.REWRITTEN)


async def test_looking_from_a_row_believes_the_one_before(book: Book) -> None:
    await book.write(6)
    await book.as_superuser("update audit_log set body = '{}' where seq = 2")
    assert await book.broken() == Break(2, Flaw.CHANGED)
    assert await book.broken(4) is None
    await book.as_superuser("delete from audit_log where seq = 3")
    assert await book.broken(4) == Break(3, Flaw.MISSING)


async def test_signing_waits_for_rows_or_time(book: Book) -> None:
    assert await book.sign() is None
    await book.write(1)
    first = await book.sign()
    assert isinstance(first, Checkpoint)
    assert book.keys.signed(first.key_id, first.statement, first.signature)
    assert await book.sign(NOON + timedelta(hours=1)) is None
    await book.write(1)
    assert await book.sign(NOON + timedelta(seconds=59)) is None
    assert isinstance(await book.sign(NOON + timedelta(seconds=60)), Checkpoint)
    await book.write(2)
    assert isinstance(await book.witness.sign_if_due(2, 60.0, NOON + timedelta(seconds=61)), Checkpoint)
    assert (await book.verifier.verify()).checkpoints == 3


async def test_two_replicas_sign_the_same_once(book: Book) -> None:
    await book.write(1)
    other = AuditWitness(book.audit, book.keys)
    await book.sign()
    assert await other.sign_if_due(1, 0.0, NOON) is None
    assert len(await book.audit.checkpoints(0, 9)) == 1


@pytest.mark.parametrize(
    ("statements", "flaw"),
    [
        (["update audit_log set body = '{}' where seq = 3"], Flaw.CHANGED),
        (["delete from audit_log where seq > 1", REHASH], Flaw.TRUNCATED),
        (["delete from audit_log where seq = 4"], Flaw.TRUNCATED),
        (["update audit_head set hash = sha256('x')"], Flaw.REWRITTEN),
        (["update audit_log set body = '{}' where seq = 2", REHASH], Flaw.CHANGED),
    ],
)
async def test_what_is_broken_is_not_signed(book: Book, statements: list[str], flaw: Flaw) -> None:
    await book.write(2)
    await book.sign()
    await book.write(2)
    await book.as_superuser(*statements)
    broken = await book.sign(NOON + timedelta(hours=1))
    assert isinstance(broken, Break)
    assert broken.flaw is flaw
    assert len(await book.audit.checkpoints(0, 9)) == 1


async def test_what_replicas_sign_at_once_is_one_row(book: Book) -> None:
    await book.write(1)
    assert isinstance(await book.sign(), Checkpoint)
    row = await book.audit.last_checkpoint()
    assert row is not None
    await book.audit.sign(row)
    assert secrets.compare_digest(row.mark.hash, (await book.audit.head()).hash)
    assert len(await book.audit.checkpoints(0, 9)) == 1
