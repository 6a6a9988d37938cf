"""Every query of every storage module is prepared on the migrated schema: a wrong column or type fails here."""

import importlib
import pkgutil
from importlib.resources import files

import asyncpg
import attrs
import pytest

import storage
from storage.database import Database


def queries() -> dict[str, dict[str, str]]:
    """By module: the queries it loaded from its `.sql` file, under their names."""
    found = {}
    for module in pkgutil.iter_modules(storage.__path__):
        held = vars(importlib.import_module(f"storage.{module.name}"))
        loaded = held.get("SQL", held.get("_SQL"))
        if loaded is not None and attrs.has(type(loaded)):
            found[module.name] = attrs.asdict(loaded)
    return found


async def test_every_query_fits_the_schema(database: Database) -> None:
    wrong = []
    async with database.acquire() as connection:
        for module, named in queries().items():
            for name, query in named.items():
                try:
                    await connection.prepare(query)
                except asyncpg.PostgresError as error:  # collected, so that one run shows them all
                    wrong.append(f"{module}.{name}: {error}")
    assert not wrong, "\n".join(wrong)


def test_every_sql_file_is_loaded_by_its_module() -> None:
    names = {file.name.removesuffix(".sql") for file in files("storage").iterdir() if file.name.endswith(".sql")}
    assert names == queries().keys()


@pytest.mark.parametrize("round_", [1, 2])
async def test_each_test_has_a_database_of_its_own(database: Database, round_: int) -> None:
    async with database.acquire() as connection:
        await connection.execute("create table only_here (round integer)")
        await connection.execute("insert into only_here values ($1)", round_)
        assert await connection.fetchval("select count(*) from only_here") == 1
