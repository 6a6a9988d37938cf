"""Customers: lists, one with addresses and history, changes. Who may see a conversation with them may see them."""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from aiohttp import web
from attrs import frozen

from actors import kinds
from actors.kernel import KernelError, System
from hub.conversation.commands import Author, ShowCustomer
from hub.customer import Customer, CustomerChange, Customers, History
from hub.errors import HubError, NotFound, StaleVersion
from hub.rights import Permission
from web import answers, preconditions
from web.body import path_id, query, read
from web.conversation import ASK
from web.conversation_shapes import ChannelSeen
from web.cursors import Cursors
from web.fields import UNSET, Unset, text
from web.paging import Page
from web.principal import Principal, principal
from web.routes import Route, Section

log = logging.getLogger("hub.customer")

MOST_SHOWN = 100
"""Conversations in a customer's history; older ones are only counted."""


@frozen
class CustomersAsked(Page):
    """A page of customers. `q` begins words of the name, or an address: a telephone number, an id of the channel's."""

    q: str | None = text(most=100, default=None)
    channel: str | None = text(most=64, default=None)


@frozen
class CustomerPatch:
    """What to change; absent fields stay.

    A name that is given here is no longer changed by what channels call the customer; null gives that back to them.
    `attributes` are merged by name, and null takes one away; all together at most 50, 16 KiB, 5 levels deep.
    """

    name: str | Unset | None = text(most=200, default=UNSET)  # noqa: RUF009 - it declares a field
    attributes: dict[str, Any] | None = None


@frozen
class AddressSeen:
    """An address of a customer's. `kind` is `wa_id` (a telephone number), `bsuid` or `app_id`."""

    channel: str
    kind: str
    value: str


@frozen
class CustomerListed:
    """A customer. `named`: a colleague gave the name."""

    id: UUID
    name: str | None
    named: bool
    phone: str | None
    identities: tuple[AddressSeen, ...]
    attributes: dict[str, Any]
    version: int
    created_at: datetime
    updated_at: datetime


@frozen
class CustomersSeen:
    """A page of customers, the newest first."""

    data: tuple[CustomerListed, ...]
    next_cursor: str | None


@frozen
class PastSeen:
    """A conversation in the history."""

    id: UUID
    number: int
    status: str
    channel: ChannelSeen
    subject: str | None
    team_id: UUID | None
    assignee_id: UUID | None
    created_at: datetime
    last_message_at: datetime | None
    resolved_at: datetime | None
    merged_into_id: UUID | None


@frozen(kw_only=True)
class CustomerWhole(CustomerListed):
    """A customer with the newest conversations that the reader may see, and how many of those there are."""

    conversations: tuple[PastSeen, ...]
    conversation_count: int


def listed(customer: Customer) -> dict[str, Any]:
    """A customer as lists show them."""
    return {
        "id": customer.id,
        "name": customer.name,
        "named": customer.named,
        "phone": customer.phone,
        "identities": [AddressSeen(a.channel, a.identity.kind, a.identity.value) for a in customer.addresses],
        "attributes": customer.attributes,
        "version": customer.version,
        "created_at": customer.created_at,
        "updated_at": customer.updated_at,
    }


def whole(customer: Customer, history: History) -> dict[str, Any]:
    """A customer with their history."""
    past = [
        PastSeen(
            c.id,
            c.number,
            c.status,
            ChannelSeen(c.channel, c.channel_type),
            c.subject,
            c.team_id,
            c.assignee_id,
            c.created_at,
            c.last_message_at,
            c.resolved_at,
            c.merged_into_id,
        )
        for c in history.conversations
    ]
    return {**listed(customer), "conversations": past, "conversation_count": history.total}


@frozen
class CustomerDoors:
    """The doors of customers."""

    system: System
    customers: Customers
    cursors: Cursors

    async def index(self, request: web.Request) -> web.Response:
        """The customers with whom the reader may see a conversation."""
        who, asked = principal(request), query(request, CustomersAsked)
        listing = f"customers:{who.user_id}:{asked.q}:{asked.channel}"
        after = UUID(self.cursors.open(listing, asked.cursor)[0]) if asked.cursor else None
        customers = await self.customers.page(who.reader, asked.q, asked.channel, after, asked.limit + 1)
        return answers.json(
            self.cursors.page(listing, customers, asked.limit, after=lambda customer: (customer.id,), show=listed)
        )

    async def show(self, request: web.Request) -> web.Response:
        """One of them. The history changes without the version, so nobody is told that he has it already.

        Raises NotFound; with `merged_into` where the customer turned out to be another one whom the reader may see.
        """
        who, customer = principal(request), await self._visible(request)
        history = await self.customers.history(who.reader, customer.id, MOST_SHOWN)
        return answers.json(whole(customer, history), headers={"ETag": answers.etag(customer.version)})

    async def change(self, request: web.Request) -> web.Response:
        """Changes one. Raises NotFound, StaleVersion with the customer as they are now, Invalid."""
        who, version = principal(request), preconditions.if_match(request)
        known, given = await self._visible(request), await read(request, CustomerPatch)
        fields: dict[str, Any] = {}
        if not isinstance(given.name, Unset):
            fields["name"] = given.name.strip() if given.name else None
        if given.attributes is not None:
            fields["attributes"] = given.attributes
        try:
            customer = await self.customers.change(known.id, version, CustomerChange(**fields))
        except StaleVersion:
            current = await self.customers.find(known.id)
            raise StaleVersion(extra={"current": answers.value(listed(current)) if current else None}) from None
        if customer.version != known.version:
            await self.tell(who, customer)
        return preconditions.versioned(request, listed(customer), customer.version)

    async def tell(self, who: Principal, customer: Customer) -> None:
        """Has their live conversations show what is known now. A conversation that cannot now shows it when it is read
        the next time: what was changed is stored."""
        command = ShowCustomer(Author(who.user_id, who.name), customer.card)
        for conversation_id in await self.customers.live(customer.id):
            try:
                await self.system.ref(kinds.CONVERSATION, conversation_id).ask(command, timeout=ASK)
            except (HubError, KernelError) as error:
                log.info("a conversation shows its customer later", extra={"reason": type(error).__name__})

    async def _visible(self, request: web.Request) -> Customer:
        who, customer_id = principal(request), path_id(request)
        customer = await self.customers.visible(who.reader, customer_id)
        if customer is not None:
            return customer
        into = await self.customers.merged_into(customer_id)
        if into is not None and await self.customers.visible(who.reader, into) is not None:
            raise NotFound("They turned out to be another customer.", extra={"merged_into": str(into)})
        raise NotFound

    def routes(self) -> list[Route]:
        """All of them."""
        route = Section("customers", "/api/v1/customers").route
        see, write = Permission.CUSTOMERS_READ, Permission.CUSTOMERS_WRITE
        return [
            route("GET", "", self.index, "My customers", see, query=CustomersAsked, returns=CustomersSeen),
            route("GET", "/{id}", self.show, "One customer", see, returns=CustomerWhole, errors=(NotFound,)),
            route(
                "PATCH",
                "/{id}",
                self.change,
                "Change a customer",
                write,
                body=CustomerPatch,
                returns=CustomerListed,
                errors=(NotFound, StaleVersion),
            ),
        ]
