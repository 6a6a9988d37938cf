"""Customers by their addresses: whose one is, and where that person's conversation stands."""

from datetime import datetime
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


@frozen
class Beginning:
    """How a customer stands on a channel, for a conversation that is to begin: their addresses there, the live (or,
    failing that, newest) conversation, and when they last wrote in it."""

    customer: CustomerCard
    addresses: tuple[Identity, ...]
    last_id: UUID | None
    last_status: Status | None
    window_opened_at: datetime | None

    @property
    def live_id(self) -> UUID | None:
        """The conversation that goes on, if one does."""
        return self.last_id if self.last_status not in (None, Status.CLOSED) else None
