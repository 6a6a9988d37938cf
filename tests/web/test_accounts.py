"""Accounts are believed for a moment, asked for once, and forgotten when told."""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from hub.errors import Unavailable
from hub.rights import Role
from hub.user import Account, User
from web.accounts import Accounts
from web.keys import ring
from web.tokens import AccessTokens

TOKENS = AccessTokens(ring(["a secret of at least thirty-two bytes"], "access token"))


def account(user_id: UUID) -> Account:
    moment = datetime(2026, 1, 5, tzinfo=UTC)
    return Account(User(user_id, "a@b.c", "Ana", Role.AGENT, 8, False, (), 0, 1, moment, moment), frozenset())


class Asked:
    """Answers who somebody is, and counts how often it was asked."""

    def __init__(self) -> None:
        self.times, self.down, self.now = 0, False, 0.0

    async def __call__(self, user_id: UUID) -> Account | None:
        self.times += 1
        await asyncio.sleep(0)
        if self.down:
            raise Unavailable
        return account(user_id)


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def known(asked: Asked) -> Accounts:
    return Accounts(asked, TOKENS, fresh=5, clock=lambda: asked.now)


async def test_many_ask_once_until_it_is_old(known: Accounts, asked: Asked) -> None:
    user_id = uuid4()
    await asyncio.gather(*(known.get(user_id) for _ in range(20)))
    asked.now = 5
    await known.get(user_id)
    assert asked.times == 1
    asked.now = 5.1
    await known.get(user_id)
    assert asked.times == 2


async def test_a_change_is_seen_at_once_and_told(known: Accounts, asked: Asked) -> None:
    user_id = uuid4()
    told: list[UUID] = []

    async def watch(user_ids: Collection[UUID]) -> None:
        told.extend(user_ids)

    known.watchers.append(watch)
    await known.get(user_id)
    await known.changed(user_id)
    await known.get(user_id)
    assert (asked.times, told) == (2, [user_id])
