"""One call and what its end is written as."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from actors.transaction_call import TransactionCalls
from hub.transaction.settling import Result
from hub.transaction.state import Trigger
from storage.database import Database
from tests.web.transaction_stage import TransactionStage, staged_transactions

TOOL = "commit_transaction"


@pytest.fixture
async def stage(database: Database, aiohttp_client: Any) -> AsyncIterator[TransactionStage]:
    async with staged_transactions(database, aiohttp_client) as stage:
        yield stage


async def test_a_late_answer_does_not_change_what_was_found_out(stage: TransactionStage) -> None:
    draft_id, token = await stage.agreed()
    await stage.drafts_of_ai.commit(stage.call, draft_id, token)
    draft, calls = await stage.row(draft_id), TransactionCalls(stage.transactions.world)
    late = await calls.settle(draft, Result(trigger=Trigger.REFUSED), stage.call, TOOL)
    assert late.move.draft == draft
    assert draft.state == "committed"


async def test_the_trail_tells_how_long_it_took(stage: TransactionStage) -> None:
    draft_id, token = await stage.agreed()
    await stage.drafts_of_ai.commit(stage.call, draft_id, token)
    outcome = (await stage.trail(draft_id))[-1]
    assert (outcome["phase"], outcome["state_after"]) == ("outcome", "committed")
    assert outcome["latency_ms"] >= 0
    assert outcome["actor"] == stage.call.principal


async def test_a_draft_that_the_back_end_does_not_know_is_left_to_the_commit(stage: TransactionStage) -> None:
    draft_id, _ = await stage.agreed()
    stage.back_end.kept.clear()
    assert await TransactionCalls(stage.transactions.world).same(await stage.row(draft_id), stage.call, 5.0)
