"""Merges in the database: what moves, what is kept, and what came since."""

from uuid import UUID

import pytest

from hub.conversation.commands import Author
from hub.errors import Invalid, NotFound
from hub.ids import uuid7
from storage.customer_merge import CustomerMergeStore
from storage.database import Database

ANA = Author(uuid7(), "Ana")


@pytest.fixture
def store(database: Database) -> CustomerMergeStore:
    return CustomerMergeStore(database)


async def somebody(database: Database, name: str, *phones: str) -> UUID:
    """A customer with phones on the channel `wa`."""
    customer_id = uuid7()
    async with database.acquire() as connection:
        query = "insert into customers (id, name, attributes) values ($1, $2, $3)"
        await connection.execute(query, customer_id, name, b'{"plan": "tin"}')
    await learn(database, customer_id, *phones)
    return customer_id


async def learn(database: Database, customer_id: UUID, *phones: str) -> None:
    """Phones that are found out to be theirs."""
    async with database.acquire() as connection:
        for phone in phones:
            query = "insert into identities (channel, kind, value, customer_id) values ('wa', 'wa_id', $1, $2)"
            await connection.execute(query, phone, customer_id)


async def test_a_merge_is_recorded_once_and_moves_also_what_came_since(
    database: Database, store: CustomerMergeStore
) -> None:
    source, target = await somebody(database, "Maria", "1"), await somebody(database, "Maria S", "2")
    first = await store.merge(source, target, ANA)
    assert (first.target.id, first.target.name, first.target.named) == (target, "Maria S", True)
    await learn(database, source, "3")  # by a conversation that was still the source's
    again = await store.merge(source, target, ANA)
    assert [address.identity.value for address in again.addresses] == ["1", "2", "3"]
    assert again.target.version == first.target.version
    async with database.acquire() as connection:
        (row,) = await connection.fetch("select * from customer_merges")
        assert (row["by_id"], row["by_name"], row["source_id"], row["target_id"]) == (ANA.id, "Ana", source, target)
        assert row["source"] == {
            "name": "Maria",
            "attributes": {"plan": "tin"},
            "identities": [{"channel": "wa", "kind": "wa_id", "value": "1"}],
        }


async def test_calls_of_tools_about_both_count_as_about_one(database: Database, store: CustomerMergeStore) -> None:
    source, target = await somebody(database, "Maria", "1"), await somebody(database, "Maria S", "2")
    call = (
        "insert into tool_calls (id, conversation_id, customer_id, principal, tool, at, counted)"
        " values (gen_random_uuid(), gen_random_uuid(), $1, 'key:x', 'search_tickets', now(), true)"
    )
    async with database.acquire() as connection:
        for customer_id in (source, target):
            await connection.execute(call, customer_id)
    await store.merge(source, target, ANA)
    async with database.acquire() as connection:
        assert {row[0] for row in await connection.fetch("select customer_id from tool_calls")} == {target}


async def test_who_is_not_there_cannot_be_merged(database: Database, store: CustomerMergeStore) -> None:
    a, b, c = [await somebody(database, "Maria") for _ in range(3)]
    await store.merge(a, b, ANA)
    with pytest.raises(NotFound) as gone:
        await store.merge(a, c, ANA)
    assert gone.value.extra == {"merged_into": str(b)}
    with pytest.raises(Invalid):
        await store.merge(c, a, ANA)
    with pytest.raises(NotFound):
        await store.merge(uuid7(), a, ANA)
