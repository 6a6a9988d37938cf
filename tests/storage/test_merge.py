"""What an interrupted merge leaves: as long as the target does not know, and no longer."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from hub.conversation.commands import Absorb, Merge
from hub.conversation.merge import Unfinished
from hub.conversation.state import Desk
from storage.database import Database
from storage.journal import Journal
from storage.merge import SQL, MergeStore

NOW = timedelta()


@pytest.fixture
async def two(journal: Journal, decider: Any) -> tuple[Desk, Desk]:
    """A source in which a customer waits, and a target."""
    begun = [decider.begin() for _ in range(2)]
    await journal.append([change for _, change in begun])
    return begun[0][0], begun[1][0]


async def change(journal: Journal, decider: Any, desk: Desk, command: Any) -> Desk:
    after: Desk
    after, changed = decider.change(desk, command)
    await journal.append([changed])
    return after


def id_of(desk: Desk) -> UUID:
    assert desk.conversation is not None
    return desk.conversation.id


async def test_it_is_there_between_the_two_commits(
    database: Database, journal: Journal, decider: Any, two: tuple[Desk, Desk]
) -> None:
    source, target = two
    store = MergeStore(database)
    await change(journal, decider, source, Merge(decider.author, id_of(target), 7))
    assert source.conversation is not None
    assert source.conversation.waiting_since is not None
    found = await store.take(NOW, 10)
    assert found == [Unfinished(id_of(source), id_of(target), source.conversation.waiting_since)]
    await change(journal, decider, target, Absorb(decider.author, source.conversation))
    assert await store.take(NOW, 10) == []


async def test_one_is_taken_by_one_and_again_after_a_while(
    database: Database, journal: Journal, decider: Any, two: tuple[Desk, Desk]
) -> None:
    source, target = two
    await change(journal, decider, source, Merge(decider.author, id_of(target), 7))
    store, while_ = MergeStore(database), timedelta(seconds=30)
    assert await store.take(while_, 10) == []
    async with database.acquire() as connection:
        await connection.execute("update merges_under_way set tried_at = tried_at - interval '1 minute'")
    assert len(await store.take(while_, 10)) == 1
    assert await store.take(while_, 10) == []


async def test_who_goes_on_in_the_targets_place_takes_over_or_nobody(
    database: Database, journal: Journal, decider: Any, two: tuple[Desk, Desk]
) -> None:
    source, target = two
    last, begun = decider.begin()
    await journal.append([begun])
    await change(journal, decider, source, Merge(decider.author, id_of(target), 7))
    await change(journal, decider, target, Merge(decider.author, id_of(last), 8))
    store = MergeStore(database)
    assert {one.into_id for one in await store.take(NOW, 10)} == {id_of(last)}
    async with database.acquire() as connection:
        await connection.execute("update conversations set status = 'closed'")
    found = await store.take(NOW, 10)
    assert [one.into_id for one in found] == [None, None]
    for one in found:
        await store.drop(one.source_id)
    assert await store.take(NOW, 10) == []


async def test_those_that_are_due_are_found_by_an_index(database: Database) -> None:
    query = SQL.take.replace("$1", "'30 seconds'").replace("$2", "10")
    async with database.acquire() as connection, connection.transaction():
        await connection.execute("set local enable_seqscan = off")
        plan = "\n".join(row[0] for row in await connection.fetch(f"explain {query}"))
    assert "Seq Scan" not in plan, plan
