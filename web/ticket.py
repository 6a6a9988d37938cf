"""Tickets of customers, as the ticketing system has them. Who may see a customer may see their tickets."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs
from aiohttp import web
from attrs import frozen

from actors.back_ends import BackEnds
from hub.customer import Customer, Customers
from hub.errors import (
    Ambiguous,
    AuditUnavailable,
    CircuitOpen,
    IntegrationError,
    IntegrationOverloaded,
    IntegrationTimeout,
    NotFound,
)
from hub.integration.call import Call, Fetched
from hub.integration.customer import Owners, customer_ref
from hub.integration.ticket import NewTicket, Ticket, TicketStatus
from hub.ports import ConversationReader
from hub.rights import Permission
from web import answers
from web.back_end_call import Act, BackEndCalls, call_of, key_of
from web.body import path_id, query, read
from web.fields import text
from web.principal import principal
from web.routes import Route, Section

FAILURES = (NotFound, CircuitOpen, IntegrationOverloaded, IntegrationTimeout, IntegrationError)
ACTING = (*FAILURES, Ambiguous, AuditUnavailable)


@frozen
class TicketsAsked:
    """Which tickets."""

    status: TicketStatus | None = None


@frozen
class TicketNew:
    """A ticket to be made for a customer, perhaps about a conversation with them."""

    customer_id: UUID
    subject: str = text(most=300, example="The parcel has not come")
    description: str = text(most=10_000, least=0, default="")
    conversation_id: UUID | None = None


@frozen
class CommentNew:
    """A comment on a ticket."""

    body: str = text(most=10_000, example="The customer wrote again.")


@frozen(kw_only=True)
class TicketListed:
    """A ticket. `provider_status` is the ticketing system's own word for the status. Its texts are shown as they are:
    plain text, whatever they look like."""

    id: str
    status: TicketStatus
    provider_status: str
    customer_id: UUID | None
    subject: str
    description: str
    created_at: datetime | None
    updated_at: datetime | None


@frozen(kw_only=True)
class TicketSeen(TicketListed):
    """A ticket with the moment that it is true of. `cached`: the ticketing system was not asked again; `stale`: nor
    could it be."""

    as_of: datetime
    cached: bool
    stale: bool


@frozen
class TicketsSeen:
    """A customer's tickets, all that the ticketing system tells at once."""

    data: tuple[TicketListed, ...]
    next_cursor: str | None
    as_of: datetime
    cached: bool
    stale: bool


@frozen
class CommentMade:
    """A comment was added."""

    ticket_id: str


def listed(ticket: Ticket, customer_id: UUID | None) -> TicketListed:
    """A ticket in a list."""
    return TicketListed(
        id=ticket.id,
        status=ticket.status,
        provider_status=ticket.provider_status,
        customer_id=customer_id,
        subject=ticket.subject,
        description=ticket.description,
        created_at=ticket.created_at,
        updated_at=ticket.updated_at,
    )


def seen(fetched: Fetched[Ticket], customer_id: UUID | None) -> TicketSeen:
    """One ticket."""
    shown: dict[str, Any] = attrs.asdict(listed(fetched.value, customer_id), recurse=False)
    return TicketSeen(**shown, as_of=fetched.as_of, cached=fetched.cached, stale=fetched.stale)


