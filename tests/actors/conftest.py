"""The outside of actors in memory, for tests under a virtual clock: an event log, the store with the journal's
verdicts, a provider, and a replica with all actors of the core."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Any
from uuid import UUID

import attrs
import pytest
from attrs import define, frozen

from actors import conversation, courier, customer, delivery, kinds, resolver, team_queue, writer
from actors.kernel import Kind
from actors.kernel.testkit import settle, virtual_system
from hub.channel import Channel
from hub.conversation.commands import Author, Command, Item, Reply
from hub.conversation.commands import Outcome as SendOutcome
from hub.conversation.effects import Attempt, ChannelEvent, Effects, NewEvent, OutboxRow
from hub.conversation.receive import Moved
from hub.conversation.state import Conversation, CustomerCard, Desk, Status
from hub.conversation.state import Held as HeldAmendment
from hub.customer import Address, Known
from hub.errors import HubError, Unavailable
from hub.events import Audience, Event
from hub.ids import uuid7
from hub.inbound import Identity, IdentityKind, InboundMessage, Party, StatusUpdate
from hub.journal import Change, Committed, Outcome, Verdict
from hub.message import Content, ContentType, Message
from hub.note import Note
from hub.notification import Notification
from hub.outbox import Claimed, Sent
from hub.ports import LogPosition

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def event(seq: int, audience: Audience | None = None, **data: Any) -> Event:
    """An event of some conversation."""
    return Event(seq, uuid7(), "message.received", NOON, uuid7(), 1, 1, audience or Audience(), None, data)


class MemoryLog:
    """Implements hub.ports.EventStore over a list. Each read lets others run first, as a real one does."""

    def __init__(self, epoch: str = "one") -> None:
        self.epoch = epoch
        self.events: list[Event] = []
        self.trimmed = 0
        self.away = False
        self.reads = 0

    @property
    def head(self) -> int:
        return self.events[-1].seq if self.events else self.trimmed

    def commit(self, count: int, audience: Audience | None = None) -> tuple[int, list[Event]]:
        """Adds events; the number before them, and they."""
        prev = self.head
        new = [event(prev + 1 + i, audience) for i in range(count)]
        self.events += new
        return prev, new

    def trim(self, upto: int) -> None:
        self.trimmed = upto
        self.events = [event for event in self.events if event.seq > upto]

    async def _read(self) -> None:
        self.reads += 1
        if self.away:
            raise Unavailable("The log is away.")

    async def position(self) -> LogPosition:
        await self._read()
        found = LogPosition(self.epoch, self.head, self.trimmed)
        await asyncio.sleep(0)
        return found

    async def after(self, cursor: int, limit: int) -> list[Event]:
        return await self.between(cursor, 1 << 60, limit)

    async def between(self, cursor: int, upto: int, limit: int) -> list[Event]:
        await self._read()
        found = [event for event in self.events if cursor < event.seq <= upto][:limit]
        await asyncio.sleep(0)
        return found


@pytest.fixture(scope="session")
def new_log() -> type[MemoryLog]:
    """Makes logs."""
    return MemoryLog


# The store --------------------------------------------------------------------------------------------------------


@define
class Held:
    """An outbox row with who has it. `until` and `due` are moments of the loop's clock."""

    row: OutboxRow
    state: str
    replica: int | None
    until: float
    due: float


