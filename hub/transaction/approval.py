"""A person's approval of one draft, as it is: who may give it, until when, and what is shown."""

import hmac
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from attrs import frozen

from hub.clock import rfc3339
from hub.errors import (
    ApprovalExpired,
    ApprovalQueueFull,
    DraftStateConflict,
    Forbidden,
    PreconditionFailed,
    SelfApprovalForbidden,
)
from hub.money import Money
from hub.rights import Reader, Role

MOST_PER_CONVERSATION = 3
"""Requests of one conversation that may wait at once."""

MOST_PER_TEAM = 20
"""Requests of one team that may wait at once; above either the AI is refused and the draft stays confirmed."""

DECIDES = frozenset({Role.SUPERVISOR, Role.ADMIN})
"""Who may decide, of those who see the conversation."""


class ApprovalState(StrEnum):
    """How a request stands. `expired`: nobody decided in time. `withdrawn`: the draft was given up meanwhile."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@frozen(kw_only=True)
class Approval:
    """A request for approval of exactly these terms, and what became of it."""

    id: UUID
    draft_id: UUID
    terms: bytes
    requested_at: datetime
    expires_at: datetime
    state: ApprovalState = ApprovalState.PENDING
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    reason: str | None = None


@frozen(kw_only=True)
class Card:
    """An approval with what a supervisor needs to decide it, all of it from the draft's row.

    `description` is what the AI wrote: it is shown apart, as a stranger's words.
    """

    approval: Approval
    conversation_id: UUID
    conversation_number: int
    customer_id: UUID
    customer_name: str | None
    team_id: UUID | None
    assignee_id: UUID | None
    amount: Money
    description: str
    risk: tuple[str, ...]

    def view(self) -> dict[str, Any]:
        """As the API and the events show it."""
        approval = self.approval
        return {
            "id": approval.id,
            "draft_id": approval.draft_id,
            "draft_hash": approval.terms.hex(),
            **self.amount.view(),
            "customer": {"id": self.customer_id, "name": self.customer_name},
            "conversation_id": self.conversation_id,
            "conversation_number": self.conversation_number,
            "team_id": self.team_id,
            "risk": list(self.risk),
            "ai_description": {"untrusted_text": self.description},
            "requested_at": rfc3339(approval.requested_at),
            "expires_at": rfc3339(approval.expires_at),
            "state": approval.state.value,
            "decided_by": approval.decided_by,
            "decided_at": rfc3339(approval.decided_at) if approval.decided_at else None,
            "reason": approval.reason,
        }


@frozen
class Involved:
    """Who took part in a draft, and so cannot decide on it: the owner of the AI's key, the agents who had the
    conversation when the AI asked and now."""

    owner_id: UUID | None = None
    asked_by: UUID | None = None
    assignee_id: UUID | None = None


def check_decider(reader: Reader, involved: Involved) -> None:
    """Raises Forbidden for who may not decide at all, SelfApprovalForbidden for who took part."""
    if reader.role not in DECIDES:
        raise Forbidden("Supervisors decide on approvals.")
    if reader.user_id in (involved.owner_id, involved.asked_by, involved.assignee_id):
        raise SelfApprovalForbidden


def check_seen(approval: Approval, seen: str) -> None:
    """Raises PreconditionFailed when the decider saw other terms than those to be decided; `seen` is their hash."""
    if not hmac.compare_digest(approval.terms.hex().encode(), seen.lower().encode()):
        raise PreconditionFailed(extra={"draft_hash": approval.terms.hex()})


def check_decidable(approval: Approval, wanted: ApprovalState, now: datetime) -> bool:
    """Whether there is still something to decide; false when the same was decided already.

    Raises ApprovalExpired when its time is over, DraftStateConflict when something else was decided.
    """
    if approval.state is wanted:
        return False
    if approval.state is ApprovalState.EXPIRED or (
        approval.state is ApprovalState.PENDING and now >= approval.expires_at
    ):
        raise ApprovalExpired
    if approval.state is not ApprovalState.PENDING:
        raise DraftStateConflict(extra={"current_state": approval.state.value})
    return True


def check_room(of_conversation: int, of_team: int) -> None:
    """Raises ApprovalQueueFull when as many wait as may."""
    if of_conversation >= MOST_PER_CONVERSATION or of_team >= MOST_PER_TEAM:
        raise ApprovalQueueFull(retry_after=60)
