"""What the back ends know a customer as."""

from hub.customer import Customer
from hub.inbound import IdentityKind


def customer_ref(customer: Customer) -> str:
    """The Chat App's `customer_id`, which is the company's own, where the customer has one; otherwise their id in the
    hub. Of several it is the first in the order of the alphabet, so that it does not change with the order in which
    they were learnt. A colleague who merges two customers decides with it whose tickets and transactions are shown."""
    app_ids = [a.identity.value for a in customer.addresses if a.identity.kind is IdentityKind.APP_ID]
    return min(app_ids, default=str(customer.id))
