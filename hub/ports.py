"""What the domain and its actors ask of the outside. The storage and the doors answer; nobody here imports them.

Nouns with a file of their own keep their ports there: `hub.outbox`, `hub.media`, `hub.export` and others.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from attrs import frozen

from hub.audience import Viewer
from hub.conversation.state import Desk
from hub.customer import Address, Beginning, Known
from hub.errors import HubError
from hub.events import Audience, Event
from hub.inbound import StatusUpdate
from hub.journal import Change, Committed, Outcome
from hub.listing import Filter, Merged, Position, Row
from hub.message import Message
from hub.note import Note
from hub.reading import Reading
from hub.rights import Reader


@frozen
class LogPosition:
    """Where the event log stands, read in one statement.

    `epoch` names the history that the numbers belong to: it changes when another server, or a standby that may lack
    the last commits, becomes the database. Events up to `trimmed` are no longer kept.
    """

    epoch: str
    head: int
    trimmed: int


class EventStore(Protocol):
    """The event log. Every method raises hub.errors.Unavailable when the database is away."""

    async def position(self) -> LogPosition:
        """Epoch, newest number and what is gone."""

    async def after(self, cursor: int, limit: int) -> list[Event]:
        """The events numbered above the cursor, in order, at most `limit`."""

    async def between(self, cursor: int, upto: int, limit: int) -> list[Event]:
        """The same, but none numbered above `upto`."""


class InboxEvents(Protocol):
    """The event log as one customer's inbox has it. Raises hub.errors.Unavailable when the database is away."""

    async def of_inbox(self, inbox_id: UUID, cursor: int, upto: int, limit: int) -> list[Event] | None:
        """The events of the inbox numbered above the cursor and not above `upto`, in order, at most `limit`; None when
        the log no longer reaches back to the cursor."""


class Viewers(Protocol):
    """Who people are now: rights change while a stream is open."""

    async def outdated(self, streams: Collection[tuple[Viewer, UUID | None]]) -> set[UUID]:
        """The people, of those at these streams, whose role, teams, token version or sign-in is not what it says."""

    async def current(self, user_ids: Collection[UUID]) -> dict[UUID, Viewer]:
        """The people of these ids with today's role and teams; one that is disabled or gone is missing."""

    async def signed_in(self, sign_ins: Collection[UUID]) -> set[UUID]:
        """Which of these sign-ins were not ended."""


class Audiences(Protocol):
    """Who may see a conversation now."""

    async def of_conversation(self, conversation_id: UUID) -> Audience | None:
        """Its team and assignee, or None when there is no such conversation."""


class JournalPort(Protocol):
    """The one way in which conversations change."""

    async def append(self, changes: Sequence[Change]) -> tuple[list[Outcome | HubError], list[Committed]]:
        """Writes the changes together; answers each one's outcome or the error that is its alone, and what was
        committed. Raises Unavailable when the database is away; bringing the changes again is safe."""


class ConversationStore(Protocol):
    """Conversations, read for decisions. Every method raises hub.errors.Unavailable when the database is away."""

    async def load(self, ids: Sequence[UUID]) -> dict[UUID, Desk]:
        """These conversations; those that do not exist are missing."""

    async def resolve(self, addresses: Sequence[Address]) -> list[Known | None]:
        """For each address what is known of it, in the order asked."""

    async def openings(self, teams: Sequence[str]) -> list[tuple[int, UUID | None]]:
        """For new conversations of these teams (by name) a number each, and the team's id."""


class MessageStore(Protocol):
    """Messages, read for decisions. Every method raises hub.errors.Unavailable when the database is away."""

    async def by_ids(self, conversation_id: UUID, ids: Sequence[UUID]) -> list[Message]:
        """Messages of the conversation by the hub's ids."""

    async def by_channel_ids(self, conversation_id: UUID, channel: str, ids: Sequence[str]) -> list[Message]:
        """Messages of the conversation by the channel's ids."""

    async def by_client_ids(self, conversation_id: UUID, ids: Sequence[UUID]) -> list[Message]:
        """Messages of the conversation by their writers' ids."""

    async def orphans(self, channel: str, channel_message_id: str) -> list[StatusUpdate]:
        """Reports about this message that came before it was known, oldest first."""


class NoteStore(Protocol):
    """Notes, read for decisions."""

    async def notes_by_client_ids(self, conversation_id: UUID, ids: list[UUID]) -> list[Note]:
        """Notes of the conversation by their writers' ids. Raises hub.errors.Unavailable when the database is away."""


