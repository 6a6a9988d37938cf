"""What was paid, by the payment system's books and by the hub's: held against each other, order by order."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal

from attrs import frozen

from hub.transaction.state import FINAL, DraftState

ALONE = Decimal("1000.00")
"""So much of one customer's is paid without anybody's approval (`ai.approval_over`)."""


@frozen
class Purchase:
    """A draft as the hub has it in the end. `order` is its description, of which there is one per wish. `consent`: one
    is kept; `approved`: by the supervisor."""

    order: str
    customer: str
    amount: Decimal
    state: DraftState
    consent: bool
    approved: bool


def violations(paid: Iterable[str], purchases: Collection[Purchase], agreed: Collection[str]) -> dict[str, int]:
    """How often each thing happened that must never. `paid` are the orders of the payments that were made, `agreed`
    those that customers agreed to.

    `apart`: paid for one side only. `above`: customers of whom more than `ALONE` was paid without an approval.
    """
    books = Counter(paid)
    made = [purchase for purchase in purchases if purchase.order in books]
    consented = {purchase.order for purchase in made if purchase.consent} & set(agreed)
    committed = {purchase.order for purchase in purchases if purchase.state is DraftState.COMMITTED}
    return {
        "twice": books.total() - len(books),
        "unasked": len(books.keys() - consented),
        "above": sum(total > ALONE for total in _unapproved(made).values()),
        "apart": len(books.keys() ^ committed),
        "unsettled": sum(purchase.state not in FINAL for purchase in purchases),
    }


def _unapproved(made: Iterable[Purchase]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for purchase in made:
        if not purchase.approved:
            totals[purchase.customer] += purchase.amount
    return totals
