"""Whom back ends mean."""

from uuid import UUID

from attrs import frozen

from storage.database import Database
from storage.sql import load

MOST = 20
"""Customers of one name: as many as there are Chat App channels that know somebody by it. Further ones are not seen."""


@frozen
class Sql:
    """The queries of `customer_ref.sql`."""

    owners: str


SQL = load("customer_ref.sql", Sql)


class CustomerRefStore:
    """The port `hub.integration.customer.CustomerRefs`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def owners(self, ref: str) -> list[UUID]:
        """The customers whom a back end calls this."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.owners, ref, _id(ref), MOST)
        return [row["id"] for row in rows]


def _id(ref: str) -> UUID | None:
    try:
        return UUID(ref) if len(ref) == 36 else None
    except ValueError:
        return None
