"""Agents see what an AI agent is about, and can end it."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from hub.rights import Role
from storage.database import Database
from tests.web.transaction_stage import TransactionStage, staged_transactions


@pytest.fixture
async def stage(database: Database, aiohttp_client: Any) -> AsyncIterator[TransactionStage]:
    async with staged_transactions(database, aiohttp_client) as stage:
        yield stage


async def test_a_conversations_drafts_are_shown_without_what_confirms_them(stage: TransactionStage) -> None:
    first = await stage.make()
    await stage.drafts_of_ai.cancel(stage.call, first.id)
    await stage.agreed()
    path = f"conversations/{stage.conversation_id}/transaction-drafts"
    page = await stage.get(f"{path}?limit=1")
    rest = await stage.get(f"{path}?limit=1&cursor={page['next_cursor']}")
    assert [one["state"] for one in (*page["data"], *rest["data"])] == ["confirmed", "cancelled"]
    assert rest["next_cursor"] is None
    assert page["data"][0]["ai_description"] == {"untrusted_text": "Two chairs"}
    draft = await stage.row(first.id)
    assert draft.asked.nonce not in str((page, rest))
    assert "token" not in str((page, rest))


async def test_an_agent_gives_a_draft_up(stage: TransactionStage) -> None:
    draft_id, _ = await stage.agreed()
    answer = await stage.ask("POST", f"transaction-drafts/{draft_id}/cancel")
    assert (answer.status, (await answer.json())["state"]) == (200, "cancelled")
    trail = await stage.trail(draft_id)
    cancelled = next(row for row in trail if row["state_after"] == "cancelled")
    assert cancelled["actor"] == f"user:{stage.ana.id}"
    assert (await stage.ask("POST", f"transaction-drafts/{draft_id}/cancel")).status == 200


async def test_what_is_on_its_way_is_not_given_up(stage: TransactionStage) -> None:
    draft_id, token = await stage.agreed()
    await stage.drafts_of_ai.commit(stage.call, draft_id, token)
    answer = await stage.ask("POST", f"transaction-drafts/{draft_id}/cancel")
    assert answer.status == 409
    assert (await answer.json())["current_state"] == "committed"


async def test_others_conversations_have_none(stage: TransactionStage) -> None:
    made = await stage.make()
    _, outside = await stage.somebody(Role.AGENT, in_team=False)
    for method, path in (
        ("GET", f"conversations/{stage.conversation_id}/transaction-drafts"),
        ("GET", f"transaction-drafts/{made.id}"),
        ("POST", f"transaction-drafts/{made.id}/cancel"),
        ("GET", f"transaction-drafts/{uuid4()}"),
    ):
        assert (await stage.ask(method, path, headers=outside)).status == 404
    assert (await stage.get(f"transaction-drafts/{made.id}"))["state"] == "awaiting_confirmation"
