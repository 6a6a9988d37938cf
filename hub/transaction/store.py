"""What drafts need of the database. Every method raises hub.errors.Unavailable when it is away, and AuditUnavailable
when the audit does not take its row: then nothing was written at all."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from attrs import frozen

from hub.events import Audience
from hub.integration.call import Call
from hub.rights import Reader
from hub.transaction.approval import ApprovalState, Card
from hub.transaction.consent import Heard
from hub.transaction.draft import Draft
from hub.transaction.turn import Move, Sight

Decide = Callable[[Sight], Move]
"""A decision: pure, because it runs while the lock is held. What it raises undoes the turn."""


@frozen
class Turned:
    """A turn that was made: what was seen, and what was written."""

    sight: Sight
    move: Move


@frozen
class Place:
    """Where a draft would be made: the customer of the conversation and who has it."""

    customer_id: UUID
    assignee_id: UUID | None
    now: datetime


@frozen
class Announcement:
    """Something that is to be told as an event, and to whom."""

    id: UUID
    type: str
    conversation_id: UUID
    audience: Audience
    actor: dict[str, Any] | None
    data: dict[str, Any]
    at: datetime


@frozen
class Depth:
    """Drafts under way, or to be reviewed, by state; requests for approval that wait, and since when the oldest is."""

    open: dict[str, int]
    pending: int
    oldest: datetime | None


class DraftStore(Protocol):
    """Drafts and their turns."""

    async def place(self, conversation_id: UUID) -> Place | None:
        """The conversation as it is, and the database's time; None when there is none."""

    async def begin(self, draft: Draft, call: Call, tool: str) -> None:
        """Stores a new draft with its row of the audit. Raises DraftStateConflict, with `current_state` and `draft_id`,
        when the conversation has one that is under way."""

    async def sight(self, draft_id: UUID, digest: bytes | None = None) -> Sight | None:
        """How a draft stands, without a lock; `digest` is that of a token which somebody presents."""

    async def turn(self, draft_id: UUID, decide: Decide, call: Call, tool: str, digest: bytes | None = None) -> Turned:
        """Shows a draft to a decision and writes what it leads to, both under the customer's lock, with a row of the
        audit. Raises NotFound, and what the decision raises."""

    async def heard(self, draft: Draft) -> Sequence[Heard]:
        """The messages that came in since the draft's last look, in order, at most `MOST_HEARD` of them."""

    async def open_of(self, conversation_id: UUID) -> Draft | None:
        """The conversation's draft that is under way."""

    async def claim(self, limit: int) -> list[UUID]:
        """Drafts that are due, for this replica to see to, for a while; those first whose replica is gone."""

    async def unheard(self, limit: int) -> list[UUID]:
        """Drafts whose customer wrote something that was not read."""

    async def listening(self) -> set[UUID]:
        """The conversations in which an answer of the customer is expected."""

    async def depth(self) -> Depth:
        """How much there is."""

    async def announcements(self, limit: int) -> list[Announcement]:
        """What is still to be told, the oldest first."""


class DraftReader(Protocol):
    """Drafts for people."""

    async def find(self, draft_id: UUID) -> Draft | None:
        """The draft, if there is one."""

    async def of_conversation(
        self, conversation_id: UUID, after: tuple[datetime, UUID] | None, limit: int
    ) -> list[Draft]:
        """A conversation's, the newest first, beginning after a (moment, id)."""


class ApprovalStore(Protocol):
    """Requests for approval, for those who decide."""

    async def page(
        self, reader: Reader, state: ApprovalState | None, after: tuple[str, UUID] | None, limit: int
    ) -> list[Card]:
        """The reader's: of the conversations that he sees. Pending ones by amount, the largest first; others the newest
        first."""

    async def find(self, reader: Reader, approval_id: UUID) -> Card | None:
        """One of them."""
