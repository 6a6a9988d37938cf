"""One try: what is sent, what is noted, what the deliverer is told."""

import asyncio
import time
from uuid import uuid4

import pytest

from actors import kinds
from actors.kernel import System
from actors.kernel.testkit import kind_from
from actors.webhook_errand import Over
from hub.webhook.retry import Answer
from storage.database import Database
from tests.actors.webhook_stage import Replica, line
from tests.storage.webhook_scene import FAILED, NOON


class Trial(Replica):
    """A replica whose errands are run by hand."""

    async def run(self) -> Over:
        """Makes the next try; what the deliverer is told."""
        told: asyncio.Queue[Over] = asyncio.Queue()

        async def keep(mail: object) -> None:
            told.put_nowait(mail.message)  # type: ignore[attr-defined]

        system = System()
        system.register(kind_from(kinds.WEBHOOK, keep))
        (due,) = await self.dispatch.due(self.webhook_id, (), 1)
        if self.away:
            await self.database.close()
        await self.errand.run(self.held(), due, system.ref(kinds.WEBHOOK, self.webhook_id))
        async with asyncio.timeout(5):
            over = await told.get()
        await system.drain(1.0)
        return over

    away = False


@pytest.fixture
async def trial(database: Database) -> Trial:
    trial = Trial(database)
    await trial.set()
    return trial


async def test_what_is_delivered_is_signed_and_noted(trial: Trial) -> None:
    event_id = await trial.happens(line(1))
    await trial.fill()
    assert await trial.run() == Over(line(1), "delivered", settled=True)
    (headers,) = trial.receiver.headers
    assert headers["webhook-id"] == str(event_id)
    assert int(headers["webhook-timestamp"]) == int(NOON.timestamp()) != int(time.time())
    assert headers["webhook-signature"].startswith("v1,")
    assert await trial.states() == {1: "delivered"}


async def test_what_is_not_taken_stays_pending(trial: Trial) -> None:
    await trial.happens(line(1))
    await trial.fill()
    trial.receiver.answers = lambda seq: Answer(503, "status", 0.1, 7.0)
    over = await trial.run()
    assert over == Over(line(1), "retried", settled=False, retry_after=7.0)
    assert over.endpoint_failed
    assert await trial.states() == {1: "pending"}


async def test_one_whose_event_is_gone_is_given_up_and_nobody_is_to_blame(trial: Trial) -> None:
    await trial.happens(line(1))
    await trial.fill()
    await trial.execute("delete from events")
    over = await trial.run()
    assert (over.outcome, over.settled, over.endpoint_failed) == ("expired", True, False)
    assert trial.receiver.seqs == []
    assert await trial.states() == {1: "dead"}


async def test_a_test_is_sent_without_an_event(trial: Trial) -> None:
    await trial.deliveries.test(trial.webhook_id, uuid4())
    assert (await trial.run()).outcome == "delivered"
    assert trial.receiver.seqs == [0]


async def test_an_end_that_cannot_be_noted_settles_nothing(trial: Trial) -> None:
    await trial.happens(line(1))
    await trial.fill()
    trial.away = True
    over = await trial.run()
    assert over == Over(line(1))
    assert not over.endpoint_failed
    await trial.database.open()
    assert await trial.states() == {1: "pending"}


async def test_the_last_try_ends_it(trial: Trial) -> None:
    await trial.happens(line(1))
    await trial.fill()
    await trial.execute("update webhook_deliveries set attempts = 4")
    trial.receiver.answers = lambda seq: FAILED
    over = await trial.run()
    assert (over.outcome, over.settled, over.endpoint_failed) == ("dead", True, True)
