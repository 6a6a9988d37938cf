"""Customers by their addresses: whose one is, and where that person's conversation stands."""

from uuid import UUID

from attrs import frozen

from hub.conversation.state import CustomerCard, Status
from hub.inbound import Identity


@frozen
class Address:
    """One address of a customer, on one channel."""

    channel: str
    identity: Identity


@frozen
class Known:
    """Whose an address is, and that customer's live (or, failing that, newest) conversation on the channel."""

    customer: CustomerCard
    conversation_id: UUID | None
    status: Status | None
