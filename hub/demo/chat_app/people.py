"""Customers of the app, and what they want."""

from attrs import frozen

from hub.demo.stories import KONTO, PLAN, REFUND, SCREEN, TRANSFER, Story


@frozen
class AppPerson:
    """Somebody with the app; `customer_id` is the company's own id of them."""

    customer_id: str
    name: str
    plan: str
    stories: tuple[Story, ...]
    channel: str = "app"
    """On which of the hub's channels."""


PEOPLE = (
    AppPerson("c-2001", "Mia Larsen", "gold", (TRANSFER, REFUND)),
    AppPerson("c-2002", "Noah Fischer", "silver", (KONTO,)),
    AppPerson("c-2003", "Amara Okafor", "gold", (SCREEN, PLAN)),
    AppPerson("c-2004", "Liam Murphy", "basic", (REFUND, SCREEN)),
    AppPerson("c-2005", "Isabel Moreno", "basic", (PLAN, TRANSFER)),
)
YOU = AppPerson("c-1000", "You", "gold", ())
"""Whom the page plays at first; nobody else writes for them."""
