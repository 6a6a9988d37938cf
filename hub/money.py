"""Money: whole numbers of a currency's smallest unit, read strictly, so that nobody is charged what nobody wrote."""

import re
from decimal import Decimal
from typing import Any

from attrs import frozen

from hub.errors import AmountTooLarge, InvalidAmount, UnsupportedCurrency
from hub.iso4217 import EXPONENTS

_DIGITS = re.compile(r"(0|[1-9][0-9]{0,14})(?:\.([0-9]{1,4}))?")
"""At most 15 digits before the point: what is longer is no amount, and fits no column."""


@frozen
class Money:
    """An amount in minor units (cents of USD, yen of JPY, thousandths of KWD) and the ISO 4217 code."""

    minor: int
    currency: str

    @property
    def amount(self) -> str:
        """The amount as the API writes it, with all of the currency's digits: "1450.00", "500", "0.125"."""
        exponent = EXPONENTS[self.currency]
        whole, part = divmod(abs(self.minor), 10**exponent)
        text = f"{whole}.{part:0{exponent}}" if exponent else str(whole)
        return f"-{text}" if self.minor < 0 else text

    @property
    def decimal(self) -> Decimal:
        """The amount as a number of whole units."""
        return Decimal(self.amount)

    def view(self) -> dict[str, str]:
        """As the API shows it."""
        return {"amount": self.amount, "currency": self.currency}


def parse(amount: object, currency: object, most: Decimal | None = None) -> Money:
    """What somebody wants to move: more than nothing, at most `most` whole units.

    `amount` is a text of ASCII digits with a point ("1450.00"), or an int or Decimal of `hub.strict_json`; never more
    decimals than the currency has. Raises UnsupportedCurrency, InvalidAmount and AmountTooLarge.
    """
    if not isinstance(currency, str) or currency not in EXPONENTS:
        raise UnsupportedCurrency(errors=[{"path": "$.currency", "message": "must be a code of ISO 4217"}])
    exponent = EXPONENTS[currency]
    found = _DIGITS.fullmatch(_text(amount))
    whole, part = (found[1], found[2] or "") if found else ("", "")
    if not found or len(part) > exponent:
        raise _invalid(f"must be a decimal number such as {Money(145000, currency).amount}")
    money = Money(int(whole + part.ljust(exponent, "0")), currency)
    if money.minor == 0:
        raise _invalid("must be more than nothing")
    if most is not None and money.decimal > most:
        raise AmountTooLarge(errors=[{"path": "$.amount", "message": "is more than may be moved at once"}])
    return money


def _text(amount: object) -> str:
    """The digits of what was given; empty for what is no amount."""
    match amount:
        case bool():
            return ""
        case str():
            return amount
        case int():
            return str(amount) if -(10**15) < amount < 10**15 else ""
        case Decimal() if amount.is_finite() and -4 <= _exponent(amount) <= 0:
            return f"{amount:f}"
        case _:
            return ""


def _exponent(amount: Decimal) -> int:
    exponent: Any = amount.as_tuple().exponent
    return int(exponent)


def _invalid(message: str) -> InvalidAmount:
    return InvalidAmount(errors=[{"path": "$.amount", "message": message}])