class MemoryStore:
    """PostgreSQL as the actors see it, over dictionaries: the journal's verdicts, the readers, the outbox.

    `away` refuses everything; `lose_answers` commits and then breaks, that many times; `poison` says which changes
    cannot be stored; `latency` passes before each answer; `dead` are replicas whose connection is gone.
    """

    lease = 30.0

    def __init__(self) -> None:
        self.conversations: dict[UUID, Conversation] = {}
        self.last_change: dict[UUID, UUID] = {}
        self.messages: dict[UUID, Message] = {}
        self.customers: dict[UUID, CustomerCard] = {}
        self.identities: dict[tuple[str, Identity], UUID] = {}
        self.held: dict[UUID, HeldAmendment] = {}
        self.attempts: dict[tuple[UUID, int], Attempt] = {}
        self.reports: dict[tuple[str, str, Any], tuple[StatusUpdate, UUID | None]] = {}
        self.outbox: dict[UUID, Held] = {}
        self.events: list[Event] = []
        self.channel_events: dict[UUID, ChannelEvent] = {}
        self.notes: dict[UUID, Note] = {}
        self.notifications: list[Notification] = []
        self.batches: list[list[Change]] = []
        self.loads: list[list[UUID]] = []
        self.away = False
        self.lose_answers = 0
        self.latency = 0.001
        self.ahead = timedelta()
        self.poison: Callable[[Change], bool] = lambda change: False
        self.dead: set[int] = set()
        self._numbers = count(1001)

    async def _answer(self) -> None:
        await asyncio.sleep(self.latency)
        if self.away:
            raise Unavailable("The database is away.")

    def conversation(self) -> Conversation:
        """The one conversation there is."""
        (conversation,) = self.conversations.values()
        return conversation

    def thread(self, conversation_id: UUID | None = None) -> list[Message]:
        """The messages of the one conversation, or of this one."""
        wanted = conversation_id or self.conversation().id
        return sorted((m for m in self.messages.values() if m.conversation_id == wanted), key=lambda m: m.seq)

    # Journal

    def journal(self, replica: int = 1) -> "MemoryJournal":
        return MemoryJournal(self, replica)

    async def append(self, changes: Sequence[Change], replica: int) -> tuple[list[Outcome | HubError], list[Committed]]:
        await self._answer()
        self.batches.append(list(changes))
        previous = len(self.events)
        outcomes = [self._append(change, replica) for change in changes]
        if self.lose_answers:
            self.lose_answers -= 1
            raise Unavailable("The answer was lost.")
        return outcomes, [Committed(previous, tuple(self.events[previous:]))]

    def _append(self, change: Change, replica: int) -> Outcome | HubError:
        if self.poison(change):
            return HubError()
        verdict, about = self._verdict(change)
        if verdict is not Verdict.OK:
            return Outcome(verdict, about)
        self._write(change, replica)
        return Outcome(Verdict.OK)

    def _verdict(self, change: Change) -> tuple[Verdict, tuple[UUID, ...]]:
        wanted, effects = change.conversation, change.effects
        known = self.conversations.get(wanted.id) if wanted else None
        if wanted is not None and self.last_change.get(wanted.id) == change.id:
            return Verdict.DONE, ()
        if wanted is not None and (known.revision if known else 0) != change.expect:
            return Verdict.CONFLICT, ()
        if twins := self._twins(effects):
            return Verdict.DUPLICATE, twins
        if self._moved(change):
            return Verdict.MOVED, ()
        if any(self._known(orphan.channel, orphan.update.channel_message_id) for orphan in change.orphans):
            return Verdict.KNOWN, ()
        if foreign := tuple(s.id for s in effects.settled if not self._holds(s.id, s.token)):
            return Verdict.FENCED, foreign
        if self._awaited(effects):
            return Verdict.AWAITED, ()
        return Verdict.OK, ()

    def _twins(self, effects: Effects) -> tuple[UUID, ...]:
        ids = {(m.channel, m.channel_message_id) for m in self.messages.values() if m.channel_message_id}
        clients = {(m.conversation_id, m.client_id) for m in self.messages.values() if m.client_id}
        return tuple(
            m.id
            for m in effects.messages.values()
            if (m.channel, m.channel_message_id) in ids or (m.conversation_id, m.client_id) in clients
        )

    def _moved(self, change: Change) -> bool:
        wanted = change.conversation
        taken = any((o.channel, o.identity) in self.identities for o in change.effects.identities)
        if change.effects.customers and taken:
            return True
        if wanted is None or change.expect:
            return False
        return any(
            c.channel == wanted.channel and c.customer.id == wanted.customer.id and c.status is not Status.CLOSED
            for c in self.conversations.values()
        )

    def _known(self, channel: str, provider_id: str) -> bool:
        tried = any((a.channel, a.provider_id) == (channel, provider_id) for a in self.attempts.values())
        return tried or any((m.channel, m.channel_message_id) == (channel, provider_id) for m in self.messages.values())

    def _holds(self, row_id: UUID, token: UUID | None) -> bool:
        held = self.outbox.get(row_id)
        return held is not None and held.row.token == token

    def _awaited(self, effects: Effects) -> bool:
        told = {(r.update.channel_message_id, r.update.raw_status, r.update.at) for r in effects.reports}
        tried = {a.provider_id for a in effects.attempts.values()}
        return any(k[0] in tried and k not in told for k, (_, message_id) in self.reports.items() if message_id is None)

    def _write(self, change: Change, replica: int) -> None:
        effects = change.effects
        for card, _ in effects.customers:
            self.customers[card.id] = card
        for customer_id, name, _, _ in effects.customer_updates:
            card = self.customers[customer_id]
            self.customers[customer_id] = attrs.evolve(card, name=name or card.name)
        for lost in effects.lost_identities:
            if self.identities.get((lost.channel, lost.identity)) == lost.customer_id:
                del self.identities[lost.channel, lost.identity]
        for owned in effects.identities:
            if owned.moved or (owned.channel, owned.identity) not in self.identities:
                self.identities[owned.channel, owned.identity] = owned.customer_id
        if change.conversation is not None:
            self.conversations[change.conversation.id] = change.conversation
            self.last_change[change.conversation.id] = change.id
        self.messages |= effects.messages | effects.updates
        for key, attempt in effects.attempts.items():
            self.attempts[key] = attempt.after(self.attempts[key]) if key in self.attempts else attempt
        for report in effects.reports:
            self._report(report.update, report.message_id)
        for orphan in change.orphans:
            self._report(orphan.update, None)
        self._write_sending(effects, replica)
        self.held |= {held.id: held for held in effects.held}
        for released in effects.released:
            self.held.pop(released, None)
        self.channel_events |= {event.id: event for event in effects.channel_events}
        self.notes |= {note.id: note for note in effects.notes}
        self.notifications += effects.notifications
        for event in effects.events:
            self.events.append(Event(seq=len(self.events) + 1, **{f: getattr(event, f) for f in _EVENT}))

    def _report(self, update: StatusUpdate, message_id: UUID | None) -> None:
        key = update.channel_message_id, update.raw_status, update.at
        if message_id is not None or key not in self.reports:
            self.reports[key] = update, message_id

    def _write_sending(self, effects: Effects, replica: int) -> None:
        now = asyncio.get_running_loop().time()
        for row in effects.outbox:
            leased = row.token is not None
            self.outbox[row.id] = Held(
                row, "leased" if leased else "queued", replica if leased else None, now + self.lease, now
            )
        for settled in effects.settled:
            held = self.outbox[settled.id]
            if settled.retry_in is None:
                del self.outbox[settled.id]
            else:
                held.row = attrs.evolve(held.row, token=None, tries=settled.tries)
                held.state, held.replica, held.due = "queued", None, now + settled.retry_in

    # Readers

    async def load(self, ids: Sequence[UUID]) -> dict[UUID, Desk]:
        await self._answer()
        self.loads.append(list(ids))
        return {wanted: self._desk(self.conversations[wanted]) for wanted in ids if wanted in self.conversations}

    def _desk(self, conversation: Conversation) -> Desk:
        held = tuple(h for h in self.held.values() if h.conversation_id == conversation.id)
        mine = (k for k, customer_id in self.identities.items() if customer_id == conversation.customer.id)
        return Desk(conversation, {}, held, frozenset(i for channel, i in mine if channel == conversation.channel))

    async def resolve(self, addresses: Sequence[Address]) -> list[Known | None]:
        await self._answer()
        return [self._whose(address) for address in addresses]

    def _whose(self, address: Address) -> Known | None:
        customer_id = self.identities.get((address.channel, address.identity))
        if customer_id is None:
            return None
        theirs = [c for c in self.conversations.values() if c.customer.id == customer_id]
        theirs.sort(key=lambda c: (c.status is not Status.CLOSED, c.number))
        last = theirs[-1] if theirs else None
        return Known(self.customers[customer_id], last.id if last else None, last.status if last else None)

    async def openings(self, teams: Sequence[str]) -> list[tuple[int, UUID | None]]:
        await self._answer()
        return [(next(self._numbers), None) for _ in teams]

    async def by_ids(self, conversation_id: UUID, ids: Sequence[UUID]) -> list[Message]:
        await self._answer()
        return [m for m in self.thread(conversation_id) if m.id in ids]

    async def by_channel_ids(self, conversation_id: UUID, channel: str, ids: Sequence[str]) -> list[Message]:
        await self._answer()
        return [m for m in self.thread(conversation_id) if m.channel_message_id in ids]

    async def by_client_ids(self, conversation_id: UUID, ids: Sequence[UUID]) -> list[Message]:
        await self._answer()
        return [m for m in self.thread(conversation_id) if m.client_id in ids]

    async def notes_by_client_ids(self, conversation_id: UUID, ids: list[UUID]) -> list[Note]:
        await self._answer()
        return [n for n in self.notes.values() if n.conversation_id == conversation_id and n.client_id in ids]

    async def orphans(self, channel: str, channel_message_id: str) -> list[StatusUpdate]:
        await self._answer()
        return [
            update
            for (provider_id, _, _), (update, message_id) in self.reports.items()
            if provider_id == channel_message_id and message_id is None
        ]

    async def queue(self, team_id: UUID | None) -> dict[str, Any]:
        await self._answer()
        mine = [c for c in self.conversations.values() if c.team_id == team_id and c.status is Status.OPEN]
        return {"team_id": team_id, "open": len(mine), "unassigned": sum(c.assignee_id is None for c in mine)}

    # Outbox

    def outbox_of(self, replica: int = 1) -> "MemoryOutbox":
        return MemoryOutbox(self, replica)


