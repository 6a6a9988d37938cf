"""Arguments beyond their schema."""

from decimal import Decimal
from typing import Any

import pytest

from hub.ai.arguments import Terms, own_customer
from hub.errors import AmountTooLarge, CustomerMismatch, InvalidAmount, UnsupportedCurrency
from hub.money import Money

TERMS = Terms("USD", Decimal("1000.00"))


def test_an_amount_without_a_currency_is_in_the_hubs() -> None:
    assert TERMS.amount({"amount": "5"}) == Money(500, "USD")
    assert TERMS.amount({"amount": Decimal("5.5"), "currency": None}) == Money(550, "USD")
    assert TERMS.amount({"amount": 5, "currency": "JPY"}) == Money(5, "JPY")


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"amount": "1000.01"}, AmountTooLarge),
        ({"amount": "10.005"}, InvalidAmount),
        ({"amount": "5", "currency": "usd"}, UnsupportedCurrency),
        ({"amount": "5", "currency": ""}, UnsupportedCurrency),
    ],
)
def test_what_cannot_be_moved_is_refused(given: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        TERMS.check(given)


def test_without_an_amount_there_is_nothing_to_check() -> None:
    TERMS.check({"draft_id": "1"})


def test_the_customer_is_the_conversations(new_subject: Any) -> None:
    subject = new_subject("c-1")
    for own in ({}, {"customer_id": "c-1"}, {"customer_id": str(subject.customer.id)}):
        own_customer(subject, own)
    with pytest.raises(CustomerMismatch):
        own_customer(subject, {"customer_id": "c-2"})
