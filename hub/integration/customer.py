"""What the back ends know a customer as."""

from typing import Protocol
from uuid import UUID

from attrs import frozen

from hub.customer import Customer, Customers
from hub.inbound import IdentityKind
from hub.rights import Reader


def customer_ref(customer: Customer) -> str:
    """The Chat App's `customer_id`, which is the company's own, where the customer has one; otherwise their id in the
    hub. Of several it is the first in the order of the alphabet, so that it does not change with the order in which
    they were learnt. A colleague who merges two customers decides with it whose tickets and transactions are shown."""
    app_ids = [a.identity.value for a in customer.addresses if a.identity.kind is IdentityKind.APP_ID]
    return min(app_ids, default=str(customer.id))


class CustomerRefs(Protocol):
    """The way back. Raises Unavailable when the database is away."""

    async def owners(self, ref: str) -> list[UUID]:
        """The customers whom a back end calls this: usually one; in several Chat App channels perhaps several."""


@frozen
class Owners:
    """Whose something is that a back end tells of, for those who may see its owner."""

    refs: CustomerRefs
    customers: Customers

    async def visible(self, reader: Reader, ref: str) -> Customer | None:
        """The owner if this reader may see them."""
        for id in await self.refs.owners(ref):
            if (customer := await self.customers.visible(reader, id)) is not None:
                return customer
        return None
