"""What a decision leads to: the rows to be committed together, and what is to be done once they are.

A turn may carry out several commands; their effects add up to one `Effects`, which the journal writes as one item.
"""

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

import attrs
from attrs import define, field, frozen

from hub.conversation.state import CustomerCard, Held
from hub.delivery import DeliveryStatus, advances
from hub.events import Audience
from hub.inbound import Identity, StatusUpdate
from hub.message import Media, Message
from hub.note import Note
from hub.notification import Notification
from hub.room import RoomMessage, RoomMove


@frozen
class NewEvent:
    """An event to be numbered and logged."""

    id: UUID
    type: str
    at: datetime
    audience: Audience
    data: dict[str, Any]
    conversation_id: UUID | None = None
    conversation_seq: int | None = None
    version: int | None = None
    actor: dict[str, Any] | None = None


@frozen
class Attempt:
    """One try of sending a message, and how it ended."""

    message_id: UUID
    attempt: int
    channel: str
    status: DeliveryStatus
    at: datetime
    provider_id: str | None = None
    error_code: str | None = None
    error_text: str | None = None

    def after(self, earlier: "Attempt") -> "Attempt":
        """Both words on one try as one: the status only moves forward, and an id that was told stays."""
        newer = self if advances(earlier.status, self.status) or earlier.status is self.status else earlier
        return attrs.evolve(newer, provider_id=earlier.provider_id or self.provider_id)


@frozen
class Report:
    """The channel's word on a message, for the history."""

    channel: str
    message_id: UUID
    update: StatusUpdate


@frozen
class NewMedia:
    """A file to be fetched from the channel."""

    id: UUID
    channel: str
    conversation_id: UUID
    message_id: UUID
    media: Media


@frozen
class OutboxRow:
    """Something to be sent. `token` set: born leased to the replica that commits it."""

    id: UUID
    channel: str
    conversation_id: UUID
    seq: int
    attempt: int
    payload: dict[str, Any]
    message_id: UUID | None = None
    lane: int = 0
    token: UUID | None = None
    tries: int = 0


@frozen
class Settled:
    """An outbox row's end (`retry_in` None), or its return to the queue for that many seconds.

    It only holds while the row is leased under the token; None stands for a row that nobody leased.
    """

    id: UUID
    token: UUID | None
    retry_in: float | None = None
    tries: int = 0


@frozen
class OwnedIdentity:
    """A customer's address on a channel. `moved`: the channel says that it is theirs now, whose ever it was."""

    channel: str
    identity: Identity
    customer_id: UUID
    moved: bool = False


@frozen
class Handover:
    """A conversation becomes another customer's. `live`: it goes on, so that customer must have none on the channel."""

    id: UUID
    channel: str
    customer_id: UUID
    live: bool


@frozen
class ChannelEvent:
    """Something the channel told that is no message, kept as it came. The id follows from the channel's own id of it,
    so that a repetition is the same row."""

    id: UUID
    channel: str
    field: str
    event: str | None
    payload: dict[str, Any]
    at: datetime


@define
class Effects:
    """The rows of one turn. `messages` are new, `updates` are changed ones, each at most once, in its last form.

    `notes` are new or changed ones. `announced` are rows of `announcements` that the events tell of: each is told once.
    """

    customers: list[tuple[CustomerCard, dict[str, Any]]] = field(factory=list)
    customer_updates: list[tuple[UUID, str | None, dict[str, Any], datetime]] = field(factory=list)
    identities: list[OwnedIdentity] = field(factory=list)
    lost_identities: list[OwnedIdentity] = field(factory=list)
    messages: dict[UUID, Message] = field(factory=dict)
    updates: dict[UUID, Message] = field(factory=dict)
    events: list[NewEvent] = field(factory=list)
    attempts: dict[tuple[UUID, int], Attempt] = field(factory=dict)
    reports: list[Report] = field(factory=list)
    media: list[NewMedia] = field(factory=list)
    outbox: list[OutboxRow] = field(factory=list)
    settled: list[Settled] = field(factory=list)
    held: list[Held] = field(factory=list)
    released: list[UUID] = field(factory=list)
    channel_events: list[ChannelEvent] = field(factory=list)
    notes: list[Note] = field(factory=list)
    notifications: list[Notification] = field(factory=list)
    handovers: list[Handover] = field(factory=list)
    rooms: list[RoomMove] = field(factory=list)
    room_messages: list[RoomMessage] = field(factory=list)
    announced: list[UUID] = field(factory=list)

    def changed(self, message: Message) -> None:
        """Notes a message's new form, whether it is stored already or made in this very turn."""
        (self.messages if message.id in self.messages else self.updates)[message.id] = message

    def tried(self, attempt: Attempt) -> None:
        """Notes what became of a try; a row per try, whatever was said of it in one turn."""
        key = attempt.message_id, attempt.attempt
        known = self.attempts.get(key)
        self.attempts[key] = attempt if known is None else attempt.after(known)

    def add(self, other: "Effects") -> None:
        """Takes over what a later command of the same turn led to."""
        for mine, more in zip(_lists(self), _lists(other), strict=True):
            mine.extend(more)
        self.messages.update(other.messages)
        for message in other.updates.values():
            self.changed(message)
        for attempt in other.attempts.values():
            self.tried(attempt)

    def __bool__(self) -> bool:
        """Whether there is anything to commit."""
        return bool(self.messages or self.updates or self.attempts or any(_lists(self)))


_lists: Callable[[Effects], tuple[list[Any], ...]] = attrgetter(
    "customers",
    "customer_updates",
    "identities",
    "lost_identities",
    "events",
    "reports",
    "media",
    "outbox",
    "settled",
    "held",
    "released",
    "channel_events",
    "notes",
    "notifications",
    "handovers",
    "rooms",
    "room_messages",
    "announced",
)
