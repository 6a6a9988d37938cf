"""What the hub asks of the company's back ends.

Whoever calls gives a `Call` (on whose behalf) and a `deadline`: a moment of the event loop's clock (`loop.time()`)
after which the answer is of no use. Repeats, waiting for a place and the attempt itself all end by it.

Every method raises, of `hub.errors`:
- CircuitOpen: the back end failed too often and is not asked, or a `Retry-After` of its own still runs; nothing was
  sent. `retry_after` says for how long.
- IntegrationOverloaded: too many calls wait already, or the back end asked for a pause; nothing was done.
- IntegrationTimeout: no answer in time. IntegrationError: the back end refused, failed, or its answer makes no sense.
- NotFound: it knows no such thing; or the integration is not configured (ask `configured` first).

Writes (`create_ticket`, `add_comment`, `create_draft`, `commit_draft`, `cancel_draft`) raise `Ambiguous` instead of
IntegrationTimeout and IntegrationError where the back end may have done it nevertheless: a timeout, a cut connection,
a 5xx, an answer that makes no sense. The same call with the same key finds out. Every other error of a write means that
nothing was done. Errors of calls carry `provider_status` (the last HTTP status, if there was one) and `attempts`.

`key` is the idempotency key: made once for the operation, stored before the first call, the same at every repeat.
"""

from typing import Protocol

from hub.integration.call import Call, Fetched
from hub.integration.ticket import NewTicket, Ticket, TicketStatus
from hub.integration.transaction import DraftRequest, ProviderCommit, ProviderDraft, Transaction, TransactionPage


class Tickets(Protocol):
    """The ticketing system."""

    async def search_tickets(
        self, call: Call, customer_ref: str, status: TicketStatus | None = None, *, deadline: float
    ) -> Fetched[tuple[Ticket, ...]]:
        """The customer's tickets; a ticket that the back end says is another customer's is left out."""

    async def ticket(self, call: Call, id: str, *, deadline: float, fresh: bool = False) -> Fetched[Ticket]:
        """One ticket. `fresh` asks even if a copy is kept."""

    async def create_ticket(self, call: Call, ticket: NewTicket, key: str, *, deadline: float) -> Ticket:
        """Makes a ticket."""

    async def add_comment(self, call: Call, id: str, body: str, key: str, *, deadline: float) -> None:
        """Adds a comment to a ticket."""


class Transactions(Protocol):
    """Reading transactions."""

    async def transaction(
        self, call: Call, id: str, customer_ref: str, *, deadline: float, fresh: bool = False
    ) -> Fetched[Transaction]:
        """One transaction of this customer. Another customer's is NotFound, as if there were none, and is not kept."""

    async def history(
        self, call: Call, customer_ref: str, cursor: str | None = None, limit: int = 20, *, deadline: float
    ) -> Fetched[TransactionPage]:
        """A page of the customer's transactions. `cursor` is the back end's own: whoever shows it to others seals it
        for this customer. Raises Invalid for a limit that is not 1 to HISTORY_MOST."""


class Drafts(Protocol):
    """Making transactions, in two steps. Nothing here is ever taken from a copy."""

    async def create_draft(self, call: Call, draft: DraftRequest, key: str, *, deadline: float) -> ProviderDraft:
        """Makes a draft."""

    async def draft(self, call: Call, external_id: str, *, deadline: float) -> ProviderDraft:
        """How a draft stands."""

    async def commit_draft(self, call: Call, external_id: str, key: str, *, deadline: float) -> ProviderCommit:
        """Makes the transaction of the draft."""

    async def cancel_draft(self, call: Call, external_id: str, key: str, *, deadline: float) -> None:
        """Gives the draft up. One that the back end does not know (any more) counts as given up."""


class Integrations(Tickets, Transactions, Drafts, Protocol):
    """All back ends."""

    def configured(self, integration: str) -> bool:
        """Whether there is a back end of this name (`hub.integration.call.Integration`)."""
