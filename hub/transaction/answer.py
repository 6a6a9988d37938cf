"""Drafts and commits as the AI is told of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from attrs import frozen

from hub.clock import rfc3339
from hub.money import Money
from hub.transaction.state import DraftState


class ConfirmationStatus(StrEnum):
    """Whether the customer has agreed. `none`: they were not asked yet; `over`: it does not matter any more."""

    NONE = "none"
    ASKED = "asked"
    CONFIRMED = "confirmed"
    OVER = "over"


@frozen
class Confirmation:
    """The customer's side of a draft. `token` opens the commit; only the principal that made the draft is told it."""

    status: ConfirmationStatus
    token: str | None = None
    expires_at: datetime | None = None


@frozen
class DraftAnswer:
    """A draft as the AI is told of it. `reason` is the hub's own word for why it ended or waits."""

    id: UUID
    conversation_id: UUID
    customer_id: UUID
    state: DraftState
    amount: Money
    description: str
    expires_at: datetime
    confirmation: Confirmation
    reason: str | None = None
    transaction_id: str | None = None

    def view(self) -> dict[str, Any]:
        """As the tools show it."""
        confirmation, lapses = self.confirmation, self.confirmation.expires_at
        return {
            "draft_id": str(self.id),
            "state": self.state.value,
            **self.amount.view(),
            "description": self.description,
            "expires_at": rfc3339(self.expires_at),
            "confirmation": {
                "status": confirmation.status.value,
                "confirmation_token": confirmation.token,
                "expires_at": rfc3339(lapses) if lapses else None,
            },
            "reason": self.reason,
            "transaction_id": self.transaction_id,
        }


class CommitStatus(StrEnum):
    """How a commit stands when it is answered: done, waiting for a person, or sent without an answer yet."""

    OK = "ok"
    PENDING_APPROVAL = "pending_approval"
    COMMIT_UNKNOWN = "commit_unknown"


@frozen
class CommitAnswer:
    """The answer to a commit. `replayed`: it had been carried out before. Anything but `ok` is answered with 202, and
    GET /ai/v1/drafts/{id} tells what becomes of it."""

    status: CommitStatus
    draft: DraftAnswer
    replayed: bool = False