_EVENT = [field.name for field in attrs.fields(NewEvent)]


@frozen
class MemoryJournal:
    """The journal of one replica."""

    store: MemoryStore
    replica: int

    async def append(self, changes: Sequence[Change]) -> tuple[list[Outcome | HubError], list[Committed]]:
        return await self.store.append(changes, self.replica)


@frozen
class MemoryOutbox:
    """The outbox as one replica sees it."""

    store: MemoryStore
    replica: int

    async def claim(self, channel: str, limit: int) -> list[Claimed]:
        await self.store._answer()
        first: dict[UUID, Held] = {}
        for held in self.store.outbox.values():
            if held.row.channel == channel:
                known = first.setdefault(held.row.conversation_id, held)
                if held.row.seq < known.row.seq:
                    first[held.row.conversation_id] = held
        return list(islice(filter(None, map(self._claim, first.values())), limit))

    async def claim_next(self, conversation_id: UUID) -> Claimed | None:
        await self.store._answer()
        theirs = [held for held in self.store.outbox.values() if held.row.conversation_id == conversation_id]
        return self._claim(min(theirs, key=lambda held: held.row.seq)) if theirs else None

    def _claim(self, held: Held) -> Claimed | None:
        now = asyncio.get_running_loop().time()
        free = held.state == "queued" and held.due <= now
        lapsed = held.state != "queued" and (held.until < now or held.replica in self.store.dead)
        if not free and not lapsed:
            return None
        interrupted = held.state == "sending"
        held.row = attrs.evolve(held.row, token=uuid7())
        held.state = "sending" if interrupted else "leased"
        held.replica, held.until = self.replica, now + self.store.lease
        return Claimed(held.row, interrupted)

    async def sending(self, rows: Sequence[OutboxRow]) -> set[UUID]:
        await self.store._answer()
        now, ours = asyncio.get_running_loop().time(), set()
        for row in rows:
            held = self.store.outbox.get(row.id)
            if (
                held
                and held.row.token == row.token
                and held.state == "leased"
                and held.until > now + self.store.lease / 2
            ):
                held.state = "sending"
                ours.add(row.id)
        return ours

    async def release(self, channel: str) -> None:
        await self.store._answer()
        for held in self.store.outbox.values():
            if held.replica == self.replica and held.state == "leased":
                held.row = attrs.evolve(held.row, token=None)
                held.state, held.replica = "queued", None


