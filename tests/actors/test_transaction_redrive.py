"""Dead letters about drafts: doing one again looks once more, and never pays twice."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve

from hub.dead_letter import DeadLetter, Step
from hub.errors import IntegrationTimeout
from hub.ids import uuid7
from storage.database import Database
from tests.web.transaction_stage import TransactionStage, staged_transactions


@pytest.fixture
async def stage(database: Database, aiohttp_client: Any) -> AsyncIterator[TransactionStage]:
    async with staged_transactions(database, aiohttp_client) as stage:
        yield stage


async def reviewed(stage: TransactionStage, *outcomes: str) -> UUID:
    """A draft that a person has to see to; its commit met this."""
    draft_id, token = await stage.agreed()
    await stage.stop_looking()
    stage.back_end.plan("commit", *outcomes)
    await stage.drafts_of_ai.commit(stage.call, draft_id, token)
    await stage.execute("update transaction_drafts set state = 'manual_review', due = null")
    return draft_id


async def letter(stage: TransactionStage, draft_id: UUID, operation: str) -> DeadLetter:
    at = stage.clock()
    return DeadLetter(
        id=uuid7(),
        integration="transaction_create",
        operation=operation,
        kind="review",
        problem="no_answer",
        ref_id=draft_id,
        state="redriving",
        times=1,
        first_at=at,
        last_at=at,
    )


async def redriven(stage: TransactionStage, draft_id: UUID, operation: str) -> Step:
    redriver = stage.transactions.redrivers()["transaction_create", operation]
    return await redriver(await letter(stage, draft_id, operation))


@pytest.mark.parametrize("met", ["lost before", "lost after"])
async def test_a_commit_is_found_out(stage: TransactionStage, met: str) -> None:
    draft_id = await reviewed(stage, met)
    assert await redriven(stage, draft_id, "commit_draft") is Step.DONE
    assert (await stage.row(draft_id)).state == "committed"
    assert len(stage.back_end.moved) == 1
    assert await redriven(stage, draft_id, "commit_draft") is Step.UNWANTED


async def test_while_nobody_can_tell_it_stays_for_a_person(stage: TransactionStage) -> None:
    draft_id = await reviewed(stage, "lost before", "lost before")
    with pytest.raises(IntegrationTimeout):
        await redriven(stage, draft_id, "commit_draft")
    assert (await stage.row(draft_id)).state == "manual_review"


async def test_the_end_is_told_once_more(stage: TransactionStage) -> None:
    draft_id, _ = await stage.agreed()
    assert await redriven(stage, draft_id, "cancel_draft") is Step.UNWANTED
    await stage.stop_looking()
    await stage.drafts_of_ai.cancel(stage.call, draft_id)
    assert await redriven(stage, draft_id, "cancel_draft") is Step.DONE
    assert stage.back_end.calls["cancel"] == 1


async def test_what_is_gone_or_over_is_not_wanted(stage: TransactionStage) -> None:
    made = await stage.make()
    assert await redriven(stage, made.id, "create_draft") is Step.UNWANTED
    assert await redriven(stage, uuid7(), "commit_draft") is Step.UNWANTED
    lost = evolve(await letter(stage, made.id, "cancel_draft"), ref_id=None)
    assert await stage.transactions.redrivers()["transaction_create", "cancel_draft"](lost) is Step.UNWANTED
