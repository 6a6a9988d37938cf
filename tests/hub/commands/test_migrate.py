"""`hub migrate`: what is missing, what was done, and why it cannot be."""

import json
from collections.abc import AsyncIterator

import pytest

from storage.migrations import known
from tests.conftest import execute, named
from tests.hub.commands.conftest import Call

NEWEST = known()[-1]


@pytest.fixture
async def empty(postgres: str) -> AsyncIterator[str]:
    """A database without anything in it."""
    await execute(postgres, "create database to_migrate")
    yield named(postgres, "to_migrate")
    await execute(postgres, "drop database to_migrate with (force)")


def test_from_nothing_to_everything(call: Call, empty: str) -> None:
    at = ("-o", f"database.url={empty}")
    for asked in ("--status", "--dry-run"):
        shown = call("migrate", asked, *at)
        assert (shown.code, shown.err) == (0, "")
        assert shown.out.splitlines() == [f"pending  {m.version:04} {m.name}" for m in known()]
    done = call("migrate", *at)
    assert done.out.splitlines() == [f"applied  {m.version:04} {m.name}" for m in known()]
    for again in ([], ["--dry-run"]):
        assert call("migrate", *again, *at)[:2] == (0, "The database has every migration.\n")
    listed = json.loads(call("migrate", "--status", "--json", *at).out)
    assert listed[-1] == {"state": "applied", "version": NEWEST.version, "name": NEWEST.name}
    assert json.loads(call("migrate", "--json", *at).out) == []


@pytest.fixture
async def newer(database_url: str) -> str:
    await execute(database_url, "insert into schema_version (version, name, sha256) values (9999, 'later', '')")
    return database_url


@pytest.fixture
async def forged(database_url: str) -> str:
    await execute(database_url, "update schema_version set sha256 = '' where version = 1")
    return database_url


@pytest.mark.parametrize("asked", [[], ["--status"]])
def test_a_newer_database_is_left_alone(call: Call, newer: str, asked: list[str]) -> None:
    refused = call("migrate", *asked, "-o", f"database.url={newer}")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("This database is at migration 9999")


def test_a_changed_file_is_noticed(call: Call, forged: str) -> None:
    refused = call("migrate", "-o", f"database.url={forged}")
    assert refused.code == 1
    assert "was changed after it was applied" in refused.err


def test_without_a_database_it_says_so_in_one_line(call: Call, postgres: str) -> None:
    away = call("migrate", "-o", "database.url=postgresql://127.0.0.1:1/nowhere")
    assert (away.code, away.err) == (1, "Cannot reach PostgreSQL. Is it up? Check: hub doctor\n")
    missing = call("migrate", "-o", f"database.url={named(postgres, 'nowhere')}")
    assert (missing.code, missing.err.count("\n")) == (1, 1)
    assert "refuses" in missing.err
