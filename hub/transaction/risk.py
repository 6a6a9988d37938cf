"""Which commits need a person's approval, and why."""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

from attrs import frozen

from hub.money import Money


class Risk(StrEnum):
    """Why a person has to look.

    `amount`: it is above the limit; `aggregate`: it is with what the customer spent lately; `unknown_rate`: it is in
    another currency than the limit; `suspicion`: the conversation tried something suspicious.
    """

    AMOUNT = "amount"
    AGGREGATE = "aggregate"
    UNKNOWN_RATE = "unknown_rate"
    SUSPICION = "suspicion"


@frozen
class Limit:
    """Above this amount (strictly) a person must approve. `adds_up`: what the customer spent lately counts too."""

    over: Decimal
    currency: str
    adds_up: bool = True


def risks(amount: Money, spent: Iterable[Money], suspicion: int, limit: Limit) -> tuple[Risk, ...]:
    """Every reason there is. `spent` are the customer's other amounts that are committed or about to be, within the
    window; those in another currency were approved by a person, each for itself."""
    found = []
    if amount.currency != limit.currency:
        found.append(Risk.UNKNOWN_RATE)
    elif amount.decimal > limit.over:
        found.append(Risk.AMOUNT)
    elif limit.adds_up and _sum(amount, spent, limit.currency) > limit.over:
        found.append(Risk.AGGREGATE)
    if suspicion > 0:
        found.append(Risk.SUSPICION)
    return tuple(found)


def _sum(amount: Money, spent: Iterable[Money], currency: str) -> Decimal:
    return sum((other.decimal for other in spent if other.currency == currency), amount.decimal)