@frozen
class TicketHolder:
    """For whom a stream ticket was issued, and until when the access token behind it is good."""

    user_id: UUID
    sign_in: UUID | None
    token_version: int
    until: datetime


class StreamTickets(Protocol):
    """Single-use tickets, good on every replica for `life` seconds. Raises Unavailable when the database is away."""

    life: float

    async def issue(self, holder: TicketHolder) -> str:
        """A new ticket."""

    async def redeem(self, ticket: str) -> TicketHolder | None:
        """Whose ticket it was; None when there is no such, it was used, or its time is over."""


class QueueStore(Protocol):
    """Counting queues."""

    async def queue(self, team_id: UUID | None) -> dict[str, Any]:
        """`{team_id, open, unassigned}`. Raises hub.errors.Unavailable when the database is away."""


@frozen
class Place:
    """Where a message is."""

    message_id: UUID
    conversation_id: UUID


class Places(Protocol):
    """Finding sent messages by what reports name."""

    async def place_reports(
        self, channel: str, channel_ids: Sequence[str], message_ids: Sequence[UUID]
    ) -> dict[str, Place]:
        """By the channel's id, or (as text) by the hub's. Raises hub.errors.Unavailable when the database is away."""


class Quarantine(Protocol):
    """Where elements go that cannot be understood or stored."""

    async def put(self, channel: str, reason: str, payload: Any) -> None:
        """Keeps the element as it came. Raises hub.errors.Unavailable when the database is away."""


class ConversationReader(Protocol):
    """Conversations for people. Every method raises hub.errors.Unavailable when the database is away."""

    async def visible(self, reader: Reader, conversation_id: UUID) -> Row | None:
        """The conversation if this reader may see it."""

    async def head(self) -> int:
        """The newest event's number."""

    async def read_position(self, user_id: UUID, conversation_id: UUID) -> int:
        """The conversation_seq up to which the user has read."""

    async def mark_read(self, user_id: UUID, conversation_id: UUID, seq: int) -> Reading:
        """Moves the user's position to a number, at most to the newest message."""


class ConversationLists(Protocol):
    """Lists of conversations for people. Raises hub.errors.Unavailable when the database is away."""

    async def page(self, reader: Reader, narrowed: Filter, after: Position | None, limit: int) -> tuple[list[Row], int]:
        """A page of the reader's list, and the number of the newest event that it is sure to contain."""


class BeginningReader(Protocol):
    """What must be known before a conversation is begun. Raises hub.errors.Unavailable when the database is away."""

    async def known(self, addresses: Sequence[Address]) -> list[Known | None]:
        """For each address whose it is, in the order asked."""

    async def opening(self, team: str) -> tuple[int, UUID | None]:
        """A number for a new conversation, and the id of the team that it goes to unless another is named."""

    async def of_customer(self, customer_id: UUID, channel: str) -> Beginning | None:
        """How this customer stands on the channel; None when there is no such customer."""


class HistoryReader(Protocol):
    """A conversation's past. Every method raises hub.errors.Unavailable when the database is away."""

    async def events(self, conversation_id: UUID, before: int | None, *, messages: bool, limit: int) -> list[Event]:
        """What happened before an event, newest first."""

    async def messages(self, conversation_id: UUID, after: int, limit: int) -> list[Message]:
        """Messages after a number, oldest first."""

    async def notes(self, conversation_id: UUID, after: tuple[datetime, UUID] | None, limit: int) -> list[Note]:
        """Notes after a (moment, id), oldest first."""

    async def merged(self, conversation_id: UUID) -> list[Merged]:
        """What was merged into the conversation, oldest first."""


class DueStore(Protocol):
    """Finding conversations for which a moment has come."""

    async def due(self, now: datetime, limit: int) -> list[UUID]:
        """Those whose snooze or reopen window is over, at most `limit` of each. Raises hub.errors.Unavailable when the
        database is away."""


class MessageReader(Protocol):
    """Messages for people. Every method raises hub.errors.Unavailable when the database is away."""

    async def page(self, conversation_id: UUID, before: int | None, limit: int) -> list[Message]:
        """The newest messages before a number, oldest first."""

    async def locate(self, message_id: UUID) -> tuple[UUID, Audience] | None:
        """The message's conversation and who may see it."""


class LastInbound(Protocol):
    """Finding what a gesture refers to."""

    async def last_inbound(self, conversation_id: UUID) -> tuple[str, str] | None:
        """The conversation's channel, and the channel's id of its newest customer message.

        Raises hub.errors.Unavailable when the database is away."""
