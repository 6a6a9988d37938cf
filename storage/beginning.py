"""What must be known before a conversation is begun with a customer."""

from collections.abc import Sequence
from uuid import UUID

from attrs import frozen

from hub.conversation.state import CustomerCard, Status
from hub.customer import Address, Beginning, Known
from hub.inbound import Identity, IdentityKind
from storage.conversation import Conversations
from storage.database import Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `beginning.sql`."""

    of_customer: str


SQL = load("beginning.sql", Sql)


class Beginnings:
    """The port `hub.ports.BeginningReader`. Raises Unavailable when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, addresses: Sequence[Address]) -> list[Known | None]:
        """For each address whose it is, in the order asked."""
        return await Conversations(self._database).resolve(addresses)

    async def opening(self, team: str) -> tuple[int, UUID | None]:
        """A number for a new conversation, and the id of the team that it goes to unless another is named."""
        ((number, team_id),) = await Conversations(self._database).openings([team])
        return number, team_id

    async def of_customer(self, customer_id: UUID, channel: str) -> Beginning | None:
        """How this customer stands on the channel; None when there is no such customer."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.of_customer, customer_id, channel)
        if row is None:
            return None
        return Beginning(
            customer=CustomerCard(row["id"], row["name"], row["phone"], row["created_at"]),
            addresses=tuple(Identity(IdentityKind(a["kind"]), a["value"]) for a in row["addresses"] or ()),
            last_id=row["last_id"],
            last_status=Status(row["last_status"]) if row["last_status"] else None,
            window_opened_at=row["window_opened_at"],
        )
