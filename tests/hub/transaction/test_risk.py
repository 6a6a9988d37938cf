"""When a person has to look: strictly above the limit, alone or added up, and whenever the hub cannot tell."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.money import Money
from hub.transaction.risk import Limit, Risk, risks

LIMIT = Limit(Decimal("1000.00"), "USD")


def usd(minor: int) -> Money:
    return Money(minor, "USD")


@pytest.mark.parametrize(
    ("amount", "spent", "suspicion", "found"),
    [
        (usd(100_000), (), 0, ()),
        (usd(100_001), (), 0, (Risk.AMOUNT,)),
        (usd(60_000), (usd(40_000),), 0, ()),
        (usd(60_000), (usd(60_000),), 0, (Risk.AGGREGATE,)),
        (usd(60_000), (usd(30_000), usd(10_001)), 0, (Risk.AGGREGATE,)),
        (Money(100, "EUR"), (), 0, (Risk.UNKNOWN_RATE,)),
        (usd(100), (Money(10_000_000, "EUR"),), 0, ()),
        (usd(100), (), 1, (Risk.SUSPICION,)),
        (usd(100_001), (), 2, (Risk.AMOUNT, Risk.SUSPICION)),
        (Money(1000, "JPY"), (), 0, (Risk.UNKNOWN_RATE,)),
    ],
)
def test_the_reasons(amount: Money, spent: tuple[Money, ...], suspicion: int, found: tuple[Risk, ...]) -> None:
    assert risks(amount, spent, suspicion, LIMIT) == found


def test_adding_up_can_be_switched_off() -> None:
    assert risks(usd(60_000), [usd(60_000)], 0, Limit(Decimal(1000), "USD", adds_up=False)) == ()


def test_a_currency_without_cents_is_compared_in_whole_units() -> None:
    yen = Limit(Decimal(1000), "JPY")
    assert risks(Money(1000, "JPY"), [], 0, yen) == ()
    assert risks(Money(1001, "JPY"), [], 0, yen) == (Risk.AMOUNT,)


@given(st.lists(st.integers(1, 200_000), max_size=8))
def test_without_a_person_no_customer_gets_past_the_limit(amounts: list[int]) -> None:
    spent: list[Money] = []
    for minor in amounts:
        if not risks(usd(minor), spent, 0, LIMIT):
            spent.append(usd(minor))
    assert sum(money.minor for money in spent) <= 100_000
