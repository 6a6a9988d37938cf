"""The payment system's books: payments, drafts of them, and what each became.

A draft is committed at most once, whatever is asked: the books say so, not the idempotency keys.
"""

import itertools
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from attrs import define, field

from hub.demo.back_office.door import Json
from hub.demo.back_office.past import Past
from hub.demo.back_office.refusal import Refusal

STATUSES = ("pending", "processing", "completed", "failed", "cancelled", "refunded")
DRAFT_LIFE = timedelta(hours=1)

_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,3})?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def moment(at: datetime) -> str:
    """As RFC 3339."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _now() -> datetime:
    return datetime.now(UTC)


@define
class Payment:
    """Money that moves or moved."""

    id: str
    customer_id: str
    amount: str
    currency: str
    status: str
    description: str = ""
    created_at: datetime = field(factory=_now)
    updated_at: datetime = field(factory=_now)

    def view(self) -> Json:
        """As the API shows it."""
        return {
            "id": self.id,
            "status": self.status,
            "amount": self.amount,
            "currency": self.currency,
            "customer_id": self.customer_id,
            "description": self.description,
            "created_at": moment(self.created_at),
            "updated_at": moment(self.updated_at),
        }


@define
class Draft:
    """A payment that is not made yet. `state`: `draft`, `committed`, `cancelled` or `expired`."""

    id: str
    customer_id: str
    amount: str
    currency: str
    description: str
    state: str = "draft"
    transaction_id: str | None = None
    expires_at: datetime = field(factory=lambda: _now() + DRAFT_LIFE)

    def view(self) -> Json:
        """As the API shows it."""
        return {
            "id": self.id,
            "state": self.state,
            "customer_id": self.customer_id,
            "amount": self.amount,
            "currency": self.currency,
            "description": self.description,
            "transaction_id": self.transaction_id,
            "expires_at": moment(self.expires_at),
        }


class Payments:
    """The books. `changed` hears of every payment whose status is new."""

    def __init__(self, past: Past, changed: Callable[[Payment], None], first: int) -> None:
        self._past, self._changed = past, changed
        self._remembered: set[str] = set()
        self.all: dict[str, Payment] = {}
        self.drafts: dict[str, Draft] = {}
        self.commits: list[str] = []
        """Drafts in the order in which they were committed; one that was committed twice would stand here twice."""
        self.settled_as = "completed"
        """What a payment becomes when it is committed."""
        self._numbers = itertools.count(first)

    def record(self, customer_id: str, amount: str, currency: str = "USD", **facts: Any) -> Payment:
        """A payment that was made elsewhere, `completed` unless `facts`, further fields of `Payment`, say otherwise."""
        number = facts.pop("id", None) or f"TX-{next(self._numbers)}"
        payment = Payment(number, customer_id, amount, currency, **{"status": "completed", **facts})
        self.all[payment.id] = payment
        return payment

    def of(self, customer_id: str) -> list[Payment]:
        """A customer's payments, newest first."""
        if customer_id not in self._remembered:
            self._remembered.add(customer_id)
            for number, amount, status, description in self._past.payments(customer_id):
                self.record(customer_id, amount, id=number, status=status, description=description)
        return [payment for payment in reversed(self.all.values()) if payment.customer_id == customer_id]

    def move(self, payment_id: str, status: str) -> Payment:
        """A payment's status changes, which is told by webhook. Raises KeyError."""
        payment = self.all[payment_id]
        payment.status, payment.updated_at = status, _now()
        self._changed(payment)
        return payment

    def draft(self, customer_id: str, amount: str, currency: str, description: str) -> Draft:
        """A new draft. Raises Refusal 422."""
        if not _AMOUNT.fullmatch(amount) or Decimal(amount) <= 0 or not _CURRENCY.fullmatch(currency):
            raise Refusal(422, "invalid_amount")
        draft = Draft(f"D-{next(self._numbers)}", customer_id, amount, currency, description)
        self.drafts[draft.id] = draft
        return draft

    def found(self, draft_id: str) -> Draft:
        """A draft as it stands now. Raises Refusal 404."""
        draft = self.drafts.get(draft_id)
        if draft is None:
            raise Refusal(404, "no_such_draft")
        if draft.state == "draft" and draft.expires_at <= _now():
            draft.state = "expired"
        return draft

    def commit(self, draft_id: str) -> Draft:
        """Makes the payment. Raises Refusal 404, or 409 unless it is still a draft."""
        draft = self.found(draft_id)
        if draft.state != "draft":
            raise Refusal(409, f"draft_{draft.state}")
        payment = self.record(
            draft.customer_id, draft.amount, draft.currency, status="pending", description=draft.description
        )
        draft.state, draft.transaction_id = "committed", payment.id
        self.commits.append(draft.id)
        self.move(payment.id, self.settled_as)
        return draft

    def cancel(self, draft_id: str) -> Draft:
        """Ends a draft; one that is cancelled already stays so. Raises Refusal 404, or 409 when it was committed."""
        draft = self.found(draft_id)
        if draft.state == "committed":
            raise Refusal(409, "draft_committed")
        draft.state = "cancelled"
        return draft
