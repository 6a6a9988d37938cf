"""Transactions of customers, as the back end has them. Who may see a customer may see their transactions."""

from datetime import datetime
from typing import Any
from uuid import UUID

import attrs
from aiohttp import web
from attrs import frozen

from actors.back_ends import BackEnds
from hub.customer import Customers
from hub.errors import NotFound
from hub.integration.customer import Owners, customer_ref
from hub.integration.transaction import HISTORY_MOST, Transaction, TransactionStatus
from hub.rights import Permission
from web import answers
from web.back_end_call import BackEndCalls, call_of
from web.body import path_id, query
from web.cursors import MOST_CHARACTERS, Cursors
from web.fields import number, text
from web.principal import principal
from web.routes import Route, Section
from web.ticket import FAILURES


@frozen
class HistoryAsked:
    """A page of a history: at most `limit` transactions, from where `cursor` says."""

    limit: int = number(1, HISTORY_MOST, default=20)
    cursor: str | None = text(most=MOST_CHARACTERS, default=None)


@frozen
class MoneySeen:
    """An amount in units of its currency, exact."""

    amount: str
    currency: str


@frozen(kw_only=True)
class TransactionListed:
    """A transaction. `provider_status` is the back end's own word for the status."""

    id: str
    status: TransactionStatus
    provider_status: str
    amount: MoneySeen
    customer_id: UUID | None
    description: str
    created_at: datetime | None


@frozen(kw_only=True)
class TransactionSeen(TransactionListed):
    """A transaction with the moment that it is true of. `cached`: the back end was not asked again; `stale`: nor could
    it be."""

    as_of: datetime
    cached: bool
    stale: bool


@frozen
class TransactionsSeen:
    """A page of a customer's transactions, the newest first."""

    data: tuple[TransactionListed, ...]
    next_cursor: str | None
    as_of: datetime
    cached: bool
    stale: bool


def listed(transaction: Transaction, customer_id: UUID | None) -> TransactionListed:
    """A transaction in a list."""
    return TransactionListed(
        id=transaction.id,
        status=transaction.status,
        provider_status=transaction.provider_status,
        amount=MoneySeen(f"{transaction.amount:f}", transaction.currency),
        customer_id=customer_id,
        description=transaction.description,
        created_at=transaction.created_at,
    )


@frozen
class TransactionDoors:
    """The doors of transactions."""

    ends: BackEnds
    customers: Customers
    owners: Owners
    calls: BackEndCalls
    cursors: Cursors

    async def of_customer(self, request: web.Request) -> web.Response:
        """A customer's transactions. Raises NotFound for one whom the reader does not see."""
        asked = query(request, HistoryAsked)
        customer = await self.customers.visible(principal(request).reader, path_id(request))
        if customer is None:
            raise NotFound
        listing = f"transactions:{customer.id}"  # the back end's own cursor is sealed for this customer
        cursor = str(self.cursors.open(listing, asked.cursor)[0]) if asked.cursor else None
        ref = customer_ref(customer)
        found = await self.ends.history(call_of(request), ref, cursor, asked.limit, deadline=self.calls.deadline)
        further = found.value.next_cursor
        sealed = self.cursors.seal(listing, further) if further else None
        data = tuple(listed(transaction, customer.id) for transaction in found.value.transactions)
        return answers.json(TransactionsSeen(data, sealed, found.as_of, found.cached, found.stale))

    async def show(self, request: web.Request) -> web.Response:
        """One transaction. Raises NotFound also for one of a customer whom the reader does not see."""
        reader = principal(request).reader
        found = await self.ends.transaction(
            call_of(request), request.match_info["id"], None, deadline=self.calls.deadline
        )
        owner = await self.owners.visible(reader, found.value.customer_ref)
        if owner is None and not reader.all:
            raise NotFound
        shown: dict[str, Any] = attrs.asdict(listed(found.value, owner.id if owner else None), recurse=False)
        return answers.json(TransactionSeen(**shown, as_of=found.as_of, cached=found.cached, stale=found.stale))

    def routes(self) -> list[Route]:
        """Both of them."""
        route, see = Section("transactions", "/api/v1").route, Permission.TRANSACTIONS_READ
        return [
            route(
                "GET",
                "/customers/{id}/transactions",
                self.of_customer,
                "A customer's transactions",
                see,
                query=HistoryAsked,
                returns=TransactionsSeen,
                errors=FAILURES,
            ),
            route(
                "GET", "/transactions/{id}", self.show, "One transaction", see, returns=TransactionSeen, errors=FAILURES
            ),
        ]
