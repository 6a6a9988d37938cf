"""Customers: by their addresses, as the channels know them; with name, attributes and history, as colleagues do."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from attrs import frozen

from hub.conversation.attributes import merged
from hub.conversation.state import CustomerCard, Status
from hub.inbound import Identity, IdentityKind
from hub.record import evolve
from hub.rights import Reader


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


UNSET: Any = object()
"""Marks a field that a change leaves alone; None is a value."""


@frozen
class Customer:
    """A customer as colleagues know them. `addresses` are those of all channels.

    `named`: a colleague gave the name, and channels no longer change it. `version` is raised by every change.
    """

    id: UUID
    name: str | None
    named: bool
    attributes: dict[str, Any]
    version: int
    created_at: datetime
    updated_at: datetime
    addresses: tuple[Address, ...] = ()

    @property
    def phone(self) -> str | None:
        """A telephone number of theirs, if one is known."""
        return next((a.identity.value for a in self.addresses if a.identity.kind is IdentityKind.WA_ID), None)

    @property
    def card(self) -> CustomerCard:
        """What conversations show of them."""
        return CustomerCard(self.id, self.name, self.phone, self.created_at, self.named, self.version)


@frozen
class PastConversation:
    """A conversation in a customer's history."""

    id: UUID
    number: int
    channel: str
    channel_type: str
    status: Status
    subject: str | None
    team_id: UUID | None
    assignee_id: UUID | None
    created_at: datetime
    last_message_at: datetime | None
    resolved_at: datetime | None
    merged_into_id: UUID | None


@frozen
class History:
    """The newest of a customer's conversations that a reader may see; `total` counts all of those."""

    conversations: tuple[PastConversation, ...]
    total: int


@frozen
class CustomerChange:
    """What colleagues change. A `name` of None gives the naming back to the channels; `attributes` are merged by name
    (`hub.conversation.attributes`)."""

    name: str | None = UNSET
    attributes: dict[str, Any] = UNSET


def changed(customer: Customer, change: CustomerChange) -> Customer:
    """The customer with the change; the version is the store's to raise. Raises Invalid when a bound is exceeded."""
    attributes = customer.attributes
    if change.attributes is not UNSET:
        attributes = merged(attributes, change.attributes)
    if change.name is UNSET:
        return evolve(customer, attributes=attributes)
    return evolve(customer, attributes=attributes, name=change.name, named=change.name is not None)


class Customers(Protocol):
    """The customers of the company. Every method raises Unavailable when the database is away.

    A reader sees those with whom he sees a conversation; whoever sees all conversations sees all customers.
    """

    async def find(self, customer_id: UUID) -> Customer | None:
        """The customer, if there is one; not one who was merged into another or erased."""

    async def visible(self, reader: Reader, customer_id: UUID) -> Customer | None:
        """The same, if this reader may see them."""

    async def merged_into(self, customer_id: UUID) -> UUID | None:
        """Whom a customer turned out to be; None for one who is still themselves, or never was."""

    async def page(
        self, reader: Reader, q: str | None, channels: Sequence[str] | None, after: UUID | None, limit: int
    ) -> list[Customer]:
        """The reader's customers, the newest first, beginning after an id: those with an address on one of the
        channels, and of whose name or addresses `q` is the beginning."""

    async def history(self, reader: Reader, customer_id: UUID, limit: int) -> History:
        """What of their conversations the reader may see."""

    async def live(self, customer_id: UUID) -> list[UUID]:
        """Their conversations that are not closed: at most one for each channel."""

    async def change(self, customer_id: UUID, version: int | None, change: CustomerChange) -> Customer:
        """Changes them if they are at `version` (None: at any). Raises NotFound, StaleVersion, Invalid."""
