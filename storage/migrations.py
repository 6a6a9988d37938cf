"""Numbered, forward-only migrations: `storage/schema/NNNN_name.sql`, one transaction each.

A table remembers what was applied and the text's hash, so that a changed file or a database newer than this code is
refused instead of guessed at. An advisory lock lets one replica migrate while the others wait.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files

import asyncpg
from attrs import frozen

from storage.database import DATABASE_LOST

_LOCK = 7308895133905518967

PATIENCE = 3600.0
"""Seconds that one step, or another replica's migration, may take: an index on a large table takes long. After
them it is rolled back and tried again."""

_LEDGER = """
create table if not exists schema_version (
    version integer primary key, name text not null, sha256 text not null, applied_at timestamptz not null default now()
)"""


class MigrationError(Exception):
    """The database cannot be brought to this code's schema; the message says why. Nothing was changed."""


@frozen
class Migration:
    """One step of the schema: its number, its name and its text."""

    version: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """The text's hash, by which a file changed after the fact is noticed."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def known() -> tuple[Migration, ...]:
    """The migrations that ship with this code, in order."""
    found = []
    for file in files("storage").joinpath("schema").iterdir():
        number, _, rest = file.name.partition("_")
        if file.name.endswith(".sql"):
            found.append(Migration(int(number), rest.removesuffix(".sql"), file.read_text(encoding="utf-8")))
    return tuple(sorted(found, key=lambda migration: migration.version))


async def pending(connection: asyncpg.Connection) -> tuple[Migration, ...]:
    """What is still to be applied; changes nothing. Raises MigrationError when the database is newer, or a file was
    changed."""
    applied = await _applied(connection)
    migrations = known()
    newest = max((migration.version for migration in migrations), default=0)
    if applied and max(applied) > newest:
        raise MigrationError(
            f"This database is at migration {max(applied):04}, this hub knows up to {newest:04}. "
            "Install a newer hub; nothing was changed."
        )
    for migration in migrations:
        if migration.version in applied and applied[migration.version] != migration.sha256:
            raise MigrationError(f"Migration {migration.version:04}_{migration.name} was changed after it was applied.")
    return tuple(migration for migration in migrations if migration.version not in applied)


async def _applied(connection: asyncpg.Connection) -> dict[int, str]:
    """The hash of each migration that was applied."""
    if await connection.fetchval("select to_regclass('schema_version')") is None:
        return {}
    rows = await connection.fetch("select version, sha256 from schema_version")
    return {row["version"]: row["sha256"] for row in rows}


async def migrate(connection: asyncpg.Connection) -> tuple[Migration, ...]:
    """Applies what is pending and returns it. Waits while another replica does the same. Raises MigrationError."""
    await connection.execute("set statement_timeout = 0; set lock_timeout = 0")
    await connection.execute("select pg_advisory_lock($1)", _LOCK, timeout=PATIENCE)
    try:
        if (
            await connection.fetchval("select to_regclass('schema_version')") is None
        ):  # else no right to make it is needed
            with _applying("The table of migrations"):
                await connection.execute(_LEDGER)
        steps = await pending(connection)
        for step in steps:
            with _applying(f"Migration {step.version:04}_{step.name}"):
                await _apply(connection, step)
        return steps
    finally:
        await connection.execute("select pg_advisory_unlock($1)", _LOCK)
        await connection.execute("reset statement_timeout; reset lock_timeout")


async def _apply(connection: asyncpg.Connection, step: Migration) -> None:
    async with connection.transaction():
        await connection.execute(step.sql, timeout=PATIENCE)
        await connection.execute(
            "insert into schema_version (version, name, sha256) values ($1, $2, $3)",
            step.version,
            step.name,
            step.sha256,
        )


@contextmanager
def _applying(what: str) -> Iterator[None]:
    """Says in our words what the database does not take."""
    try:
        yield
    except DATABASE_LOST:
        raise
    except asyncpg.PostgresError as error:
        raise MigrationError(
            f"{what} cannot be applied to this database (SQLSTATE {error.sqlstate}). It was rolled back."
        ) from error
