"""The company's back ends for the rest of the hub: `hub.integration.ports` over the circuits."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from attrs import evolve, frozen

from actors import kinds
from actors.circuit_messages import CallFor, CircuitSeen, Invalidate, Look, Told
from actors.kernel import AskTimeout, KernelError, MailboxFull, System
from hub.errors import Ambiguous, IntegrationOverloaded, IntegrationTimeout, NotFound, Unavailable
from hub.frame import Frame
from hub.integration.call import Call, Fetched, Integration
from hub.integration.news import changed, changed_at, circuit_at
from hub.integration.operation import Request
from hub.integration.ticket import NewTicket, Ticket, TicketStatus
from hub.integration.ticketing import TicketingProfile
from hub.integration.transaction import (
    DraftRequest,
    ProviderCommit,
    ProviderDraft,
    Transaction,
    TransactionPage,
)
from hub.integration.transaction_create import TransactionCreateProfile
from hub.integration.transaction_status import TransactionStatusProfile

log = logging.getLogger("hub.integration")

GRACE = 1.0
"""Seconds after the deadline for which the circuit's own word is waited for: it knows whether anything was sent."""

NOBODY = "hub-connection-test"
"""As whom back ends are asked whether they answer."""

LOOK = 2.0
"""Seconds in which a circuit says how it is."""

SHOWN_BY = {Integration.TRANSACTION_CREATE: Integration.TRANSACTION_STATUS}
"""Whose answers show what was done at a back end, where it is another one."""

P = TypeVar("P")


@frozen
class Profiles:
    """What each back end is asked and answers; None for one that is not configured."""

    ticketing: TicketingProfile | None = None
    transaction_status: TransactionStatusProfile | None = None
    transaction_create: TransactionCreateProfile | None = None


