"""What arguments have to be beyond their schema: an amount that can be moved, and the conversation's own customer."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import frozen

from hub import money
from hub.ai.subject import Subject
from hub.errors import CustomerMismatch
from hub.money import Money


@frozen
class Terms:
    """How amounts are read: the currency of one that names none, and the most in whole units of any currency."""

    currency: str
    most: Decimal

    def amount(self, arguments: Mapping[str, Any]) -> Money:
        """The amount of these arguments. Raises InvalidAmount, UnsupportedCurrency, AmountTooLarge."""
        currency = arguments.get("currency")
        return money.parse(arguments["amount"], self.currency if currency is None else currency, self.most)

    def check(self, arguments: Mapping[str, Any]) -> None:
        """Raises the same, where there is an amount."""
        if "amount" in arguments:
            self.amount(arguments)


def own_customer(subject: Subject, arguments: Mapping[str, Any]) -> None:
    """Raises CustomerMismatch for a customer who is not the conversation's: equal in time and words, whether there is
    such a customer or not, because nobody is looked up."""
    if "customer_id" in arguments and not subject.is_customer(arguments["customer_id"]):
        raise CustomerMismatch
