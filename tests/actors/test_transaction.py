"""What is done about a draft by itself: every wait ends, and what was lost is found out with the same key."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from actors import kinds
from actors.transaction import MOST_WITHDRAWALS, Look
from hub.transaction.approval import ApprovalState
from hub.transaction.ending import Verdict
from storage.database import Database
from tests.web.transaction_stage import TransactionStage, staged_transactions


@pytest.fixture
async def stage(database: Database, aiohttp_client: Any) -> AsyncIterator[TransactionStage]:
    async with staged_transactions(database, aiohttp_client) as stage:
        yield stage


async def test_a_question_that_was_not_understood_is_put_once_more(stage: TransactionStage) -> None:
    made = await stage.make()
    await stage.replies("yes but only 50")
    for _ in range(2):
        draft = await stage.until(made.id, "awaiting_confirmation")
        while len(draft.asked.message_ids) < 2:
            draft = await stage.row(made.id)
        await stage.replies("hmm")
    assert await stage.value("select count(*) from messages where sender_type = 'system'") == 2
    await stage.replies(draft.asked.code)
    await stage.until(made.id, "confirmed")


@pytest.mark.parametrize(
    ("agreed", "minutes", "reason"),
    [(False, 31, "draft_expired"), (True, 11, "confirmation_expired")],
)
async def test_what_nobody_goes_on_with_lapses_and_is_given_up(
    stage: TransactionStage, agreed: bool, minutes: int, reason: str
) -> None:
    draft_id = (await stage.agreed())[0] if agreed else (await stage.make()).id
    await stage.hurry(draft_id, minutes=minutes)
    draft = await stage.until(draft_id, "expired")
    assert draft.reason == reason
    while draft.withdraw:
        draft = await stage.row(draft_id)
    assert stage.back_end.calls["cancel"] == 1


async def approved(stage: TransactionStage, *looks: str) -> UUID:
    """A draft above the limit that a supervisor has approved; what looks at the back end's draft meet then."""
    draft_id, token = await stage.agreed("1000.01")
    await stage.drafts_of_ai.commit(stage.call, draft_id, token)
    stage.back_end.plan("get", *looks)
    draft = await stage.row(draft_id)
    assert draft.terms is not None
    verdict = Verdict(stage.supervisor_reader, ApprovalState.APPROVED, draft.terms.hex())
    await stage.drafts_of_ai.decide(stage.call, draft_id, verdict)
    return draft_id


async def test_what_was_approved_is_carried_out_by_the_hub(stage: TransactionStage) -> None:
    draft_id = await approved(stage)
    draft = await stage.until(draft_id, "committed")
    assert (draft.transaction_id, draft.approval_id is not None) == ("tx-1", True)
    assert stage.back_end.calls["commit"] == 1


async def test_what_was_approved_waits_for_a_back_end_that_is_away(stage: TransactionStage) -> None:
    draft_id = await approved(stage, "open", "open")
    await stage.until(draft_id, "committed")
    assert stage.back_end.calls["get"] == 1 + 3


async def test_what_the_back_end_has_changed_meanwhile_is_not_carried_out(stage: TransactionStage) -> None:
    draft = await stage.until(await approved(stage, "wrong"), "cancelled")
    assert (draft.reason, stage.back_end.calls["commit"]) == ("draft_changed", 0)


async def unknown(stage: TransactionStage, *outcomes: str) -> UUID:
    """A draft whose commit met this, and nobody looks yet."""
    draft_id, token = await stage.agreed()
    await stage.stop_looking()
    stage.back_end.plan("commit", *outcomes)
    await stage.drafts_of_ai.commit(stage.call, draft_id, token)
    return draft_id


@pytest.mark.parametrize("met", ["lost before", "lost after", "open"])
async def test_a_commit_whose_answer_was_lost_is_made_once(stage: TransactionStage, met: str) -> None:
    draft_id = await unknown(stage, met)
    await stage.hurry(draft_id, seconds=2)
    stage.look()
    assert (await stage.until(draft_id, "committed")).transaction_id == "tx-1"
    assert len(stage.back_end.moved) == 1
    asked_again = stage.back_end.calls["commit"]
    assert asked_again == (1 if met == "lost after" else 2)


async def test_what_is_not_found_out_in_time_is_a_persons_to_see_to(stage: TransactionStage) -> None:
    draft_id = await unknown(stage, *["lost before"] * 8)
    stage.look()
    for _ in range(12):
        await stage.hurry(draft_id, minutes=5)
        if (await stage.row(draft_id)).state == "manual_review":
            break
        await stage.until(draft_id, "commit_unknown", "manual_review")
    draft = await stage.until(draft_id, "manual_review")
    assert draft.search.tries == 7
    assert stage.back_end.moved == []
    assert await stage.value("select operation from dead_letters where ref_id = $1", draft_id) == "commit_draft"


async def test_what_a_replica_died_with_is_found_out(stage: TransactionStage) -> None:
    draft_id, token = await stage.agreed()
    stage.back_end.plan("commit", "lost after")
    await stage.drafts_of_ai.commit(stage.call, draft_id, token)
    await stage.execute("update transaction_drafts set state = 'committing', replica = 99, due = now() + '1m'")
    await stage.until(draft_id, "committed")
    assert len(stage.back_end.moved) == 1
    states = [(row["state_before"], row["state_after"]) for row in await stage.trail(draft_id)]
    assert ("committing", "commit_unknown") in states


async def test_a_back_end_that_takes_no_word_of_the_end_is_a_persons_to_tell(stage: TransactionStage) -> None:
    draft_id, _ = await stage.agreed()
    stage.back_end.plan("cancel", *["lost before"] * MOST_WITHDRAWALS)
    await stage.drafts_of_ai.cancel(stage.call, draft_id)
    while (await stage.row(draft_id)).withdraw:
        await stage.hurry(draft_id, minutes=1)
    assert stage.back_end.calls["cancel"] == MOST_WITHDRAWALS
    assert await stage.value("select operation from dead_letters where ref_id = $1", draft_id) == "cancel_draft"


async def test_an_unclaimed_look_does_nothing_that_another_replica_may_do(stage: TransactionStage) -> None:
    draft_id = await unknown(stage, "lost before")
    await stage.hurry(draft_id, minutes=1)
    await stage.system.ref(kinds.TRANSACTION, draft_id).ask(Look(), timeout=5.0)
    assert (await stage.row(draft_id)).search.tries == 0
    await stage.system.ref(kinds.TRANSACTION, draft_id).ask(Look(claimed=True), timeout=5.0)
    assert (await stage.row(draft_id)).state == "committed"
