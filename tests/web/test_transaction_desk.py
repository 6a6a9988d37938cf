"""Transactions put together: the configuration's rules, and who may come in at which door."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from hub.config import load
from hub.rights import PEOPLE, may
from hub.transaction.risk import Limit
from storage.database import Database
from tests.web.conftest import SECRET
from tests.web.transaction_stage import TransactionStage, staged_transactions
from web.transaction_desk import fresh, rules


@pytest.fixture
async def stage(database: Database, aiohttp_client: Any) -> AsyncIterator[TransactionStage]:
    async with staged_transactions(database, aiohttp_client) as stage:
        yield stage


def test_the_rules_are_the_configurations() -> None:
    given = b'[ai]\napproval_over = "50.00"\ncurrency = "EUR"\napproval_window = "0"\ndraft_ttl = "1m"\n'
    made = rules(load(given, make_up=lambda path: SECRET).config)
    assert made.limit == Limit(Decimal("50.00"), "EUR", adds_up=False)
    assert made.draft_ttl == timedelta(minutes=1)
    assert (made.patience, made.words) == (timedelta(minutes=15), True)


def test_what_is_drawn_is_never_the_same() -> None:
    drawn = [fresh() for _ in range(50)]
    assert len({one.nonce for one in drawn}) == len({one.key_commit for one in drawn}) == 50
    assert all(len(one.nonce) == 32 and re.fullmatch(r"\d{6}", one.code) for one in drawn)


async def test_every_door_asks_for_its_permission(stage: TransactionStage) -> None:
    bearers = {role: (await stage.somebody(role, in_team=True))[1] for role in PEOPLE}
    for route in stage.transactions.routes(stage.cursors):
        assert route.permission is not None
        path = re.sub(r"\{\w+\}", str(uuid4()), route.path)
        assert (await stage.client.request(route.method, path)).status == 401
        for role, bearer in bearers.items():
            answer = await stage.client.request(route.method, path, headers=bearer)
            assert (answer.status != 403) == may(role, route.permission), (role, route.path)
