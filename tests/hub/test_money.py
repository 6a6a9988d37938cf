"""Amounts are read as they are written, or not at all."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import AmountTooLarge, HubError, InvalidAmount, UnsupportedCurrency
from hub.iso4217 import EXPONENTS
from hub.money import Money, parse


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("1450.00", "USD", 145000),
        ("1450", "USD", 145000),
        ("1450.5", "USD", 145050),
        ("0.01", "USD", 1),
        (1450, "USD", 145000),
        (Decimal("10.50"), "USD", 1050),
        ("500", "JPY", 500),
        ("1.234", "KWD", 1234),
        (Decimal("1.2345"), "CLF", 12345),
        ("999999999999999", "JPY", 999999999999999),
    ],
)
def test_an_amount_is_read_in_minor_units(amount: object, currency: str, minor: int) -> None:
    assert parse(amount, currency) == Money(minor, currency)


NO_AMOUNTS = (
    "NaN|Infinity|-Infinity|sNaN|-5|0|0.00|-0|1e3|1E3|1_000| 10 |+5|٥|５|10\n|10.005|1.234,56|1,000.00||.|.5|5.|010"
    "|0x10|1/2|10 USD|$10|10.0.0|１|1\u200b0|½|1111111111111111|10000000000000000000000000000000000000000"
)
OTHERS: tuple[Any, ...] = (
    *(10**40, 10**15, -5, 0, True, False, None, 10.5, float("nan"), [], {}, [10], b"10"),
    *(Decimal("NaN"), Decimal("Infinity"), Decimal("1e3"), Decimal("-5"), Decimal("-0.00"), Decimal("0")),
    *(Decimal("10.005"), Decimal("1E+999"), Decimal("1E-999")),
)


@pytest.mark.parametrize("amount", [*NO_AMOUNTS.split("|"), *OTHERS])
def test_what_is_no_amount_is_refused(amount: Any) -> None:
    with pytest.raises(InvalidAmount) as refused:
        parse(amount, "USD")
    assert refused.value.errors[0]["path"] == "$.amount"
    assert not isinstance(amount, str) or len(amount) < 3 or amount not in repr(refused.value.errors)


@pytest.mark.parametrize(("amount", "currency"), [("10.50", "JPY"), ("10.0", "JPY"), ("1.2345", "KWD")])
def test_more_decimals_than_the_currency_has_are_refused(amount: str, currency: str) -> None:
    with pytest.raises(InvalidAmount):
        parse(amount, currency)


@pytest.mark.parametrize("currency", ["usd", "Usd", "US", "USDT", "XXX", "XAU", "", "$", " USD", None, 840, ["USD"]])
def test_an_unknown_currency_is_refused(currency: object) -> None:
    with pytest.raises(UnsupportedCurrency):
        parse("10", currency)


def test_there_is_a_most() -> None:
    assert parse("10000000.00", "USD", Decimal(10_000_000)).minor == 10**9
    with pytest.raises(AmountTooLarge):
        parse("10000000.01", "USD", Decimal(10_000_000))


@given(st.sampled_from(sorted(EXPONENTS)), st.integers(1, 10**15 - 1))
def test_what_is_written_is_read_again(currency: str, minor: int) -> None:
    money = Money(minor, currency)
    assert parse(money.amount, currency) == money
    assert parse(Decimal(money.amount), currency) == money
    assert money.decimal * 10 ** EXPONENTS[currency] == minor
    assert money.view() == {"amount": money.amount, "currency": currency}


@given(st.text(max_size=20) | st.from_regex(r"[-+ 0-9.,eE_٠-٩]{1,20}", fullmatch=True))
def test_nothing_but_plain_digits_is_read(text: str) -> None:
    try:
        money = parse(text, "USD")
    except HubError:
        return
    assert set(text) <= set("0123456789.")
    assert Decimal(text) == money.decimal > 0


def test_amounts_are_written_with_all_digits() -> None:
    assert [Money(5, code).amount for code in ("USD", "JPY", "KWD", "CLF")] == ["0.05", "5", "0.005", "0.0005"]
    assert Money(-105, "USD").amount == "-1.05"
