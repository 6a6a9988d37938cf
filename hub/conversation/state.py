"""The conversation's record, and the table of its status.

Status and assignment are two axes and never mixed: "in the queue" is an open conversation without an assignee.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from attrs import field, frozen

from hub.chat_app.inbox import TYPE as CHAT_APP
from hub.chat_app.inbox import inbox_id
from hub.clock import rfc3339
from hub.errors import InvalidTransition
from hub.events import Audience
from hub.inbound import Identity
from hub.message import Message


class Status(StrEnum):
    """Where a conversation stands with the company."""

    PENDING = "pending"
    OPEN = "open"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Trigger(StrEnum):
    """What moves a conversation from one status to another."""

    INBOUND = "inbound"
    HANDOFF = "handoff"
    REPLY = "reply"
    SNOOZE = "snooze"
    WAKE = "wake"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    EXPIRE = "expire"
    MERGE = "merge"


TRANSITIONS: dict[Status, dict[Trigger, Status]] = {
    Status.PENDING: {
        Trigger.INBOUND: Status.PENDING,
        Trigger.HANDOFF: Status.OPEN,
        Trigger.REPLY: Status.OPEN,
        Trigger.RESOLVE: Status.RESOLVED,
        Trigger.MERGE: Status.CLOSED,
    },
    Status.OPEN: {
        Trigger.INBOUND: Status.OPEN,
        Trigger.REPLY: Status.OPEN,
        Trigger.SNOOZE: Status.SNOOZED,
        Trigger.RESOLVE: Status.RESOLVED,
        Trigger.MERGE: Status.CLOSED,
    },
    Status.SNOOZED: {
        Trigger.INBOUND: Status.OPEN,
        Trigger.REPLY: Status.SNOOZED,
        Trigger.WAKE: Status.OPEN,
        Trigger.REOPEN: Status.OPEN,
        Trigger.SNOOZE: Status.SNOOZED,
        Trigger.RESOLVE: Status.RESOLVED,
        Trigger.MERGE: Status.CLOSED,
    },
    Status.RESOLVED: {
        Trigger.INBOUND: Status.OPEN,
        Trigger.REPLY: Status.RESOLVED,
        Trigger.REOPEN: Status.OPEN,
        Trigger.EXPIRE: Status.CLOSED,
        Trigger.MERGE: Status.CLOSED,
    },
    Status.CLOSED: {},
}
"""From each status, where each trigger leads. What is not in the table is refused as `invalid_transition`."""


def after(status: Status, trigger: Trigger) -> Status:
    """The status a trigger leads to. Raises InvalidTransition when the table does not allow it."""
    reached = TRANSITIONS[status].get(trigger)
    if reached is None:
        raise InvalidTransition(f"A {status} conversation cannot take “{trigger}”.")
    return reached


@frozen
class CustomerCard:
    """What a conversation shows of its customer. `named`: a colleague gave the name, and channels no longer change it.
    `version` tells which of two cards is the newer one."""

    id: UUID
    name: str | None
    phone: str | None
    created_at: datetime
    named: bool = False
    version: int = 1


@frozen
class Conversation:
    """A conversation as it is stored. `hub/conversation/*` alone decides how it changes.

    `version` is raised when a field that people edit changes and guards their edits; `revision` is raised by every
    change, messages included, and guards the journal. `last_seq` is the newest message's number. `unsent` counts
    messages in the outbox, `failed` those that failed and wait for a person. `window_opened_at` is the customer's last
    word by the channel's clock. `ai_epoch` is how often it changed hands between the AI agent and people.
    """

    id: UUID
    number: int
    channel: str
    channel_type: str
    customer: CustomerCard
    status: Status
    created_at: datetime
    updated_at: datetime
    team_id: UUID | None = None
    assignee_id: UUID | None = None
    assignee_name: str | None = None
    priority: int = 0
    subject: str | None = None
    tags: tuple[str, ...] = ()
    attributes: dict[str, Any] = field(factory=dict)
    version: int = 1
    revision: int = 0
    last_seq: int = 0
    unsent: int = 0
    failed: int = 0
    waiting_since: datetime | None = None
    first_reply_at: datetime | None = None
    window_opened_at: datetime | None = None
    last_message: dict[str, Any] | None = None
    last_message_at: datetime | None = None
    snoozed_until: datetime | None = None
    resolved_at: datetime | None = None
    previous_id: UUID | None = None
    merged_into_id: UUID | None = None
    ai_epoch: int = 0

    @property
    def ai_attached(self) -> bool:
        """Whether the AI agent may act in it: from the beginning until a person does, and when one hands it back."""
        return self.ai_epoch % 2 == 0

    @property
    def audience(self) -> Audience:
        """Who may be told of it."""
        inbox = inbox_id(self.channel, self.customer.id) if self.channel_type == CHAT_APP else None
        return Audience(self.team_id, self.assignee_id, inbox_id=inbox)


@frozen
class Held:
    """A reaction, edit or deletion that came before the message it concerns, kept until that message is here."""

    id: UUID
    conversation_id: UUID
    target: str
    item: dict[str, Any]


@frozen
class Desk:
    """Everything a decision looks at: the conversation and those of its messages that the command concerns.

    `messages` holds what was loaded for the command and what this turn made; it is no complete list. `addresses` are
    those of the customer that are known to be stored.
    """

    conversation: Conversation | None = None
    messages: dict[UUID, Message] = field(factory=dict)
    held: tuple[Held, ...] = ()
    addresses: frozenset[Identity] = frozenset()

    def by_channel_id(self, channel_message_id: str) -> Message | None:
        """The message the channel knows under this id, if it was loaded."""
        for message in reversed(self.messages.values()):
            if message.channel_message_id == channel_message_id:
                return message
        return None

    def by_client_id(self, client_id: UUID) -> Message | None:
        """The message that its sender's side gave this id, if it was loaded."""
        wanted = client_id.int  # two UUIDs compare in five times that
        for message in self.messages.values():
            if message.client_id is not None and message.client_id.int == wanted:
                return message
        return None


