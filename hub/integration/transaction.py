"""Transactions and drafts of them, as the back end keeps them."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from attrs import frozen

HISTORY_MOST = 50
"""Transactions on one page of a history; a larger limit is refused."""


class TransactionStatus(StrEnum):
    """Where a transaction stands. `unknown`: the back end has a word of its own, kept beside it."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    UNKNOWN = "unknown"


@frozen
class Transaction:
    """A transaction as the hub takes it in: these fields and no others. `amount` is in units of the currency (ISO
    4217), exactly as the back end wrote it; `provider_status` is the back end's own word for the status."""

    id: str
    status: TransactionStatus
    provider_status: str
    amount: Decimal
    currency: str
    customer_ref: str
    description: str = ""
    created_at: datetime | None = None


@frozen
class TransactionPage:
    """A part of a customer's history, the newest first. `next_cursor` goes on from here, for this customer only."""

    transactions: tuple[Transaction, ...]
    next_cursor: str | None = None


@frozen
class DraftRequest:
    """A transaction to be drafted."""

    customer_ref: str
    amount: Decimal
    currency: str
    description: str


class DraftState(StrEnum):
    """Where the back end's draft stands. `unknown`: it has a word of its own, kept beside it."""

    OPEN = "open"
    COMMITTED = "committed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@frozen
class ProviderDraft:
    """A draft as the back end has it. A field that it did not tell is None: what is told is to be compared with what
    was asked. `transaction_id` once it is committed."""

    external_id: str
    state: DraftState
    provider_state: str
    amount: Decimal | None = None
    currency: str | None = None
    customer_ref: str | None = None
    description: str | None = None
    transaction_id: str | None = None


@frozen
class ProviderCommit:
    """The back end has committed a draft. A field that it did not tell is None."""

    transaction_id: str
    amount: Decimal | None = None
    currency: str | None = None
