"""Two replicas with all actors of the core on one real PostgreSQL, while connections break under them."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from actors import conversation, courier, customer, delivery, kinds, resolver, team_queue, writer
from actors.kernel import KernelError, System
from hub.channel import Channel
from hub.conversation.commands import Author, Outcome, Reply
from hub.conversation.effects import OutboxRow
from hub.conversation.receive import Moved
from hub.delivery import DeliveryStatus
from hub.errors import HubError
from hub.ids import uuid7
from hub.inbound import Identity, IdentityKind, InboundMessage, Party
from hub.message import Content, ContentType
from hub.outbox import Sent
from storage.conversation import Conversations
from storage.database import Database
from storage.event import EventLog
from storage.journal import Journal
from storage.message import Messages
from storage.note import NoteStore
from storage.outbox import Outbox

CHANNEL = "whatsapp-main"
ANA = Author(uuid7(), "Ana")
LEASE = timedelta(seconds=4)


def now() -> datetime:
    return datetime.now(UTC)


def party(n: int) -> Party:
    return Party((Identity(IdentityKind.BSUID, f"PT.{n}"), Identity(IdentityKind.WA_ID, f"35191{n:07}")), f"Maria {n}")


class Provider:
    """Accepts everything, and keeps the order."""

    def __init__(self) -> None:
        self.sent: dict[UUID, list[OutboxRow]] = defaultdict(list)

    async def prepare(self, row: OutboxRow) -> Sent | None:
        return None

    async def send(self, row: OutboxRow) -> Sent:
        self.sent[row.conversation_id].append(row)
        await asyncio.sleep(0.002)
        return Sent(Outcome.ACCEPTED, provider_id=f"wamid.{row.message_id}.{row.attempt}")

    async def mark_read(self, channel_message_id: str) -> None: ...
    async def typing(self, channel_message_id: str) -> None: ...


class Replica:
    """A system over the real stores."""

    def __init__(self, database: Database, number: int, provider: Provider) -> None:
        self.system = System()
        self.journal = Journal(database, number, LEASE)
        self.tasks: set[asyncio.Task[None]] = set()
        outbox, conversations = Outbox(database, number, LEASE), Conversations(database)
        channels = {CHANNEL: Channel(CHANNEL, "whatsapp")}
        world = conversation.World(Messages(database), NoteStore(database), channels, now, lambda channel: None)
        errand = delivery.Errand(self.system, provider)
        for kind in (
            writer.kind(self.journal, lambda committed: None),
            *resolver.reader_kinds(conversations),
            team_queue.kind(conversations, now),
            delivery.marker_kind(outbox),
            courier.kind(outbox, lambda name: errand, self.spawn, courier.Pace(sweep=0.3)),
            conversation.kind(world),
            customer.kind(channels, now),
        ):
            self.system.register(kind)
        self.system.ref(kinds.COURIER, CHANNEL).tell(courier.Sweep())

    async def spawn(self, errand: Any) -> None:
        task = asyncio.create_task(errand)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def arrives(self, whose: Party, message: InboundMessage) -> None:
        """As the door does it; the channel brings again what was not taken."""
        ref, again = self.system.ref(kinds.CUSTOMER, customer.address_key(CHANNEL, whose)), False
        while True:
            try:
                await ref.ask(customer.Inbound(whose, (message,), again), timeout=20)
                return
            except Moved:
                again = True
            except (HubError, KernelError):
                await asyncio.sleep(0.05)

    async def reply(self, conversation_id: UUID, reply: Reply) -> UUID:
        """As a person does it, who tries again with the same client id."""
        while True:
            try:
                message = await self.system.ref(kinds.CONVERSATION, conversation_id).ask(reply, timeout=20)
            except (HubError, KernelError):
                await asyncio.sleep(0.05)
            else:
                return UUID(str(message.id))

    async def stop(self) -> None:
        report = await self.system.drain(10.0)
        await asyncio.gather(*self.tasks)
        await self.journal.close()
        assert report.clean


@pytest.fixture
async def new_core(database: Database) -> AsyncIterator[Callable[[int, Provider], Replica]]:
    """Makes replicas; they are stopped in the end."""
    async with AsyncExitStack() as stack:

        def make(number: int, provider: Provider) -> Replica:
            replica = Replica(database, number, provider)
            stack.push_async_callback(replica.stop)
            return replica

        yield make


async def break_links(database: Database, chance: random.Random) -> None:
    """Ends writers' connections now and then."""
    while True:
        await asyncio.sleep(chance.uniform(0.05, 0.3))
        async with database.acquire() as connection:
            await connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where query like '%journal_append%' and pid <> pg_backend_pid() and datname = current_database()"
            )


async def settled(database: Database) -> None:
    """Waits until nothing is left to send."""
    async with asyncio.timeout(40):
        while True:
            async with database.acquire() as connection:
                if not await connection.fetchval("select count(*) from outbox"):
                    return
            await asyncio.sleep(0.1)


async def test_nothing_is_lost_doubled_or_overtaken(
    database: Database, new_core: Callable[[int, Provider], Replica]
) -> None:
    chance, provider, conversations = random.Random(3), Provider(), Conversations(database)
    replicas = [new_core(number, provider) for number in (1, 2)]
    messages = {n: [f"{n}.{k}" for k in range(12)] for n in range(3)}
    breaking = asyncio.create_task(break_links(database, chance))

    async def write(n: int) -> None:
        for said in messages[n]:
            text = InboundMessage(f"wamid.{said}", party(n), now(), Content(ContentType.TEXT, said))
            await asyncio.gather(*(replica.arrives(party(n), text) for replica in replicas))

    await asyncio.gather(*map(write, messages))
    async with database.acquire() as connection:
        rows = await connection.fetch("select id from conversations")
    assert len(rows) == 3

    async def answer(conversation_id: UUID) -> None:
        for n in range(8):
            reply = Reply(uuid7(), ANA, "text", str(n))
            ids = await asyncio.gather(*(replica.reply(conversation_id, reply) for replica in replicas))
            assert len(set(ids)) == 1

    await asyncio.gather(*(answer(row["id"]) for row in rows))
    breaking.cancel()
    await settled(database)
    for row in rows:
        thread = await Messages(database).page(row["id"], None, 100)
        assert [message.seq for message in thread] == list(range(1, 21))
        assert [message.text for message in thread[:12]] in messages.values()
        assert {message.status for message in thread[12:]} <= {DeliveryStatus.SENT, DeliveryStatus.UNKNOWN}
        sent = [sent.message_id for sent in provider.sent[row["id"]]]
        assert len(sent) == len(set(sent))
        assert [sent.seq for sent in provider.sent[row["id"]]] == sorted(s.seq for s in provider.sent[row["id"]])
        desk = (await conversations.load([row["id"]]))[row["id"]]
        assert desk.conversation is not None
        assert (desk.conversation.unsent, desk.conversation.last_seq) == (0, 20)
    events = await EventLog(database).after(0, 10_000)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert sum(event.type == "message.received" for event in events) == 36
    assert sum(event.type == "conversation.new" for event in events) == 3
