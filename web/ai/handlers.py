"""The tools at work: from checked arguments to the back ends or the drafts, and to what a model is shown."""

from uuid import UUID

from attrs import frozen

from hub.ai import shown
from hub.ai.arguments import Terms
from hub.ai.limits import ToolCalls
from hub.ai.tool import CallStatus
from hub.ai.work import Done, Handler, Work
from hub.integration.ports import Integrations
from hub.integration.ticket import TicketStatus
from hub.transaction.answer import DraftAnswer
from hub.transaction.ports import TransactionDrafts


@frozen
class Handlers:
    """One method per tool. Arguments and their customer were checked before (`hub.ai.arguments`)."""

    integrations: Integrations
    drafts: TransactionDrafts
    calls: ToolCalls
    terms: Terms

    def by_name(self) -> dict[str, Handler]:
        """The handler of each tool."""
        return {
            "search_tickets": self.search_tickets,
            "get_transaction_status": self.get_transaction_status,
            "create_transaction_draft": self.create_transaction_draft,
            "commit_transaction": self.commit_transaction,
            "get_transaction_draft": self.get_transaction_draft,
            "cancel_transaction_draft": self.cancel_transaction_draft,
        }

    async def search_tickets(self, work: Work) -> Done:
        """Raises what calls of back ends raise."""
        status = work.arguments.get("status")
        found = await self.integrations.search_tickets(
            work.call, work.subject.customer_ref, TicketStatus(status) if status else None, deadline=work.deadline
        )
        return Done(shown.tickets(found))

    async def get_transaction_status(self, work: Work) -> Done:
        """Raises NotFound, also for another customer's; and what calls of back ends raise."""
        id, whose = work.arguments["transaction_id"], work.subject.customer_ref
        return Done(
            shown.transaction(await self.integrations.transaction(work.call, id, whose, deadline=work.deadline))
        )

    async def create_transaction_draft(self, work: Work) -> Done:
        """Raises what drafts raise."""
        amount, description = self.terms.amount(work.arguments), work.arguments["description"]
        return _done(await self.drafts.create(work.call, work.subject.customer.id, amount, description))

    async def commit_transaction(self, work: Work) -> Done:
        """Raises what drafts raise."""
        draft_id, token = UUID(work.arguments["draft_id"]), work.arguments["confirmation_token"]
        suspicion = await self.calls.suspicions(work.subject.conversation_id)
        made = await self.drafts.commit(work.call, draft_id, token, suspicion=suspicion)
        return _done(made.draft, CallStatus(made.status), replayed=made.replayed)

    async def get_transaction_draft(self, work: Work) -> Done:
        """Raises NotFound."""
        return _done(await self.drafts.get(work.call, UUID(work.arguments["draft_id"])))

    async def cancel_transaction_draft(self, work: Work) -> Done:
        """Raises NotFound, DraftStateConflict."""
        return _done(await self.drafts.cancel(work.call, UUID(work.arguments["draft_id"])))


def _done(draft: DraftAnswer, status: CallStatus = CallStatus.OK, *, replayed: bool = False) -> Done:
    return Done(draft.view(), status, draft.id, replayed)
