"""What is counted of drafts and approvals."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub.transaction.approval import ApprovalState
from hub.transaction.ending import Verdict
from storage.database import Database
from tests.web.transaction_stage import TransactionStage, staged_transactions
from web.transaction_metrics import TransactionMetrics


@pytest.fixture
async def stage(database: Database, aiohttp_client: Any) -> AsyncIterator[TransactionStage]:
    async with staged_transactions(database, aiohttp_client) as stage:
        yield stage


def figure(stage: TransactionStage, name: str, **labels: str) -> float | None:
    found: float | None = stage.figures.get_sample_value(name, labels)
    return found


async def test_drafts_and_approvals_are_counted(stage: TransactionStage) -> None:
    assert figure(stage, "hub_transaction_drafts_total", state="committed") == 0
    draft_id, token = await stage.agreed("2000.00")
    await stage.drafts_of_ai.commit(stage.call, draft_id, token)
    metrics: TransactionMetrics = stage.transactions.figures
    metrics.depth(await stage.transaction_drafts.depth())
    assert figure(stage, "hub_transaction_drafts_open", state="awaiting_approval") == 1
    assert figure(stage, "hub_ai_approvals_pending") == 1
    assert (figure(stage, "hub_ai_approvals_oldest_pending_timestamp_seconds") or 0) > 1_700_000_000
    draft = await stage.row(draft_id)
    assert draft.terms is not None
    await stage.drafts_of_ai.decide(
        stage.call, draft_id, Verdict(stage.supervisor_reader, ApprovalState.APPROVED, draft.terms.hex())
    )
    await stage.until(draft_id, "committed")
    metrics.depth(await stage.transaction_drafts.depth())
    assert figure(stage, "hub_transaction_drafts_open", state="awaiting_approval") == 0
    assert figure(stage, "hub_ai_approvals_pending") == 0
    assert figure(stage, "hub_ai_approvals_oldest_pending_timestamp_seconds") == 0
    assert figure(stage, "hub_ai_approvals_total", decision="approved") == 1
    assert figure(stage, "hub_transaction_drafts_total", state="confirmed") == 1