# A replica --------------------------------------------------------------------------------------------------------

CHANNEL = "whatsapp-main"
ANA = Author(uuid7(), "Ana")
MARIA = Party((Identity(IdentityKind.BSUID, "PT.1"), Identity(IdentityKind.WA_ID, "351910000001")), "Maria")


class Phone:
    """The provider's side: what was sent, in order, and how each try ends: as `ends` says, else accepted."""

    def __init__(self) -> None:
        self.sent: list[OutboxRow] = []
        self.at_once: dict[UUID, int] = defaultdict(int)
        self.ends: Callable[[OutboxRow], Sent | BaseException | None] = lambda row: None
        self.takes = 0.01

    async def prepare(self, row: OutboxRow) -> Sent | None:
        return None

    async def send(self, row: OutboxRow) -> Sent:
        self.at_once[row.conversation_id] += 1
        assert self.at_once[row.conversation_id] == 1, "two messages of a conversation on their way at once"
        try:
            self.sent.append(row)
            await asyncio.sleep(self.takes)
            end = self.ends(row)
            if isinstance(end, BaseException):
                raise end
            return end or Sent(SendOutcome.ACCEPTED, provider_id=f"wamid.{row.message_id}.{row.attempt}.{row.tries}")
        finally:
            self.at_once[row.conversation_id] -= 1

    async def mark_read(self, channel_message_id: str) -> None: ...
    async def typing(self, channel_message_id: str) -> None: ...


