"""The audit in PostgreSQL: a chain that nobody changes."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from hub.audit import GENESIS, Entry, Phase, body, link
from hub.audit_chain import Break, Checkpoint, Flaw
from hub.errors import AuditUnavailable
from hub.ids import uuid7
from storage.audit import Audit
from storage.audit_keys import AuditKeys
from storage.audit_verification import AuditVerifier, AuditWitness
from storage.database import Database, Limits
from storage.migrations import migrate

ROOT = Path(__file__).parents[2]

NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)


def entry(tool: str = "search_tickets", **given: Any) -> Entry:
    return Entry(at=NOON, call_id=uuid7(), phase=Phase.DECISION, actor="ai:1", tool=tool, decision="allowed", **given)


@pytest.fixture
def audit(database: Database) -> Audit:
    return Audit(database)


async def rows(database: Database) -> list[Any]:
    async with database.acquire() as connection:
        return list(await connection.fetch("select seq, stream, body, hash from audit_log order by seq"))


async def test_rows_are_chained_as_anybody_can_compute(audit: Audit, database: Database) -> None:
    entries = [entry(args_redacted={"q": "ação 😀"}) for _ in range(3)]
    assert [await audit.append(one) for one in entries] == [1, 2, 3]
    previous = GENESIS
    for row, one in zip(await rows(database), entries, strict=True):
        assert row["body"] == body(one)
        assert row["hash"] == (previous := link(previous, row["stream"], row["seq"], row["body"]))


async def test_many_at_once_are_one_chain(audit: Audit, database: Database) -> None:
    given = await asyncio.gather(*(audit.append(entry()) for _ in range(40)))
    assert sorted(given) == list(range(1, 41))
    previous = GENESIS
    for row in await rows(database):
        assert row["hash"] == (previous := link(previous, row["stream"], row["seq"], row["body"]))


async def test_a_row_is_part_of_the_callers_transaction(audit: Audit, database: Database) -> None:
    async def fails() -> None:
        async with database.transaction() as connection:
            await audit.append_in(connection, entry())
            raise LookupError

    with pytest.raises(LookupError):
        await fails()
    assert await audit.append(entry()) == 1


async def test_whoever_inserts_gives_the_text_only(audit: Audit, database: Database) -> None:
    await audit.append(entry())
    async with database.acquire() as connection:
        await connection.execute(
            "insert into audit_log (seq, stream, body, hash) values (77, '1999-01', '{}', $1)", bytes(32)
        )
    first, second = await rows(database)
    assert second["seq"] == 2
    assert second["hash"] == link(first["hash"], first["stream"], 2, "{}")


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_log set body = '{}'",
        "update audit_log set body = '{}' where false",
        "delete from audit_log",
        "truncate audit_log",
        "update audit_head set seq = 0",
        "delete from audit_head",
        "truncate audit_head",
        "insert into audit_head (only_one, seq, stream, hash) values (true, 0, '', '')",
        "update audit_checkpoints set seq = 0",
        "delete from audit_checkpoints",
        "truncate audit_checkpoints",
        "truncate audit_log, audit_checkpoints cascade",
    ],
)
async def test_even_the_owner_changes_nothing(audit: Audit, database: Database, statement: str) -> None:
    await audit.append(entry())
    before = await rows(database)
    async with database.acquire() as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only appended to"):
            await connection.execute(statement)
    assert await rows(database) == before
    assert await audit.append(entry()) == 2


@pytest.fixture
async def as_hub(database: Database, database_url: str) -> AsyncIterator[Database]:
    """The database for a role that has what docs/audit.md grants it."""
    (grants,) = re.findall(r"```sql\n(.*?)```", (ROOT / "docs/audit.md").read_text(), re.DOTALL)
    role = f"hub_{secrets.token_hex(4)}"
    async with database.acquire() as connection:
        await connection.execute(f"create role {role} login")
        await connection.execute(re.sub(r"\bhub;", f"{role};", re.sub(r"\bfrom hub\b", f"from {role}", grants)))
    parts = urlsplit(database_url)
    limited = Database(parts._replace(netloc=parts.netloc.replace("postgres", role, 1)).geturl(), Limits(pool=2))
    await limited.open()
    yield limited
    await limited.close()
    async with database.acquire() as connection:
        await connection.execute(f"drop owned by {role}; drop role {role}")


async def test_a_role_of_its_own_only_appends(as_hub: Database, database: Database, tmp_path: Path) -> None:
    audit, keys = Audit(as_hub), AuditKeys.load(tmp_path)
    async with as_hub.acquire() as connection:
        assert await migrate(connection) == ()
    assert await audit.append(entry()) == 1
    for statement in (
        "insert into audit_log (body) values ('{}')",
        "update audit_log set body = '{}'",
        "delete from audit_log",
        "truncate audit_log",
        "update audit_head set seq = 0",
        "delete from audit_checkpoints",
        "alter table audit_log disable trigger all",
    ):
        async with as_hub.acquire() as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    assert isinstance(await AuditWitness(audit, keys).sign_if_due(1, 0.0, NOON), Checkpoint)
    await audit.broke(Break(1, Flaw.CHANGED))
    assert (await AuditVerifier(audit, keys).verify()).complete


async def test_what_runs_as_the_owner_is_not_led_astray(as_hub: Database, database: Database) -> None:
    async with as_hub.acquire() as connection:
        await connection.execute("create temp table audit_log (seq bigint, body text)")
        assert await connection.fetchval("select audit_append('{}')") == 1
        assert await connection.fetchval("select count(*) from pg_temp.audit_log") == 0
    assert len(await rows(database)) == 1


async def test_without_the_table_nothing_is_recorded(audit: Audit, database: Database) -> None:
    async with database.acquire() as connection:
        await connection.execute("alter table audit_log rename to elsewhere")
    with pytest.raises(AuditUnavailable):
        await audit.append(entry())


async def test_without_a_database_nothing_is_recorded(database_url: str) -> None:
    database = Database(database_url)
    with pytest.raises(AuditUnavailable):
        await Audit(database).append(entry())


async def test_who_waits_too_long_for_the_chain_is_told(database: Database, database_url: str) -> None:
    impatient = Database(database_url, Limits(pool=2, lock=0.2))
    await impatient.open()
    try:
        async with database.transaction() as connection:
            await Audit(database).append_in(connection, entry())
            with pytest.raises(AuditUnavailable):
                await Audit(impatient).append(entry())
        assert await Audit(impatient).append(entry()) == 2
    finally:
        await impatient.close()
