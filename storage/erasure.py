"""Forgetting customers in PostgreSQL and in the folder of files: the port `hub.erasure.Erasures`."""

import logging
from uuid import UUID

from attrs import frozen

from hub.customer import Address
from hub.erasure import Erased
from hub.errors import InUse, NotFound
from hub.ids import uuid7
from hub.inbound import Identity, IdentityKind
from storage.conversation import SQL as CONVERSATION
from storage.conversation import to_conversation
from storage.database import Connection, Database
from storage.media_files import MediaFiles
from storage.sql import load

log = logging.getLogger("hub.erasure")


@frozen
class Sql:
    """The queries of `erasure.sql`."""

    lock: str
    hold: str
    conversations: str
    addresses: str
    former: str
    on_its_way: str
    under_way: str
    forget_reports: str
    forget_media: str
    forget_files: str
    forget_messages: str
    forget_notes: str
    forget_notifications: str
    forget_drafts: str
    forget_outbox: str
    forget_transactions: str
    forget_decisions: str
    forget_announcements: str
    forget_held: str
    forget_responses: str
    forget_answers: str
    forget_quarantine: str
    forget_channel_events: str
    forget_orphans: str
    forget_tickets: str
    forget_merges: str
    forget_identities: str
    forget_former: str
    forget_customers: str
    close: str
    reduce_events: str


SQL = load("erasure.sql", Sql)

OF_CONVERSATIONS = (
    SQL.forget_reports,
    SQL.forget_messages,
    SQL.forget_notes,
    SQL.forget_notifications,
    SQL.forget_drafts,
    SQL.forget_outbox,
    SQL.forget_transactions,
    SQL.forget_decisions,
    SQL.forget_announcements,
    SQL.forget_held,
    SQL.forget_responses,
)
"""What goes with conversations, in this order: reports are found by messages."""

OF_WORDS = (SQL.forget_answers, SQL.forget_quarantine, SQL.forget_channel_events, SQL.forget_orphans)
"""What is recognised only by the words in it."""

OF_CUSTOMERS = (SQL.forget_merges, SQL.forget_identities, SQL.forget_former, SQL.forget_customers)


@frozen
class Subject:
    """Who is to be forgotten: the ids of the customer and of all who are the same person, and what is theirs."""

    customers: tuple[UUID, ...]
    conversations: tuple[UUID, ...]
    addresses: tuple[Address, ...]
    former: tuple[str, ...]

    @property
    def words(self) -> list[str]:
        """By what their data is recognised where no column says whose it is."""
        ids = [str(id) for id in (*self.customers, *self.conversations)]
        return [*ids, *(address.identity.value for address in self.addresses), *self.former]


class ErasureStore:
    """Erases; see `hub.erasure.Erasures` for what is raised.

    No conversation changes while the rows go, which takes as long as one customer's rows take; events, which do not
    change, are reduced after that.
    """

    def __init__(self, database: Database, files: MediaFiles) -> None:
        self._database = database
        self._files = files

    async def erase(self, customer_id: UUID) -> Erased:
        """Rows first, then events, then files, then what remembered the files."""
        async with self._database.transaction() as connection:
            await connection.execute(SQL.lock)
            subject = await _subject(connection, customer_id)
            files = await _forget(connection, subject)
        async with self._database.transaction() as connection:
            await connection.execute(SQL.reduce_events, subject.conversations)
            rows = await connection.fetch(CONVERSATION.load, subject.conversations)
        for file in files:
            await self._files.remove(file)
        async with self._database.acquire() as connection:
            await connection.execute(SQL.forget_files, files)
        log.info("a customer was erased", extra={"customer_id": str(customer_id), "conversations": len(rows)})
        return Erased(tuple(to_conversation(row) for row in rows), subject.addresses)


async def _subject(connection: Connection, customer_id: UUID) -> Subject:
    held = {row["id"]: row for row in await connection.fetch(SQL.hold, customer_id)}
    if customer_id not in held:
        raise NotFound
    into = held[customer_id]["merged_into_id"]
    if into is not None:
        raise NotFound("They turned out to be another customer.", extra={"merged_into": str(into)})
    customers = tuple(held)
    conversations = [row["id"] for row in await connection.fetch(SQL.conversations, customers)]
    if await connection.fetchval(SQL.on_its_way, conversations):
        raise InUse("A message to them is on its way. Ask again in a moment.")
    if await connection.fetchval(SQL.under_way, conversations):
        raise InUse("A transaction of theirs is under way. It has to be cancelled, or to come to its end.")
    addresses = [
        Address(row["channel"], Identity(IdentityKind(row["kind"]), row["value"]))
        for row in await connection.fetch(SQL.addresses, customers)
    ]
    former = [row["value"] for row in await connection.fetch(SQL.former, customers)]
    return Subject(customers, tuple(conversations), tuple(addresses), tuple(former))


async def _forget(connection: Connection, subject: Subject) -> list[UUID]:
    """Deletes and empties rows; answers which files are to go."""
    media = await connection.fetch(SQL.forget_media, subject.customers, subject.conversations)
    for query in OF_CONVERSATIONS:
        await connection.execute(query, subject.conversations)
    for query in OF_WORDS:
        await connection.execute(query, subject.words)
    await connection.execute(SQL.forget_tickets, [address.identity.value for address in subject.addresses])
    for query in OF_CUSTOMERS:
        await connection.execute(query, subject.customers)
    await connection.execute(SQL.close, subject.conversations, uuid7())
    return [row["id"] for row in media]
