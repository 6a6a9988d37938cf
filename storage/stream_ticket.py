"""Single-use tickets for event streams, good on every replica."""

import hashlib
import secrets

from attrs import frozen

from hub.ports import TicketHolder
from storage.database import Database
from storage.sql import load

LIFE = 30.0
"""Seconds in which a ticket can be used."""


@frozen
class StreamTicketQueries:
    """The queries of stream_ticket.sql."""

    issue: str
    redeem: str


_SQL = load("stream_ticket.sql", StreamTicketQueries)


def _hash(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode("utf-8", "surrogateescape")).digest()


class StreamTicketStore:
    """Issues and redeems: the port `hub.ports.StreamTickets`. Raises Unavailable when the database is away."""

    def __init__(self, database: Database, life: float = LIFE) -> None:
        self._database = database
        self.life = life

    async def issue(self, holder: TicketHolder) -> str:
        """A new ticket: 256 random bits."""
        ticket = secrets.token_urlsafe(32)
        async with self._database.acquire() as connection:
            await connection.execute(
                _SQL.issue,
                _hash(ticket),
                holder.user_id,
                holder.sign_in,
                holder.token_version,
                holder.until,
                self.life,
            )
        return ticket

    async def redeem(self, ticket: str) -> TicketHolder | None:
        """Whose ticket it was; None when there is no such, it was used, or its time is over."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(_SQL.redeem, _hash(ticket))
        if row is None or not row["valid"]:
            return None
        return TicketHolder(row["user_id"], row["session_id"], row["token_version"], row["access_until"])