@frozen
class TicketDoors:
    """The doors of tickets. `pseudonym` is what the audit calls a customer."""

    ends: BackEnds
    customers: Customers
    owners: Owners
    conversations: ConversationReader
    calls: BackEndCalls
    pseudonym: Callable[[UUID], str]

    async def of_customer(self, request: web.Request) -> web.Response:
        """A customer's tickets. Raises NotFound for one whom the reader does not see."""
        asked = query(request, TicketsAsked)
        customer = await self._customer(request, path_id(request))
        found = await self.ends.search_tickets(
            call_of(request), customer_ref(customer), asked.status, deadline=self.calls.deadline
        )
        data = tuple(listed(ticket, customer.id) for ticket in found.value)
        return answers.json(TicketsSeen(data, None, found.as_of, found.cached, found.stale))

    async def show(self, request: web.Request) -> web.Response:
        """One ticket. Raises NotFound also for one of a customer whom the reader does not see."""
        fetched, owner = await self._visible(request, call_of(request))
        return answers.json(seen(fetched, owner.id if owner else None))

    async def create(self, request: web.Request) -> web.Response:
        """Makes one. Raises NotFound for a customer, or a conversation with them, whom the reader does not see."""
        given = await read(request, TicketNew)
        customer = await self._customer(request, given.customer_id)
        await self._check_conversation(request, given)
        call = call_of(request, given.conversation_id)
        conversation = str(given.conversation_id) if given.conversation_id else None
        wanted = NewTicket(customer_ref(customer), given.subject, given.description, conversation)
        act, key, deadline = Act("create_ticket", self.pseudonym(customer.id)), key_of(request), self.calls.deadline
        made = await self.calls.acting(call, act, lambda: self.ends.create_ticket(call, wanted, key, deadline=deadline))
        fetched = Fetched(made, self.calls.clock())
        return answers.json(seen(fetched, customer.id), 201, {"Location": f"/api/v1/tickets/{made.id}"})

    async def comment(self, request: web.Request) -> web.Response:
        """Adds a comment. Raises NotFound for a ticket that the reader does not see."""
        given, call = await read(request, CommentNew), call_of(request)
        fetched, owner = await self._visible(request, call)
        id, act = fetched.value.id, Act("add_comment", self.pseudonym(owner.id) if owner else None)
        await self.calls.acting(
            call,
            act,
            lambda: self.ends.add_comment(call, id, given.body, key_of(request), deadline=self.calls.deadline),
        )
        return answers.json(CommentMade(id), 201)

    async def _customer(self, request: web.Request, id: UUID) -> Customer:
        customer = await self.customers.visible(principal(request).reader, id)
        if customer is None:
            raise NotFound
        return customer

    async def _visible(self, request: web.Request, call: Call) -> tuple[Fetched[Ticket], Customer | None]:
        """The ticket and whose it is. One of which the ticketing system does not say whose it is, is for those who see
        everybody's."""
        reader = principal(request).reader
        fetched = await self.ends.ticket(call, request.match_info["id"], deadline=self.calls.deadline)
        ref = fetched.value.customer_ref
        owner = await self.owners.visible(reader, ref) if ref is not None else None
        if owner is None and not reader.all:
            raise NotFound
        return fetched, owner

    async def _check_conversation(self, request: web.Request, given: TicketNew) -> None:
        if given.conversation_id is None:
            return
        row = await self.conversations.visible(principal(request).reader, given.conversation_id)
        if row is None or row.conversation.customer.id != given.customer_id:
            raise NotFound

    def routes(self) -> list[Route]:
        """All of them."""
        route = Section("tickets", "/api/v1").route
        see, write = Permission.TICKETS_READ, Permission.TICKETS_WRITE
        return [
            route(
                "GET",
                "/customers/{id}/tickets",
                self.of_customer,
                "A customer's tickets",
                see,
                query=TicketsAsked,
                returns=TicketsSeen,
                errors=FAILURES,
            ),
            route(
                "POST",
                "/tickets",
                self.create,
                "Make a ticket",
                write,
                body=TicketNew,
                returns=TicketSeen,
                status=201,
                errors=ACTING,
                idempotent=True,
            ),
            route("GET", "/tickets/{id}", self.show, "One ticket", see, returns=TicketSeen, errors=FAILURES),
            route(
                "POST",
                "/tickets/{id}/comments",
                self.comment,
                "Comment on a ticket",
                write,
                body=CommentNew,
                returns=CommentMade,
                status=201,
                errors=ACTING,
                idempotent=True,
            ),
        ]
