"""Whom back ends mean."""

from uuid import UUID, uuid4

from hub.ids import uuid7
from storage.customer_ref import CustomerRefStore
from storage.database import Database


async def customer(database: Database, *identities: tuple[str, str, str]) -> UUID:
    id = uuid7()
    async with database.acquire() as connection:
        await connection.execute("insert into customers (id, name, attributes) values ($1, 'Maria', '{}')", id)
        for identity in identities:
            await connection.execute(
                "insert into identities (channel, kind, value, customer_id) values ($1, $2, $3, $4)",
                *identity,
                id,
            )
    return id


async def test_by_the_apps_id_or_the_hubs(database: Database) -> None:
    refs = CustomerRefStore(database)
    known = await customer(database, ("app", "app_id", "C-7"))
    other = await customer(database, ("wa", "wa_id", "C-7"))
    assert await refs.owners("C-7") == [known]
    assert await refs.owners(str(other)) == [other]
    assert await refs.owners("C-8") == await refs.owners(str(uuid4())) == await refs.owners("x" * 36) == []


async def test_two_apps_may_use_one_name(database: Database) -> None:
    one = await customer(database, ("app", "app_id", "C-7"))
    two = await customer(database, ("shop", "app_id", "C-7"))
    assert set(await CustomerRefStore(database).owners("C-7")) == {one, two}
