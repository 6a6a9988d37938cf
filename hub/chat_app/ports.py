"""What the Chat App's doors ask of the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from attrs import frozen

from hub.chat_app.inbox import AppCustomer, Inbox
from hub.customer import Address, Known
from hub.delivery import DeliveryStatus
from hub.media import File
from hub.message import Message

Place = tuple[int, int]
"""Where a message stands in an inbox: its conversation's number and its own number in there."""


@frozen
class Entry:
    """A message of an inbox, with its conversation's number."""

    message: Message
    number: int


class Inboxes(Protocol):
    """Customers' inboxes. Every method raises hub.errors.Unavailable when the database is away."""

    async def head(self) -> int:
        """The newest event's number."""

    async def page(self, inbox: Inbox, after: Place | None, before: Place | None, limit: int) -> list[Entry]:
        """Messages that the customer sees, oldest first: the first ones after a place, or the last ones before one."""

    async def find(self, customer: AppCustomer, channel_message_id: str) -> tuple[Entry, bool] | None:
        """The message that the channel knows under this id, and whether it is this customer's."""

    async def live(self, inbox: Inbox) -> UUID | None:
        """The conversation that goes on."""

    async def unreached(self, inbox: Inbox, upto: UUID, status: DeliveryStatus, limit: int) -> list[str] | None:
        """The channel's ids of the company's messages, oldest first, that have not come as far as `status`, up to a
        message and with it; None when there is no such message in the inbox."""

    async def unread(self, channel: str, upto: str, limit: int) -> list[str]:
        """The channel's ids of the customer's messages that were not read, up to one of them and with it."""

    async def file(self, inbox: Inbox, id: UUID) -> File | None:
        """The file if this customer may see it: with their conversations, or as its uploader before there is one."""


class Addresses(Protocol):
    """Whose an address is."""

    async def resolve(self, addresses: Sequence[Address]) -> list[Known | None]:
        """For each address what is known of it. Raises hub.errors.Unavailable when the database is away."""


@frozen
class InboxTicket:
    """For whom a ticket was issued, and until when the token behind it is good."""

    customer: AppCustomer
    until: datetime


class InboxTickets(Protocol):
    """Single-use tickets, good on every replica for `life` seconds. Raises Unavailable when the database is away."""

    life: float

    async def issue(self, ticket: InboxTicket) -> str:
        """A new ticket."""

    async def redeem(self, ticket: str) -> InboxTicket | None:
        """Whose ticket it was; None when there is no such, it was used, or its time is over."""
