"""Merging customers: what is given up when conversations keep changing, and hints that nobody takes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from actors import kinds
from actors.customer_merge import ROUNDS, CustomerMerger
from actors.kernel import Actor, Bound, Context, Kind, Mail, Policy, System
from hub.conversation.commands import Author, HandOver, ShowCustomer
from hub.conversation.receive import Moved
from hub.customer import Customer
from hub.customer_merge import Merging, Standing
from hub.errors import Overloaded
from hub.ids import uuid7

ANA = Author(uuid7(), "Ana")
CUSTOMER = Customer(uuid7(), "Maria", False, {}, 3, datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 5, tzinfo=UTC))


class Merges:
    """Tells what is left, one after the other; the last one again and again."""

    def __init__(self, *left: Merging) -> None:
        self.left, self.asked = list(left), 0

    async def merge(self, source_id: UUID, target_id: UUID, author: Author) -> Merging:
        self.asked += 1
        return self.left.pop(0) if len(self.left) > 1 else self.left[0]


def conversations(system: System, answer: Any) -> list[tuple[UUID, object]]:
    """Registers conversations that note what they are asked, and answer so."""
    asked: list[tuple[UUID, object]] = []

    class Asked(Actor):
        def __init__(self, key: UUID) -> None:
            self._key = key

        async def receive_batch(self, mails: Sequence[Mail]) -> None:
            for mail in mails:
                asked.append((self._key, mail.message))
                if isinstance(answer, Exception):
                    mail.fail(answer)
                else:
                    mail.reply(answer)

    def create(key: UUID, context: Context) -> Asked:
        return Asked(key)

    system.register(Kind(kinds.CONVERSATION, create, Bound(8, Policy.REJECT), batch=8))
    return asked


async def test_each_is_handed_over_until_nothing_is_left_and_then_shown() -> None:
    system = System()
    asked = conversations(system, None)
    standing, own = Standing(uuid7(), 7, "app", True), Standing(uuid7(), 8, "wa", True)
    merges = Merges(Merging(CUSTOMER, (standing,), (own,)), Merging(CUSTOMER, (), (own, standing)))
    assert await CustomerMerger(system, merges).merge(uuid7(), CUSTOMER.id, ANA) == CUSTOMER
    assert asked == [
        (standing.id, HandOver(ANA, CUSTOMER.card)),
        (own.id, ShowCustomer(ANA, CUSTOMER.card)),
        (standing.id, ShowCustomer(ANA, CUSTOMER.card)),
    ]
    await system.drain(1.0)


async def test_one_whose_conversations_keep_changing_is_to_be_asked_for_again() -> None:
    system = System()
    conversations(system, Moved())
    merges = Merges(Merging(CUSTOMER, (Standing(uuid7(), 7, "wa", True),), ()))
    with pytest.raises(Overloaded):
        await CustomerMerger(system, merges).merge(uuid7(), CUSTOMER.id, ANA)
    assert merges.asked == ROUNDS
    await system.drain(1.0)
