"""What customers of the demo did before: a few payments and tickets, the same ones for a customer each time."""

import hashlib
import random
from collections.abc import Iterator

from attrs import frozen

PAYMENTS = (
    ("1450.00", "completed", "Transfer to Clara Diaz"),
    ("39.90", "completed", "Monthly plan"),
    ("220.00", "pending", "Transfer to Joao Pereira"),
    ("75.50", "failed", "Card top-up"),
    ("12.00", "refunded", "Delivery fee"),
    ("640.00", "processing", "Rent"),
)
TICKETS = (
    ("Card was charged twice", "The same amount on the same day.", "open"),
    ("Statement does not open", "The PDF stays empty on the phone.", "pending"),
    ("New address", "Moved last month, papers are attached.", "resolved"),
    ("App signs me out", "Every few minutes since the update.", "open"),
)
MOST = 3


@frozen
class Past:
    """Whether there is one, and which. Without it a customer nobody recorded anything for has nothing."""

    exists: bool = False
    seed: int = 7

    def payments(self, customer_id: str) -> Iterator[tuple[str, str, str, str]]:
        """(id, amount, status, description) of each."""
        for number, payment in enumerate(self._some("payments", customer_id, PAYMENTS)):
            digest = hashlib.sha256(f"{self.seed}-{customer_id}-{number}".encode()).hexdigest()
            yield (f"TX-{digest[:8].upper()}", *payment)

    def tickets(self, customer_id: str) -> Iterator[tuple[str, str, str]]:
        """(subject, description, status) of each."""
        yield from self._some("tickets", customer_id, TICKETS)

    def _some(
        self, what: str, customer_id: str, all_: tuple[tuple[str, str, str], ...]
    ) -> Iterator[tuple[str, str, str]]:
        if self.exists:
            chance = random.Random(f"{what}-{self.seed}-{customer_id}")
            yield from chance.sample(all_, chance.randint(1, MOST))
