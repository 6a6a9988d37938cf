"""What the AI's tools ask of drafts."""

from typing import Protocol
from uuid import UUID

from hub.integration.call import Call
from hub.money import Money
from hub.transaction.answer import CommitAnswer, DraftAnswer


class TransactionDrafts(Protocol):
    """Drafts of transactions, for the tools.

    `call.conversation_id` is the conversation that the caller works in: a draft of another one is NotFound. `call.id`
    is the tool call's, under which everything is audited. Whether the caller may use the tool, and the conversation and
    its customer, was looked at before; conversation and team are looked at again when money is to move.

    All raise NotFound, Unavailable, AuditUnavailable (nothing was done outside then), and what is named.
    """

    async def create(self, call: Call, customer_id: UUID, amount: Money, description: str) -> DraftAnswer:
        """Makes a draft and asks the customer. `create_unknown` is the state of one whose answer did not come: it is
        found out in the background.

        Raises DraftStateConflict (another draft of the conversation is under way: `current_state`, `draft_id`),
        WindowClosed (the customer cannot be asked), IntegrationError, CircuitOpen, IntegrationOverloaded.
        """

    async def commit(self, call: Call, draft_id: UUID, token: str, *, suspicion: int = 0) -> CommitAnswer:
        """Carries a confirmed draft out, once. `suspicion` is how often the conversation tried something suspicious: a
        person has to approve then.

        Raises ConfirmationInvalid, ConfirmationExpired, DraftExpired, DraftStateConflict, DraftChanged,
        RequestInProgress, ApprovalDenied, ApprovalExpired, ApprovalQueueFull, IntegrationError, CircuitOpen,
        IntegrationTimeout (before anything was sent).
        """

    async def get(self, call: Call, draft_id: UUID) -> DraftAnswer:
        """How it stands."""

    async def cancel(self, call: Call, draft_id: UUID) -> DraftAnswer:
        """Gives it up; one that is cancelled already is answered as it is. Raises DraftStateConflict when it is on its
        way or over."""
