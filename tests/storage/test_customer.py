"""Customers in the database: who is there, what is found, changes one after the other."""

import asyncio
from uuid import UUID

import pytest

from hub.customer import CustomerChange
from hub.errors import Invalid, NotFound, StaleVersion
from hub.ids import uuid7
from hub.rights import Reader, Role
from storage.customer import CustomerStore
from storage.database import Database

ROOT = Reader(uuid7(), Role.ADMIN, frozenset())


@pytest.fixture
def store(database: Database) -> CustomerStore:
    return CustomerStore(database)


async def somebody(database: Database, name: str | None = None, *addresses: tuple[str, str]) -> UUID:
    """A customer with addresses on the channel `wa`."""
    customer_id = uuid7()
    async with database.acquire() as connection:
        await connection.execute("insert into customers (id, name) values ($1, $2)", customer_id, name)
        for kind, value in addresses:
            query = "insert into identities (channel, kind, value, customer_id) values ('wa', $1, $2, $3)"
            await connection.execute(query, kind, value, customer_id)
    return customer_id


async def test_who_was_merged_or_erased_is_not_there(database: Database, store: CustomerStore) -> None:
    stays, merged, erased = [await somebody(database, "Maria", ("wa_id", f"35191{n}")) for n in range(3)]
    async with database.acquire() as connection:
        await connection.execute("update customers set merged_into_id = $2 where id = $1", merged, stays)
        await connection.execute("update customers set erased_at = now() where id = $1", erased)
    for q in (None, "maria", "351"):
        assert [c.id for c in await store.page(ROOT, q, None, None, 9)] == [stays]
    assert [await store.find(id) is not None for id in (stays, merged, erased)] == [True, False, False]
    assert await store.merged_into(merged) == stays
    with pytest.raises(NotFound):
        await store.change(merged, None, CustomerChange(name="X"))


async def test_each_of_several_changes_starts_from_the_one_before(database: Database, store: CustomerStore) -> None:
    customer_id = await somebody(database, "Maria")
    changes = (store.change(customer_id, None, CustomerChange(attributes={f"k{n}": n})) for n in range(20))
    versions = sorted([customer.version for customer in await asyncio.gather(*changes)])
    assert versions == list(range(2, 22))
    after = await store.find(customer_id)
    assert after is not None
    assert after.attributes == {f"k{n}": n for n in range(20)}
    with pytest.raises(StaleVersion):
        await store.change(customer_id, 3, CustomerChange(name="X"))
    with pytest.raises(Invalid):
        await store.change(customer_id, None, CustomerChange(attributes={f"m{n}": n for n in range(40)}))


@pytest.mark.parametrize("q", ["'", "a & b", "!", "\\", "%", "🙂", ":*", "  "])
async def test_any_words_are_a_question(store: CustomerStore, q: str) -> None:
    assert await store.page(ROOT, q, None, None, 9) == []
