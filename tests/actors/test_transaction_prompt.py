"""The question is a message of the conversation, put once, however often it is brought."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from attrs import evolve

from actors.transaction_prompt import ask_customer
from hub.errors import InvalidTransition
from storage.database import Database
from tests.web.transaction_stage import TransactionStage, staged_transactions


@pytest.fixture
async def stage(database: Database, aiohttp_client: Any) -> AsyncIterator[TransactionStage]:
    async with staged_transactions(database, aiohttp_client) as stage:
        yield stage


async def test_it_is_put_once_and_takes_the_conversation_from_nobody(stage: TransactionStage) -> None:
    draft = await stage.row((await stage.make()).id)
    assert (await ask_customer(stage.transactions.world, draft)).asked == draft.asked
    (message,) = [
        message
        for message in (await stage.get(f"conversations/{stage.conversation_id}/messages"))["data"]
        if message["sender"]["type"] == "system"
    ]
    assert message["message_id"] == str(draft.asked.message_ids[0])
    assert message["conversation_seq"] == draft.asked.first == draft.asked.last
    assert message["metadata"]["transaction_draft"] == str(draft.id)
    assert await stage.value("select ai_epoch from conversations where id = $1", stage.conversation_id) == 0


async def test_a_conversation_that_takes_no_question_ends_the_draft(stage: TransactionStage) -> None:
    draft = await stage.row((await stage.make()).id)
    await stage.alter(stage.conversation_id, status="closed", revision=999)
    with pytest.raises(InvalidTransition):
        await ask_customer(stage.transactions.world, evolve(draft, asked=evolve(draft.asked, wanted=2)))
    assert (await stage.row(draft.id)).reason == "invalid_transition"
