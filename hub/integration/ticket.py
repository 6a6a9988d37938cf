"""Tickets: requests of customers as the ticketing system keeps them."""

from datetime import datetime
from enum import StrEnum

from attrs import frozen


class TicketStatus(StrEnum):
    """Where a ticket stands. `unknown`: the ticketing system has a word of its own, kept beside it."""

    OPEN = "open"
    PENDING = "pending"
    RESOLVED = "resolved"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@frozen
class Ticket:
    """A ticket as the hub takes it in: these fields and no others. `provider_status` is the back end's own word for the
    status. `customer_ref` is None where the back end does not say whose it is. Texts are a stranger's: not to be
    trusted, not to be rendered as markup."""

    id: str
    status: TicketStatus
    provider_status: str
    customer_ref: str | None = None
    subject: str = ""
    description: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None


@frozen
class NewTicket:
    """A ticket to be made. `conversation` is what the back end may show as a reference to the hub."""

    customer_ref: str
    subject: str
    description: str
    conversation: str | None = None
