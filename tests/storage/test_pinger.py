"""The pinger tells what it finds, and finds the database again."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from storage.database import Database
from storage.pinger import Pinger

OTHERS = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()"""


@pytest.fixture
def reports() -> list[tuple[bool, str]]:
    return []


@pytest.fixture
def pinger(database: Database, reports: list[tuple[bool, str]]) -> Iterator[Pinger]:
    pinger = Pinger(database, lambda up, text: reports.append((up, text)))
    yield pinger
    pinger.close()


async def test_it_outlives_its_connection(database: Database, pinger: Pinger, reports: list[tuple[bool, str]]) -> None:
    await pinger.ping()
    async with database.acquire() as connection:
        await connection.execute(OTHERS)
    await pinger.ping()
    await pinger.ping()
    assert (len(reports), reports[0], reports[-1]) == (3, (True, ""), (True, ""))


async def test_it_needs_no_free_connection_of_the_pool(
    database: Database, pinger: Pinger, reports: list[tuple[bool, str]]
) -> None:
    async with AsyncExitStack() as taken:
        for _ in range(database.limits.pool):
            await taken.enter_async_context(database.acquire())
        await pinger.ping()
    assert reports == [(True, "")]


async def test_nobody_there() -> None:
    reports: list[tuple[bool, str]] = []
    pinger = Pinger(Database("postgresql://postgres@127.0.0.1:1/x"), lambda *told: reports.append(told), every=0)
    task = asyncio.create_task(pinger.run())
    while len(reports) < 3:
        await asyncio.sleep(0)
    task.cancel()
    assert set(reports) == {(False, "is away")}