_LIVING: set[asyncio.Task[None]] = set()


class Replica:
    """A system with all actors of the core, as the composition root registers them, on the running loop's clock."""

    def __init__(
        self,
        store: MemoryStore,
        phone: Phone | None = None,
        number: int = 1,
        couriers: bool = True,
        sweep: float = 5.0,
    ) -> None:
        self.store = store
        self.phone = phone or Phone()
        self.number = number
        self.system = virtual_system()
        self.published: list[Committed] = []
        self.media_waits = 0
        self.spawner = [self._spawn]
        self.errands: set[asyncio.Task[None]] = set()
        self.channels = {CHANNEL: Channel(CHANNEL, "whatsapp")}
        world = conversation.World(store, store, self.channels, self.clock, self._media)
        self.register(
            writer.kind(store.journal(number), self.published.append),
            *resolver.reader_kinds(store),
            team_queue.kind(store, self.clock),
            delivery.marker_kind(store.outbox_of(number)),
        )
        if couriers:
            errand = delivery.Errand(self.system, self.phone)
            self.register(
                courier.kind(store.outbox_of(number), lambda name: errand, self._spawned, courier.Pace(sweep=sweep))
            )
        self.register(conversation.kind(world), customer.kind(self.channels, self.clock))
        living = asyncio.get_running_loop().create_task(self._live())
        _LIVING.add(living)
        living.add_done_callback(_LIVING.discard)
        if couriers:
            self.system.ref(kinds.COURIER, CHANNEL).tell(courier.Sweep())

    def register(self, *given: Kind) -> None:
        for kind in given:
            self.system.register(kind)

    def clock(self) -> datetime:
        """The hub's clock goes with the loop's, and ahead of it as far as a test says."""
        return NOON + self.store.ahead + timedelta(seconds=asyncio.get_running_loop().time())

    def _media(self, channel: str) -> None:
        self.media_waits += 1

    async def _spawned(self, errand: Coroutine[Any, Any, None]) -> None:
        await self.spawner[0](errand)

    async def _spawn(self, errand: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(errand)
        self.errands.add(task)
        task.add_done_callback(self.errands.discard)

    async def _live(self) -> None:
        """Ends what runs when the loop ends, so that no errand begins anew then."""
        try:
            await asyncio.Event().wait()
        finally:
            await self.kill()

    async def kill(self) -> None:
        """The process is gone in the middle of whatever it does."""
        self.store.dead.add(self.number)
        for errand in list(self.errands):
            errand.cancel()
        await self.system.drain(0.0)
        await asyncio.gather(*self.errands, return_exceptions=True)

    # What comes in

    def text(self, text: str = "Olá", wamid: str | None = None, **given: Any) -> InboundMessage:
        content = Content(ContentType.TEXT, text)
        return InboundMessage(wamid or f"wamid.{uuid7()}", MARIA, self.clock(), content, **given)

    async def arrives(self, *items: Item, party: Party = MARIA) -> Any:
        """A delivery, brought again as a door does while the conversation turns out to be another one."""
        ref = self.system.ref(kinds.CUSTOMER, customer.address_key(CHANNEL, party))
        for attempt in range(3):
            try:
                return await ref.ask(customer.Inbound(party, items, again=attempt > 0), timeout=30.0)
            except Moved:
                continue
        raise AssertionError("moved three times")

    async def ask(self, command: Command, conversation_id: UUID | None = None) -> Any:
        """A command to the one conversation, or to this one."""
        wanted = conversation_id or self.store.conversation().id
        return await self.system.ref(kinds.CONVERSATION, wanted).ask(command, timeout=30.0)

    async def reply(self, text: str = "Bom dia", client_id: UUID | None = None, **given: Any) -> Message:
        answer: Message = await self.ask(Reply(client_id or uuid7(), ANA, "text", text, **given))
        return answer

    async def sends_all(self, within: float = 600.0) -> None:
        """Waits until the outbox is empty."""
        async with asyncio.timeout(within):
            while self.store.outbox:
                await asyncio.sleep(0.05)
        await settle()


@pytest.fixture(scope="session")
def new_store() -> type[MemoryStore]:
    """Makes stores."""
    return MemoryStore


@pytest.fixture(scope="session")
def new_replica() -> type[Replica]:
    """Makes replicas over a store."""
    return Replica


@pytest.fixture(scope="session")
def new_phone() -> type[Phone]:
    """Makes providers."""
    return Phone
