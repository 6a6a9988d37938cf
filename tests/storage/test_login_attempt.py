"""The throttle in the database."""

import asyncio

from storage.database import Database
from storage.login_attempt import AttemptStore, Throttle


async def test_attempts_at_once_are_counted_one_by_one(database: Database) -> None:
    store = AttemptStore(database, Throttle(account=5))
    waits = await asyncio.gather(*(store.begin("ana@example.com", "::1") for _ in range(20)))
    assert waits.count(None) == 5
    assert all(0 < wait <= 30 for wait in waits if wait is not None)


async def test_the_block_doubles_and_never_outlasts_the_window(database: Database) -> None:
    store = AttemptStore(database, Throttle(account=1, address=1000, window=900, block=30))
    waits = []
    for _ in range(8):
        assert await store.begin("ana@example.com", "::1") is None
        waits.append(await store.begin("ana@example.com", "::1") or 0)
        async with database.acquire() as connection:
            await connection.execute("update login_attempts set blocked_until = null")
    assert [round(wait / 30) for wait in waits] == [1, 2, 4, 8, 16, 30, 30, 30]


async def test_success_forgets_the_account_but_not_the_address(database: Database) -> None:
    store = AttemptStore(database, Throttle(account=2, address=3))
    assert await store.begin("ana@example.com", "::1") is None
    await store.succeeded("ana@example.com", "::1")
    assert [await store.begin("ana@example.com", "::1") for _ in range(2)] == [None, None]
    assert await store.begin("ana@example.com", "::2") is not None
    assert await store.begin("ben@example.com", "::1") is None
    assert await store.begin("zoe@example.com", "::1") is not None


async def test_the_window_slides(database: Database) -> None:
    store = AttemptStore(database, Throttle(account=2))
    await store.begin("ana@example.com", "::1")
    async with database.acquire() as connection:
        await connection.execute("update login_attempts set first_at = first_at - interval '16 minutes'")
    assert [await store.begin("ana@example.com", "::1") for _ in range(2)] == [None, None]
    assert await store.begin("ana@example.com", "::1") is not None


async def test_nothing_readable_is_kept_and_old_rows_go(database: Database) -> None:
    store = AttemptStore(database)
    await store.begin("ana@example.com", "::1")
    async with database.acquire() as connection:
        subjects = [row["subject"] for row in await connection.fetch("select subject from login_attempts")]
        assert not any("ana" in subject for subject in subjects)
        await connection.execute("update login_attempts set first_at = first_at - interval '1 day'")
        await store.prune()
        assert await connection.fetchval("select count(*) from login_attempts") == 0
