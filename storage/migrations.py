"""Numbered, forward-only migrations: `storage/schema/NNNN_name.sql`, one transaction each.

A table remembers what was applied and the text's hash, so that a changed file or a database newer than this code is
refused instead of guessed at. An advisory lock lets one replica migrate while the others wait.
"""

import hashlib
from importlib.resources import files

import asyncpg
from attrs import frozen

_LOCK = 7308895133905518967

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
    """What is still to be applied. Raises MigrationError when the database is newer, or a file was changed."""
    await connection.execute(_LEDGER)
    applied = {
        row["version"]: row["sha256"] for row in await connection.fetch("select version, sha256 from schema_version")
    }
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


async def migrate(connection: asyncpg.Connection) -> tuple[Migration, ...]:
    """Applies what is pending and returns it. Waits while another replica does the same."""
    await connection.execute("set statement_timeout = 0; set lock_timeout = 0")
    await connection.execute("select pg_advisory_lock($1)", _LOCK)
    try:
        steps = await pending(connection)
        for step in steps:
            async with connection.transaction():
                await connection.execute(step.sql)
                await connection.execute(
                    "insert into schema_version (version, name, sha256) values ($1, $2, $3)",
                    step.version,
                    step.name,
                    step.sha256,
                )
        return steps
    finally:
        await connection.execute("select pg_advisory_unlock($1)", _LOCK)
        await connection.execute("reset statement_timeout; reset lock_timeout")
