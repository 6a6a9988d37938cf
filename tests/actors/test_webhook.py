"""An endpoint's deliverer: order, how much at once, and what it does with an endpoint that fails."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from actors import webhook
from actors.webhook import Look, Pace, Released
from hub.webhook.retry import RESTS_AFTER, Answer, Retries
from storage.database import Database
from tests.actors.webhook_stage import QUICK, Replica, line
from tests.storage.webhook_scene import FAILED, OK


@asynccontextmanager
async def replica(database: Database, pace: Pace | None = None, retries: Retries = QUICK) -> AsyncIterator[Replica]:
    stage = Replica(database, pace, retries)
    await stage.set()
    try:
        yield stage
    finally:
        await stage.stop()


async def test_conversations_go_side_by_side_and_each_in_order(database: Database) -> None:
    async with replica(database) as stage:
        for n in range(30):
            await stage.happens(line(n % 6 + 1))
        await stage.delivers(*range(1, 31))
        assert (stage.receiver.most, stage.receiver.most_of_a_line) == (4, 1)
        assert sorted(stage.receiver.seqs) == list(range(1, 31))
        for n in range(6):
            seqs = [seq for seq in stage.receiver.seqs if (seq - 1) % 6 == n]
            assert seqs == sorted(seqs)
        assert stage.outcomes == ["delivered"] * 30


async def test_what_comes_behind_one_that_fails_waits_and_others_go_on(database: Database) -> None:
    async with replica(database) as stage:
        stage.receiver.answers = lambda seq: FAILED if seq == 1 and stage.receiver.seqs.count(1) < 4 else OK
        for n in (1, 1, 2, 2):
            await stage.happens(line(n))
        await stage.delivers(1, 2, 3, 4)
        seqs = stage.receiver.seqs
        assert seqs.count(1) == 4
        assert seqs.index(2) > max(index for index, seq in enumerate(seqs) if seq == 1)
        assert seqs.index(4) < seqs.index(2)


async def test_after_the_last_try_the_next_one_goes(database: Database) -> None:
    async with replica(database) as stage:
        stage.receiver.answers = lambda seq: FAILED if seq == 1 else OK
        await stage.happens(line(1))
        await stage.happens(line(1))
        await stage.delivers(2)
        assert await stage.states() == {1: "dead", 2: "delivered"}
        assert stage.receiver.seqs == [1] * QUICK.tries + [2]


async def test_an_endpoint_that_is_down_is_not_asked_for_each_conversation(database: Database) -> None:
    slow = Retries(tries=5, first=60.0, most=60.0, rest_most=60.0)
    async with replica(database, retries=slow) as stage:
        stage.receiver.answers = lambda seq: FAILED
        for n in range(40):
            await stage.happens(line(n + 1))
        await stage.rest()
        assert RESTS_AFTER <= len(stage.receiver.seqs) < RESTS_AFTER + 4


async def test_one_that_is_down_is_tried_with_one_at_a_time_until_it_is_back(database: Database) -> None:
    async with replica(database, retries=Retries(tries=99, first=0.01, most=0.01, rest_most=0.01)) as stage:
        stage.receiver.answers = lambda seq: FAILED
        for n in range(20):
            await stage.happens(line(n + 1))

        async def down() -> bool:
            return len(stage.receiver.seqs) > RESTS_AFTER + 4 and stage.receiver.at_once == 0

        await stage.until(down)
        stage.receiver.most, seen = 0, len(stage.receiver.seqs)

        async def tried() -> bool:
            return len(stage.receiver.seqs) > seen + 4

        await stage.until(tried)
        assert stage.receiver.most == 1
        stage.receiver.answers = lambda seq: OK
        await stage.delivers(*range(1, 21))
        assert stage.receiver.most > 1


async def test_a_receiver_that_asks_for_a_pause_gets_it(database: Database) -> None:
    async with replica(database) as stage:
        stage.receiver.answers = lambda seq: Answer(429, "status", 0.1, 60.0)
        for n in range(20):
            await stage.happens(line(n + 1))
        await stage.rest()
        assert 1 <= len(stage.receiver.seqs) <= 4


async def test_410_disables_it_and_nothing_more_is_sent(database: Database) -> None:
    async with replica(database, Pace(in_flight=1, longest=1.0)) as stage:
        stage.receiver.answers = lambda seq: Answer(410, "status", 0.1)
        for n in range(5):
            await stage.happens(line(n + 1))
        await stage.rest()
        assert stage.receiver.seqs == [1]
        found = await stage.endpoints.find(stage.webhook_id)
        assert found is not None
        assert (found.enabled, found.disabled_reason) == (False, "gone")
        assert set((await stage.states()).values()) == {"pending"}


async def test_one_that_has_failed_for_too_long_is_disabled(database: Database) -> None:
    async with replica(database, Pace(in_flight=1, longest=1.0, patience=0.0)) as stage:
        stage.receiver.answers = lambda seq: FAILED
        await stage.happens(line(1))
        await stage.rest()
        found = await stage.endpoints.find(stage.webhook_id)
        assert found is not None
        assert found.disabled_reason == "failing"


async def test_a_success_ends_failing(database: Database) -> None:
    async with replica(database) as stage:
        stage.receiver.answers = lambda seq: FAILED if len(stage.receiver.seqs) == 1 else OK
        await stage.happens(line(1))
        await stage.delivers(1)

        async def well() -> bool:
            return await stage.value("select failing_since from webhooks") is None

        await stage.until(well)
        assert stage.receiver.seqs == [1, 1]


async def test_nothing_is_begun_that_could_outlast_the_lease(database: Database) -> None:
    async with replica(database) as stage:
        await stage.happens(line(1))
        stage.tell(stage.held(seconds=0.9))
        stage.tell(Look())
        await asyncio.sleep(0.2)
        assert stage.receiver.seqs == []
        stage.tell(stage.held())
        await stage.delivers(1, going_on=False)


async def test_nothing_is_begun_for_one_that_is_not_ours(database: Database) -> None:
    async with replica(database) as stage:
        stage.receiver.gate.clear()
        for n in (1, 1, 2):
            await stage.happens(line(n))
        await stage.goes_on()
        await asyncio.sleep(0.2)
        stage.tell(Released())
        stage.receiver.gate.set()
        stage.tell(Look())
        await asyncio.sleep(0.2)
        assert stage.receiver.seqs == [1, 3]
        await stage.delivers(1, 2, 3)


async def test_a_long_log_is_read_page_by_page(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "EVENTS", 2)
    monkeypatch.setattr(webhook, "AT_HAND", 3)
    async with replica(database) as stage:
        for _ in range(9):
            await stage.happens(line(1))
        await stage.goes_on()
        await stage.delivers(*range(1, 10), going_on=False)


async def test_events_that_the_log_has_dropped_are_counted(database: Database) -> None:
    async with replica(database) as stage:
        for _ in range(3):
            await stage.happens(line(1))
        await stage.execute("delete from events where seq <= 2")
        await stage.execute("update journal_head set trimmed = 2")
        await stage.delivers(3)
        assert stage.missed == [2]


async def test_a_database_that_is_away_is_waited_for(database: Database) -> None:
    async with replica(database) as stage:
        stage.receiver.gate.clear()
        await stage.happens(line(1))
        await stage.happens(line(1))
        await stage.goes_on()
        await asyncio.sleep(0.2)
        await database.close()
        stage.receiver.gate.set()
        stage.tell(Look())
        await asyncio.sleep(0.2)
        await database.open()
        await stage.delivers(1, 2)
        assert stage.receiver.seqs == [1, 1, 2]