WINDOW = timedelta(hours=24)
"""How long after a customer's last message WhatsApp lets a business write freely (Meta: "Send messages")."""


def window_expires_at(conversation: Conversation) -> datetime | None:
    """When the window closes; None when the channel has none, or the customer never wrote."""
    if conversation.channel_type != "whatsapp" or conversation.window_opened_at is None:
        return None
    return conversation.window_opened_at + WINDOW


def window_is_open(conversation: Conversation, now: datetime) -> bool:
    """Whether a free-form message may be sent now. Channels without windows are always open."""
    if conversation.channel_type != "whatsapp":
        return True
    expires = window_expires_at(conversation)
    return expires is not None and now < expires


def _time(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None


def view(conversation: Conversation) -> dict[str, Any]:
    """The conversation as the API and the events show it; `unread` is each reader's own and added by the reader."""
    return {
        "id": conversation.id,
        "number": conversation.number,
        "status": conversation.status,
        "channel": {"name": conversation.channel, "type": conversation.channel_type},
        "customer": {
            "id": conversation.customer.id,
            "name": conversation.customer.name,
            "phone": conversation.customer.phone,
            "created_at": rfc3339(conversation.customer.created_at),
        },
        "team_id": conversation.team_id,
        "assignee_id": conversation.assignee_id,
        "assignee_name": conversation.assignee_name,
        "priority": conversation.priority,
        "tags": conversation.tags,
        "subject": conversation.subject,
        "attributes": conversation.attributes,
        "failed": conversation.failed,
        "waiting_since": _time(conversation.waiting_since),
        "first_reply_at": _time(conversation.first_reply_at),
        "window_expires_at": _time(window_expires_at(conversation)),
        "last_message": conversation.last_message,
        "snoozed_until": _time(conversation.snoozed_until),
        "resolved_at": _time(conversation.resolved_at),
        "previous_id": conversation.previous_id,
        "merged_into_id": conversation.merged_into_id,
        "ai_attached": conversation.ai_attached,
        "version": conversation.version,
        "created_at": rfc3339(conversation.created_at),
        "updated_at": rfc3339(conversation.updated_at),
    }


def glance(conversation: Conversation) -> dict[str, Any]:
    """What a message's event carries of its conversation: enough to redraw its row in a list."""
    return {
        "id": conversation.id,
        "number": conversation.number,
        "status": conversation.status,
        "version": conversation.version,
        "customer": {"id": conversation.customer.id, "name": conversation.customer.name},
        "team_id": conversation.team_id,
        "assignee_id": conversation.assignee_id,
        "failed": conversation.failed,
        "waiting_since": _time(conversation.waiting_since),
        "first_reply_at": _time(conversation.first_reply_at),
        "window_expires_at": _time(window_expires_at(conversation)),
        "last_message": conversation.last_message,
        "ai_attached": conversation.ai_attached,
    }
