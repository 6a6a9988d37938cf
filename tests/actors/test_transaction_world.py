"""Work that goes on to its end, whoever leaves."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, NoReturn

import aiojobs
import pytest
from attrs import evolve

from hub.errors import IntegrationError, Unavailable
from storage.database import Database
from tests.web.transaction_stage import TransactionStage, staged_transactions


@pytest.fixture
async def stage(database: Database, aiohttp_client: Any) -> AsyncIterator[TransactionStage]:
    async with staged_transactions(database, aiohttp_client) as stage:
        yield stage


async def test_it_answers_and_raises_what_the_work_does(stage: TransactionStage) -> None:
    async def seven() -> int:
        return 7

    async def fails() -> NoReturn:
        raise IntegrationError

    assert await stage.transactions.world.carried(seven()) == 7
    with pytest.raises(IntegrationError):
        await stage.transactions.world.carried(fails())


async def test_it_goes_on_when_the_asker_has_left_and_says_so_when_the_hub_stops(stage: TransactionStage) -> None:
    done, go = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await go.wait()
        done.set()

    asking = asyncio.create_task(stage.transactions.world.carried(work()))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    go.set()
    async with asyncio.timeout(5):
        await done.wait()
    errands = aiojobs.Scheduler(limit=None, close_timeout=0.01)
    stopping = evolve(stage.transactions.world, spawn=errands.spawn)
    waiting = asyncio.create_task(stopping.carried(asyncio.sleep(60)))
    await asyncio.sleep(0.01)
    await errands.close()
    with pytest.raises(Unavailable):
        await waiting
