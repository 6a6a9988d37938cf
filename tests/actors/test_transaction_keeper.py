"""The keeper finds what is due, hears customers at once, and tells each decision once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from actors.transaction_keeper import TransactionKeeper
from hub.events import Audience, EventType
from hub.frame import Frame
from hub.transaction.approval import ApprovalState
from hub.transaction.ending import Verdict
from storage.database import Database
from tests.web.transaction_stage import TransactionStage, staged_transactions


@pytest.fixture
async def stage(database: Database, aiohttp_client: Any) -> AsyncIterator[TransactionStage]:
    async with staged_transactions(database, aiohttp_client) as stage:
        yield stage


def frame(kind: str, conversation_id: object) -> Frame:
    return Frame(kind, 1, None, Audience(), conversation_id, b"{}")  # type: ignore[arg-type]


async def test_a_message_wakes_it_where_an_answer_is_expected(stage: TransactionStage) -> None:
    await stage.stop_looking()
    await stage.make()
    news = asyncio.Event()
    keeper = TransactionKeeper(stage.transactions.world, news)
    await keeper.look()
    for ignored in (frame(EventType.MESSAGE_RECEIVED, uuid4()), frame(EventType.MESSAGE_SENT, stage.conversation_id)):
        keeper.push([ignored])
        assert not news.is_set()
    keeper.push([frame(EventType.MESSAGE_RECEIVED, stage.conversation_id)])
    assert news.is_set()


async def test_each_decision_is_told_once_by_however_many(stage: TransactionStage) -> None:
    await stage.stop_looking()
    made = await stage.make("2000.00")
    await stage.replies((await stage.row(made.id)).asked.code)
    keepers = [TransactionKeeper(stage.transactions.world, asyncio.Event()) for _ in range(3)]
    await asyncio.gather(*(keeper.look() for keeper in keepers))
    await stage.until(made.id, "confirmed")
    token = (await stage.drafts_of_ai.get(stage.call, made.id)).confirmation.token
    assert token is not None
    await stage.drafts_of_ai.commit(stage.call, made.id, token)
    draft = await stage.row(made.id)
    assert draft.terms is not None
    verdict = Verdict(stage.supervisor_reader, ApprovalState.REJECTED, draft.terms.hex())
    await stage.drafts_of_ai.decide(stage.call, made.id, verdict)
    await asyncio.gather(*(keeper.look() for keeper in keepers))
    async with stage.database.acquire() as connection:
        rows = await connection.fetch(
            "select type, data, team_id from events where type like 'approval.%' order by seq"
        )
    assert [row["type"] for row in rows] == ["approval.requested", "approval.decided"]
    assert [row["data"]["approval"]["state"] for row in rows] == ["pending", "rejected"]
    assert {row["team_id"] for row in rows} == {stage.team_id}
    assert await stage.value("select count(*) from announcements") == 0


async def test_a_database_that_is_away_is_asked_again(stage: TransactionStage) -> None:
    made = await stage.make()
    await stage.database.close()
    await asyncio.sleep(0.1)
    await stage.database.open()
    await stage.replies((await stage.row(made.id)).asked.code)
    await stage.until(made.id, "confirmed")