@frozen
class BackEnds:
    """The port `hub.integration.ports.Integrations`. `circuits` are the names of all there are."""

    system: System
    profiles: Profiles
    circuits: frozenset[str]
    clock: Callable[[], datetime]

    def configured(self, integration: str) -> bool:
        """Whether there is a back end of this name."""
        return integration in list(Integration) and getattr(self.profiles, integration) is not None

    # Tickets

    async def search_tickets(
        self, call: Call, customer_ref: str, status: TicketStatus | None = None, *, deadline: float
    ) -> Fetched[tuple[Ticket, ...]]:
        """The customer's tickets."""
        return await self._read(call, self._ticketing.search(customer_ref, status), deadline)

    async def ticket(self, call: Call, id: str, *, deadline: float, fresh: bool = False) -> Fetched[Ticket]:
        """One ticket."""
        return await self._read(call, self._ticketing.get(id), deadline, fresh=fresh)

    async def create_ticket(self, call: Call, ticket: NewTicket, key: str, *, deadline: float) -> Ticket:
        """Makes a ticket."""
        made: Ticket = await self._act(call, self._ticketing.create(ticket, key), deadline)
        return made

    async def add_comment(self, call: Call, id: str, body: str, key: str, *, deadline: float) -> None:
        """Adds a comment to a ticket."""
        await self._act(call, self._ticketing.comment(id, body, key), deadline)

    # Transactions

    async def transaction(
        self, call: Call, id: str, customer_ref: str | None, *, deadline: float, fresh: bool = False
    ) -> Fetched[Transaction]:
        """One transaction of this customer; with None, whoever's it is: the caller has to look who may see it."""
        return await self._read(call, self._status.get(id, customer_ref), deadline, fresh=fresh)

    async def history(
        self, call: Call, customer_ref: str, cursor: str | None = None, limit: int = 20, *, deadline: float
    ) -> Fetched[TransactionPage]:
        """A page of the customer's transactions."""
        return await self._read(call, self._status.history(customer_ref, cursor, limit), deadline)

    # Drafts

    async def create_draft(self, call: Call, draft: DraftRequest, key: str, *, deadline: float) -> ProviderDraft:
        """Makes a draft."""
        made: ProviderDraft = await self._act(call, self._create.create(draft, key), deadline)
        return made

    async def draft(self, call: Call, external_id: str, *, deadline: float) -> ProviderDraft:
        """How a draft stands."""
        found: Fetched[ProviderDraft] = await self._read(call, self._create.get(external_id), deadline)
        return found.value

    async def commit_draft(self, call: Call, external_id: str, key: str, *, deadline: float) -> ProviderCommit:
        """Makes the transaction of the draft."""
        made: ProviderCommit = await self._act(call, self._create.commit(external_id, key), deadline)
        return made

    async def cancel_draft(self, call: Call, external_id: str, key: str, *, deadline: float) -> None:
        """Gives the draft up."""
        await self._act(call, self._create.cancel(external_id, key), deadline)

    # Circuits

    async def probe(self, call: Call, integration: Integration, *, deadline: float) -> None:
        """Asks a back end for something harmless, past all copies, to see whether it answers: the tickets or
        transactions of nobody, a draft that there is none of. Raises what any call can raise."""
        match integration:
            case Integration.TICKETING:
                request = self._ticketing.search(NOBODY, None)
            case Integration.TRANSACTION_STATUS:
                request = self._status.history(NOBODY, None, 1)
            case Integration.TRANSACTION_CREATE:
                request = self._create.get(NOBODY)
        with contextlib.suppress(NotFound):
            await self._read(call, request, deadline, fresh=True)

    async def look(self, circuit: str) -> CircuitSeen:
        """How a circuit is in this replica. Raises Unavailable when it does not say."""
        try:
            seen: CircuitSeen = await self.system.ref(kinds.CIRCUIT, circuit).ask(Look(), timeout=LOOK)
        except KernelError:
            raise Unavailable from None
        return seen

    def forget(self, integration: str) -> None:
        """Drops this replica's copies of a back end's answers; a name that is none of ours is passed over."""
        if self.configured(integration):
            self._tell(integration, Invalidate())

    def heard(self, frames: Sequence[Frame]) -> None:
        """The event log goes on: copies of what has changed are dropped, and circuits know what was told of them."""
        for frame in frames:
            if (integration := changed_at(frame)) is not None:
                self.forget(integration)
            elif (told := circuit_at(frame)) is not None and told[0] in self.circuits:
                self._tell(told[0], Told(told[1]))

    def forget_all(self) -> None:
        """The event log does not go on where it was: something may have been missed."""
        for integration in Integration:
            self.forget(integration)

    def _tell(self, circuit: str, message: object) -> None:
        try:
            self.system.ref(kinds.CIRCUIT, circuit).tell(message, urgent=True)
        except KernelError as error:
            log.warning("a circuit takes no word", extra={"reason": type(error).__name__})

    # The way through

    async def _read(self, call: Call, request: Request, deadline: float, *, fresh: bool = False) -> Fetched[Any]:
        traced = evolve(request.wire, headers={**request.wire.headers, "X-Request-Id": str(call.id)})
        circuit = self.system.ref(kinds.CIRCUIT, request.operation.integration)
        timeout = max(deadline - asyncio.get_running_loop().time(), 0.0) + GRACE
        try:
            fetched: Fetched[Any] = await circuit.ask(
                CallFor(evolve(request, wire=traced), deadline, fresh), timeout=timeout
            )
        except AskTimeout:
            raise (Ambiguous if request.operation.acts else IntegrationTimeout) from None
        except MailboxFull:
            raise IntegrationOverloaded(retry_after=1) from None
        except KernelError:
            raise Unavailable from None
        return fetched

    async def _act(self, call: Call, request: Request, deadline: float) -> Any:
        """What the hub itself changes over there makes copies wrong, those of other replicas too."""
        try:
            fetched = await self._read(call, request, deadline)
        except Ambiguous:
            self._tell_changed(request.operation.integration)
            raise
        self._tell_changed(request.operation.integration)
        return fetched.value

    def _tell_changed(self, integration: str) -> None:
        shown = SHOWN_BY.get(Integration(integration), integration)
        if not self.configured(shown):
            return
        try:
            self.system.ref(kinds.WRITER, 0).tell(changed(shown, self.clock()))
        except KernelError as error:  # copies are shown a few minutes longer than they should be
            log.warning("replicas are not told of a change", extra={"reason": type(error).__name__})

    @property
    def _ticketing(self) -> TicketingProfile:
        return _there(self.profiles.ticketing)

    @property
    def _status(self) -> TransactionStatusProfile:
        return _there(self.profiles.transaction_status)

    @property
    def _create(self) -> TransactionCreateProfile:
        return _there(self.profiles.transaction_create)


def _there(profile: P | None) -> P:
    if profile is None:
        raise NotFound("This back end is not configured.")
    return profile
