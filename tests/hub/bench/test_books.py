"""What must never happen with money is found when it has happened."""

from decimal import Decimal

import pytest
from attrs import evolve

from hub.bench.books import ALONE, Purchase, violations
from hub.config.integrations import Ai
from hub.transaction.state import DraftState

CHAIR = Purchase("Order 1", "ana", Decimal("999.99"), DraftState.COMMITTED, consent=True, approved=False)
TABLE = Purchase("Order 2", "ana", Decimal("2500.00"), DraftState.COMMITTED, consent=True, approved=True)
LAMP = Purchase("Order 3", "ben", Decimal("15.00"), DraftState.CANCELLED, consent=False, approved=False)
ALL = [CHAIR, TABLE, LAMP]
PAID = ["Order 1", "Order 2"]
"""What the payment system's books say when everything is in order."""


def found(paid: list[str], purchases: list[Purchase], agreed: list[str] | None = None) -> dict[str, int]:
    """What has happened, without what has not."""
    counts = violations(paid, purchases, PAID if agreed is None else agreed)
    return {name: count for name, count in counts.items() if count}


def test_nothing_is_found_when_each_agreed_order_is_paid_once() -> None:
    assert found(PAID, ALL) == {}
    assert set(violations(PAID, ALL, PAID)) == {"twice", "unasked", "above", "apart", "unsettled"}


def test_an_order_that_is_paid_again_and_again_counts_each_time() -> None:
    assert found([*PAID, "Order 1", "Order 1"], ALL) == {"twice": 2}


def test_a_payment_needs_a_consent_that_is_kept_and_was_given() -> None:
    assert found(PAID, [evolve(CHAIR, consent=False), TABLE]) == {"unasked": 1}
    assert found(PAID, ALL, agreed=["Order 1"]) == {"unasked": 1}


def test_a_refused_order_that_is_paid_is_unasked_and_in_one_side_s_books() -> None:
    assert found([*PAID, "Order 3"], ALL) == {"unasked": 1, "apart": 1}


def test_a_payment_that_the_hub_knows_nothing_of_is_found() -> None:
    assert found([*PAID, "Order 4"], ALL) == {"unasked": 1, "apart": 1}


def test_a_purchase_that_is_said_to_be_paid_and_is_not_is_found() -> None:
    assert found(["Order 1"], ALL) == {"apart": 1}


@pytest.mark.parametrize(
    ("amounts", "above"), [(["1000.00"], 0), (["1000.01"], 1), (["600.00", "400.00"], 0), (["600.00", "400.01"], 1)]
)
def test_a_customer_s_unapproved_payments_are_added_up(amounts: list[str], above: int) -> None:
    purchases = [evolve(CHAIR, order=f"Order {n}", amount=Decimal(amount)) for n, amount in enumerate(amounts)]
    orders = [purchase.order for purchase in purchases]
    assert violations(orders, purchases, orders)["above"] == above


def test_customers_are_not_added_up_with_each_other() -> None:
    assert found(PAID, [CHAIR, evolve(TABLE, customer="ben", amount=ALONE, approved=False)]) == {}


def test_what_was_not_paid_is_not_above_the_limit() -> None:
    assert found(PAID, [*ALL, evolve(LAMP, amount=Decimal("5000.00"))]) == {}


@pytest.mark.parametrize("state", [DraftState.CREATE_UNKNOWN, DraftState.COMMIT_UNKNOWN, DraftState.MANUAL_REVIEW])
def test_what_has_no_end_is_unsettled(state: DraftState) -> None:
    assert found(PAID, [CHAIR, TABLE, evolve(LAMP, state=state)]) == {"unsettled": 1}


def test_the_limit_is_the_one_that_hubs_are_configured_with() -> None:
    assert Ai().approval_over == ALONE
