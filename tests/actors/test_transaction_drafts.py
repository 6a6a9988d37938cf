"""Drafts as the tools have them: made, agreed to, committed once, and what stands in the way."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from hub.errors import (
    CircuitOpen,
    ConfirmationInvalid,
    ConfirmationRequired,
    DraftChanged,
    DraftExpired,
    DraftStateConflict,
    IntegrationError,
    IntegrationTimeout,
    NotFound,
    RequestInProgress,
    WindowClosed,
)
from hub.ids import uuid7
from hub.integration.transaction import DraftState as ProviderState
from hub.money import Money
from hub.transaction.answer import CommitAnswer, CommitStatus, ConfirmationStatus
from storage.database import Database
from tests.web.transaction_stage import TransactionStage, staged_transactions


@pytest.fixture
async def stage(database: Database, aiohttp_client: Any) -> AsyncIterator[TransactionStage]:
    async with staged_transactions(database, aiohttp_client) as stage:
        yield stage


async def test_from_wish_to_payment(stage: TransactionStage) -> None:
    made = await stage.make()
    assert (made.state, made.confirmation.status) == ("awaiting_confirmation", ConfirmationStatus.ASKED)
    assert made.confirmation.token is None
    draft = await stage.row(made.id)
    prompt = await stage.value("select text from messages where id = $1", draft.asked.message_ids[0])
    assert "60.00 USD" in prompt
    with pytest.raises(ConfirmationRequired):
        await stage.drafts_of_ai.commit(stage.call, made.id, "")
    await stage.replies("Confirm", "cfm:" + draft.asked.nonce)
    await stage.until(made.id, "confirmed")
    token = (await stage.drafts_of_ai.get(stage.call, made.id)).confirmation.token
    assert token is not None
    done = await stage.drafts_of_ai.commit(stage.call, made.id, token)
    assert (done.status, done.replayed, done.draft.transaction_id) == (CommitStatus.OK, False, "tx-1")
    again = await stage.drafts_of_ai.commit(stage.call, made.id, token)
    assert (again.status, again.replayed, again.draft.transaction_id) == (CommitStatus.OK, True, "tx-1")
    assert stage.back_end.calls["commit"] == 1
    phases = [row["phase"] for row in await stage.trail(made.id)]
    assert (phases.count("intent"), phases.count("outcome")) == (2, 2)


async def test_only_the_principal_that_made_it_is_told_the_token(stage: TransactionStage) -> None:
    draft_id, token = await stage.agreed()
    other = evolve(stage.call, principal="ai:other")
    assert (await stage.drafts_of_ai.get(other, draft_id)).confirmation.token is None
    with pytest.raises(ConfirmationInvalid):
        await stage.drafts_of_ai.commit(other, draft_id, token)
    with pytest.raises(NotFound):
        await stage.drafts_of_ai.get(evolve(stage.call, conversation_id=uuid7()), draft_id)


async def test_of_fifty_commits_at_once_one_reaches_the_back_end(stage: TransactionStage) -> None:
    draft_id, token = await stage.agreed()
    stage.back_end.gate.clear()
    commits = [asyncio.create_task(stage.drafts_of_ai.commit(stage.call, draft_id, token)) for _ in range(50)]
    await stage.until(draft_id, "committing")
    await asyncio.wait(commits, timeout=0.2)
    stage.back_end.gate.set()
    outcomes = await asyncio.gather(*commits, return_exceptions=True)
    words = Counter(each.status if isinstance(each, CommitAnswer) else type(each) for each in outcomes)
    assert words.keys() <= {CommitStatus.OK, RequestInProgress}
    assert words[CommitStatus.OK] >= 1
    assert stage.back_end.calls["commit"] == 1
    assert len(stage.back_end.moved) == 1


async def test_who_leaves_does_not_stop_what_was_begun(stage: TransactionStage) -> None:
    draft_id, token = await stage.agreed()
    stage.back_end.gate.clear()
    asking = asyncio.create_task(stage.drafts_of_ai.commit(stage.call, draft_id, token))
    await stage.until(draft_id, "committing")
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    stage.back_end.gate.set()
    assert (await stage.until(draft_id, "committed")).transaction_id == "tx-1"


async def test_a_lost_answer_is_told_as_such_and_found_out(stage: TransactionStage) -> None:
    draft_id, token = await stage.agreed()
    stage.back_end.plan("commit", "lost after")
    answer = await stage.drafts_of_ai.commit(stage.call, draft_id, token)
    assert (answer.status, answer.draft.state) == (CommitStatus.COMMIT_UNKNOWN, "commit_unknown")
    again = await stage.drafts_of_ai.commit(stage.call, draft_id, token)
    assert again.status is CommitStatus.COMMIT_UNKNOWN
    await stage.until(draft_id, "committed")
    assert (await stage.drafts_of_ai.commit(stage.call, draft_id, token)).status is CommitStatus.OK
    assert len(stage.back_end.moved) == 1


async def test_a_refused_commit_is_a_failure(stage: TransactionStage) -> None:
    draft_id, token = await stage.agreed()
    stage.back_end.plan("commit", "refused")
    with pytest.raises(IntegrationError):
        await stage.drafts_of_ai.commit(stage.call, draft_id, token)
    assert (await stage.row(draft_id)).state == "failed"
    with pytest.raises(DraftStateConflict):
        await stage.drafts_of_ai.commit(stage.call, draft_id, token)


async def test_while_the_back_end_cannot_be_asked_it_stays_confirmed(stage: TransactionStage) -> None:
    draft_id, token = await stage.agreed()
    stage.back_end.plan("get", "open")
    with pytest.raises(CircuitOpen):
        await stage.drafts_of_ai.commit(stage.call, draft_id, token)
    assert (await stage.row(draft_id)).state == "confirmed"
    assert (await stage.drafts_of_ai.commit(stage.call, draft_id, token)).status is CommitStatus.OK


async def test_what_the_back_end_has_changed_is_not_committed(stage: TransactionStage) -> None:
    draft_id, token = await stage.agreed()
    stage.back_end.plan("get", "wrong")
    with pytest.raises(DraftChanged):
        await stage.drafts_of_ai.commit(stage.call, draft_id, token)
    assert stage.back_end.calls["commit"] == 0
    await stage.until(draft_id, "cancelled")


async def test_another_draft_than_was_asked_for_is_not_shown_to_the_customer(stage: TransactionStage) -> None:
    stage.back_end.plan("create", "wrong")
    with pytest.raises(IntegrationError) as refused:
        await stage.make()
    assert refused.value.extra == {"reason": "draft_mismatch"}
    assert await stage.value("select count(*) from messages where sender_type = 'system'") == 0
    assert await stage.value("select operation from dead_letters") == "create_draft"
    await stage.make()


async def test_a_draft_whose_answer_was_lost_is_found_and_put_to_the_customer(stage: TransactionStage) -> None:
    stage.back_end.plan("create", "lost after")
    with pytest.raises(IntegrationTimeout) as late:
        await stage.make()
    draft_id = await stage.value("select id from transaction_drafts")
    assert late.value.extra == {"draft_id": str(draft_id), "current_state": "create_unknown"}
    with pytest.raises(DraftStateConflict):
        await stage.make()
    await stage.until(draft_id, "awaiting_confirmation")
    assert len(stage.back_end.kept) == 1


@pytest.mark.parametrize(("met", "problem"), [("refused", IntegrationError), ("open", CircuitOpen)])
async def test_a_draft_that_was_not_made_leaves_room_for_the_next(
    stage: TransactionStage, met: str, problem: type[Exception]
) -> None:
    stage.back_end.plan("create", met)
    with pytest.raises(problem):
        await stage.make()
    await stage.make()


async def test_a_customer_who_cannot_be_asked_ends_it(stage: TransactionStage) -> None:
    stage.ahead += timedelta(days=2)
    with pytest.raises(WindowClosed):
        await stage.make()
    draft_id = await stage.value("select id from transaction_drafts")
    assert (await stage.row(draft_id)).reason == "window_closed"


async def test_only_the_conversations_own_customer_pays(stage: TransactionStage) -> None:
    mine = await stage.customer_id()
    await stage.begin()
    with pytest.raises(NotFound):
        await stage.drafts_of_ai.create(stage.call, mine, Money(1, "USD"), "x")


async def test_guesses_end_the_draft(stage: TransactionStage) -> None:
    made = await stage.make()
    for _ in range(5):
        with pytest.raises(ConfirmationInvalid):
            await stage.drafts_of_ai.commit(stage.call, made.id, "cft_guess")
    assert (await stage.row(made.id)).reason == "wrong_tokens"
    with pytest.raises(DraftStateConflict):
        await stage.drafts_of_ai.commit(stage.call, made.id, "cft_guess")


async def test_what_is_cancelled_is_given_up_over_there_too(stage: TransactionStage) -> None:
    draft_id, token = await stage.agreed()
    cancelled = await stage.drafts_of_ai.cancel(stage.call, draft_id)
    assert (cancelled.state, cancelled.confirmation.status) == ("cancelled", ConfirmationStatus.OVER)
    with pytest.raises(DraftStateConflict):
        await stage.drafts_of_ai.commit(stage.call, draft_id, token)
    async with asyncio.timeout(10):
        while (await stage.row(draft_id)).withdraw:
            await asyncio.sleep(0.02)
    assert [kept.state for kept in stage.back_end.kept.values()] == [ProviderState.CANCELLED]
    assert stage.back_end.moved == []


async def test_a_lapsed_draft_says_so(stage: TransactionStage) -> None:
    draft_id, token = await stage.agreed()
    await stage.stop_looking()
    await stage.hurry(draft_id, minutes=31)
    with pytest.raises(DraftExpired):
        await stage.drafts_of_ai.commit(stage.call, draft_id, token)
    assert (await stage.row(draft_id)).state == "expired"
