"""Customers: lists, one with addresses and history, changes. Who may see a conversation with them may see them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from aiohttp import web
from attrs import frozen

from actors import kinds
from actors.customer_merge import CustomerMerger, forget, show
from actors.kernel import System
from hub.channel import Channel, named
from hub.conversation.changes import agent_actor
from hub.conversation.commands import Author, Context
from hub.customer import Customer, CustomerChange, Customers, History
from hub.customer_merge import CustomerMerges
from hub.erasure import Erasures, told
from hub.errors import InUse, Invalid, NotFound, Overloaded, StaleVersion
from hub.ids import uuid7
from hub.rights import Permission
from web import answers, preconditions
from web.body import path_id, query, read
from web.conversation import ASK
from web.conversation_shapes import ChannelSeen
from web.cursors import Cursors
from web.fields import UNSET, Unset, text
from web.paging import Page
from web.principal import principal
from web.routes import Route, Section

MOST_SHOWN = 100
"""Conversations in a customer's history; older ones are only counted."""


@frozen
class CustomersAsked(Page):
    """A page of customers. `q` begins words of the name, or an address: a telephone number, an id of the channel's.
    `channel`: those with an address on it, by its name; or its type, for all channels of that type.
    """

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
class MergeInto:
    """The customer who stays: both are one person."""

    into: UUID


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
    merges: CustomerMerges
    erasures: Erasures
    channels: Mapping[str, Channel]
    cursors: Cursors
    clock: Callable[[], datetime]

    async def index(self, request: web.Request) -> web.Response:
        """The customers with whom the reader may see a conversation."""
        who, asked = principal(request), query(request, CustomersAsked)
        listing = f"customers:{who.user_id}:{asked.q}:{asked.channel}"
        after = UUID(self.cursors.open(listing, asked.cursor)[0]) if asked.cursor else None
        channels = named(self.channels, asked.channel)
        customers = await self.customers.page(who.reader, asked.q, channels, after, asked.limit + 1)
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
            live = await self.customers.live(customer.id)
            await show(self.system, customer, live, Author(who.user_id, who.name))
        return preconditions.versioned(listed(customer), customer.version)

    async def merge(self, request: web.Request) -> web.Response:
        """Merges this customer into another one, and answers that one. Asking again completes what was interrupted.

        Raises NotFound, Invalid when there is no other one to merge into.
        """
        who, source_id, given = principal(request), path_id(request), await read(request, MergeInto)
        if given.into == source_id:
            raise Invalid(errors=[{"path": "$.into", "message": "is the customer himself"}])
        if await self.customers.visible(who.reader, given.into) is None:
            raise Invalid(errors=[{"path": "$.into", "message": "is not a customer"}])
        if await self.customers.merged_into(source_id) != given.into:
            await self._visible(request)
        author = Author(who.user_id, who.name)
        customer = await CustomerMerger(self.system, self.merges).merge(source_id, given.into, author)
        return preconditions.versioned(listed(customer), customer.version)

    async def _visible(self, request: web.Request) -> Customer:
        who, customer_id = principal(request), path_id(request)
        customer = await self.customers.visible(who.reader, customer_id)
        if customer is not None:
            return customer
        into = await self.customers.merged_into(customer_id)
        if into is not None and await self.customers.visible(who.reader, into) is not None:
            raise NotFound("They turned out to be another customer.", extra={"merged_into": str(into)})
        raise NotFound

    async def erase(self, request: web.Request) -> web.Response:
        """Forgets a customer. Asking again completes what was interrupted. Raises NotFound, InUse while something is
        being sent to them."""
        who, customer_id = principal(request), path_id(request)
        erased = await self.erasures.erase(customer_id)
        forget(self.system, erased.addresses)
        change = told(erased, agent_actor(Author(who.user_id, who.name)), Context(self.clock(), uuid7))
        await self.system.ref(kinds.WRITER, 0).ask(change, timeout=ASK)
        return answers.nothing()

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
            route(
                "POST",
                "/{id}/merge",
                self.merge,
                "Merge a customer into another one",
                Permission.CUSTOMERS_MERGE,
                body=MergeInto,
                returns=CustomerListed,
                errors=(NotFound, Overloaded),
                idempotent=True,
            ),
            route(
                "DELETE",
                "/{id}",
                self.erase,
                "Forget a customer",
                Permission.CUSTOMERS_ERASE,
                status=204,
                errors=(NotFound, InUse),
            ),
        ]
