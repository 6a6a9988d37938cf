"""The keeper: which endpoints are ours, and who is woken by what."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from actors.webhook import Look
from actors.webhook_keeper import WebhookKeeper
from hub.webhook.endpoint import DisabledReason
from storage.database import Database
from tests.actors.webhook_stage import Replica, line


@asynccontextmanager
async def kept(database: Database, every: float) -> AsyncIterator[tuple[Replica, WebhookKeeper]]:
    stage = Replica(database)
    await stage.set()
    keeper = WebhookKeeper(stage.system, stage.dispatch, every)
    running = asyncio.create_task(keeper.run())
    try:
        yield stage, keeper
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await stage.stop()


async def test_what_happens_is_delivered_without_anybody_asking(database: Database) -> None:
    async with kept(database, every=0.02) as (stage, _):
        await stage.happens(line(1))
        await stage.delivers(1, going_on=False)


async def test_news_do_not_wait_for_the_next_look(database: Database) -> None:
    async with kept(database, every=600.0) as (stage, keeper):
        await asyncio.sleep(0.2)
        await stage.happens(line(1))
        await asyncio.sleep(0.2)
        assert stage.receiver.seqs == []
        keeper.news()
        await stage.delivers(1, going_on=False)


async def test_a_retry_that_is_due_is_found_by_a_look(database: Database) -> None:
    async with kept(database, every=0.02) as (stage, _):
        await stage.happens(line(1))
        await stage.delivers(1, going_on=False)
        await stage.execute(
            "update webhook_deliveries set state = 'pending', next_try_at = clock_timestamp() + interval '300 ms'"
        )
        await stage.delivers(1, going_on=False)
        assert stage.receiver.seqs == [1, 1]


async def test_a_disabled_one_is_let_go(database: Database) -> None:
    async with kept(database, every=0.02) as (stage, keeper):
        await stage.happens(line(1))
        await stage.delivers(1, going_on=False)
        await stage.dispatch.disable(stage.webhook_id, DisabledReason.GONE)
        await asyncio.sleep(0.1)
        await stage.execute("update webhook_deliveries set state = 'pending', next_try_at = now()")
        keeper.news()
        stage.tell(Look())
        await asyncio.sleep(0.2)
        assert stage.receiver.seqs == [1]


async def test_nothing_is_begun_once_the_hub_is_about_to_stop(database: Database) -> None:
    async with kept(database, every=0.02) as (stage, keeper):
        await stage.happens(line(1))
        await stage.delivers(1, going_on=False)
        keeper.close()
        await stage.happens(line(1))
        keeper.news()
        await asyncio.sleep(0.2)
        assert stage.receiver.seqs == [1]


async def test_a_database_that_is_away_is_asked_again(database: Database) -> None:
    async with kept(database, every=0.02) as (stage, _):
        await database.close()
        await asyncio.sleep(0.1)
        await database.open()
        await stage.happens(line(1))
        await stage.delivers(1, going_on=False)
