"""What happened, as agents and other programs are told of it.

Durable events are rows of the event log: numbered without gaps in the order of commits, replayed to whoever asks for
what came after a number. Ephemeral ones (typing, presence) have no number and are never replayed.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from attrs import field, frozen


class EventType(StrEnum):
    """The durable events."""

    CONVERSATION_NEW = "conversation.new"
    CONVERSATION_ASSIGNED = "conversation.assigned"
    CONVERSATION_UNASSIGNED = "conversation.unassigned"
    CONVERSATION_UPDATED = "conversation.updated"
    CONVERSATION_STATUS_CHANGED = "conversation.status_changed"
    CONVERSATION_MERGED = "conversation.merged"
    CONVERSATION_READ = "conversation.read"
    MESSAGE_RECEIVED = "message.received"
    MESSAGE_SENT = "message.sent"
    MESSAGE_STATUS = "message.status"
    MESSAGE_UPDATED = "message.updated"
    NOTE_CREATED = "note.created"
    INTERNAL_MESSAGE = "internal.message"
    NOTIFICATION_CREATED = "notification.created"
    QUEUE_UPDATED = "queue.updated"
    CIRCUIT_CHANGED = "circuit.changed"
    APPROVAL_REQUESTED = "approval.requested"
    APPROVAL_DECIDED = "approval.decided"


class EphemeralType(StrEnum):
    """The events that are forgotten once pushed."""

    AGENT_TYPING = "agent.typing"
    CUSTOMER_TYPING = "customer.typing"
    AGENT_PRESENCE = "agent.presence"
    CONVERSATION_VIEWING = "conversation.viewing"


@frozen
class Audience:
    """Who may be told: the one user named, and nobody else; or the members of the team, the assignee, and admins.

    Of a conversation the user named is told while he sees it: its team and assignee are given too. All three empty:
    everybody who is signed in. `inbox_id` names the customer's inbox on a Chat App channel: what is theirs to see of
    the event (`hub.chat_app.view`) is told there too. It is no part of which colleagues are told. `members` are people
    and teams: whoever is named, or in a team that is, and nobody else; of these the user alone, if one is named.
    """

    team_id: UUID | None = None
    assignee_id: UUID | None = None
    user_id: UUID | None = None
    inbox_id: UUID | None = field(default=None, eq=False)
    members: tuple[UUID, ...] = ()

    @property
    def everybody(self) -> bool:
        """Whether no conversation restricts it."""
        named = self.team_id or self.assignee_id or self.user_id or self.members
        return not named


@frozen
class Event:
    """One durable event with its number, as it was committed."""

    seq: int
    id: UUID
    type: str
    at: datetime
    conversation_id: UUID | None
    conversation_seq: int | None
    version: int | None
    audience: Audience
    actor: dict[str, Any] | None
    data: dict[str, Any]


@frozen
class Ephemeral:
    """A passing sign: told to those who are there now."""

    type: EphemeralType
    at: datetime
    conversation_id: UUID | None
    audience: Audience
    actor: dict[str, Any] | None
    data: dict[str, Any]
