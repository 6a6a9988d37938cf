"""The limits of tool calls: exact under parallelism and over replicas, and a window that slides."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from hub.ai.limits import CallRefused, Counted, Limits, Standing
from hub.ids import uuid7
from storage.database import Database
from storage.database import Limits as PoolLimits
from storage.tool_call import ToolCallStore

LIMITS = Limits.of(10, 0, 120)


def call(conversation: UUID, customer: UUID | None = None, principal: str = "ai:1") -> Counted:
    return Counted(uuid7(), conversation, customer or uuid7(), principal, "search_tickets")


async def tried(store: ToolCallStore, call: Counted, limits: Limits = LIMITS) -> bool:
    try:
        await store.take(call, limits)
    except CallRefused:
        return False
    return True


async def age(database: Database, by: timedelta) -> None:
    """All calls were so much longer ago."""
    async with database.acquire() as connection:
        await connection.execute("update tool_calls set at = at - $1::interval", by)


async def refused(store: ToolCallStore, call: Counted, limits: Limits = LIMITS) -> Standing:
    with pytest.raises(CallRefused) as caught:
        await store.take(call, limits)
    return caught.value.standing


async def test_200_at_once_from_two_replicas_are_exactly_10(database: Database, database_url: str) -> None:
    other = Database(database_url, PoolLimits(pool=4, acquire=30.0), application="other")
    this = Database(database_url, PoolLimits(pool=4, acquire=30.0), application="this")
    await asyncio.gather(other.open(), this.open())
    stores, conversation = (ToolCallStore(this), ToolCallStore(other)), uuid7()
    passed = await asyncio.gather(*(tried(stores[n % 2], call(conversation)) for n in range(200)))
    await asyncio.gather(other.close(), this.close())
    assert sum(passed) == 10


async def test_what_is_left_is_told(database: Database) -> None:
    store, conversation = ToolCallStore(database), uuid7()
    first = await store.take(call(conversation), LIMITS)
    assert (first.limit.name, first.remaining, first.reset) == ("conversation", 9, 3600)
    await age(database, timedelta(minutes=20))
    second = await store.take(call(conversation), LIMITS)
    assert second.remaining == 8
    assert 2395 <= second.reset <= 2400


async def test_the_window_slides_and_refusals_do_not_extend_it(database: Database) -> None:
    store, conversation = ToolCallStore(database), uuid7()
    for _ in range(10):
        await store.take(call(conversation), LIMITS)
        await age(database, timedelta(minutes=1))
    stands = await refused(store, call(conversation))
    assert (stands.limit.name, stands.remaining) == ("conversation", 0)
    assert 49 * 60 <= stands.reset <= 50 * 60
    await age(database, timedelta(minutes=50))
    assert await tried(store, call(conversation))
    assert not await tried(store, call(conversation))
    await age(database, timedelta(minutes=1))
    assert await tried(store, call(conversation))


async def test_new_conversations_of_a_customer_share_a_limit(database: Database) -> None:
    store, customer = ToolCallStore(database), uuid7()
    passed = [await tried(store, call(uuid7(), customer)) for _ in range(31)]
    assert passed == [True] * 30 + [False]
    assert (await refused(store, call(uuid7(), customer))).limit.name == "customer"
    assert await tried(store, call(uuid7()))


async def test_a_program_has_a_limit_of_its_own_per_minute(database: Database) -> None:
    store, limits = ToolCallStore(database), Limits.of(10, 0, 5)
    passed = [await tried(store, call(uuid7()), limits) for _ in range(6)]
    assert passed == [True] * 5 + [False]
    stands = await refused(store, call(uuid7()), limits)
    assert stands.limit.name == "principal"
    assert 0 < stands.reset <= 60
    assert await tried(store, call(uuid7(), principal="ai:2"), limits)


async def test_a_limit_that_was_lowered_waits_for_as_many_as_it_has_to(database: Database) -> None:
    store, conversation = ToolCallStore(database), uuid7()
    for _ in range(4):
        await store.take(call(conversation), LIMITS)
        await age(database, timedelta(minutes=10))
    stands = await refused(store, call(conversation), Limits.of(2, 100, 100))
    assert 39 * 60 <= stands.reset <= 40 * 60  # until the third is an hour old, not the first


async def test_suspicions_of_a_day_are_counted(database: Database) -> None:
    store, conversation = ToolCallStore(database), uuid7()
    for outcome in ("ok", "suspicious_content", "invalid_arguments", "suspicious_content"):
        made = call(conversation)
        await store.take(made, LIMITS)
        await store.settle(made.call_id, outcome)
    assert await store.suspicions(conversation) == 2
    await age(database, timedelta(days=1))
    assert await store.suspicions(conversation) == 0


async def test_calls_are_forgotten_after_a_week(database: Database) -> None:
    store, conversation = ToolCallStore(database), uuid7()
    await store.take(call(conversation), LIMITS)
    await age(database, timedelta(days=8))
    await store.take(call(conversation), LIMITS)
    await store.prune()
    async with database.acquire() as connection:
        assert await connection.fetchval("select count(*) from tool_calls") == 1
