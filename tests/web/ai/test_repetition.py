"""The same call again."""

import asyncio
from typing import Any

import pytest

from hub.errors import IntegrationError
from tests.web.ai.ai_stage import AiStage, problem


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "ключ"])
async def test_a_key_is_visible_ascii(ai: AiStage, key: str) -> None:
    line = await ai.line()
    body = {"arguments": {"customer_id": str(line.customer_id)}}
    headers: dict[str, Any] = {**line.headers, "Idempotency-Key": key}
    answer = await ai.client.post("/ai/v1/tools/search_tickets/call", json=body, headers=headers)
    assert await problem(answer) == (400, "idempotency_key_invalid")


async def test_a_key_is_good_for_one_call(ai: AiStage) -> None:
    line, other = await ai.line(), await ai.line()
    assert (await ai.search(line, key="k")).status == 200
    again = await ai.call(line, "search_tickets", {"customer_id": str(line.customer_id), "status": "open"}, key="k")
    assert await problem(again) == (422, "idempotency_key_reused")
    assert await problem(await ai.search(other, key="k")) == (422, "idempotency_key_reused")


async def test_a_key_belongs_to_one_program_and_one_tool(ai: AiStage) -> None:
    await ai.sales()
    line = await ai.line()
    _, other = await ai.ai_key("Another")
    given = {"customer_id": str(line.customer_id), "amount": "5", "description": "A plan"}
    answers = [
        await ai.search(line, key="k"),
        await ai.search(line, key="k", headers=other),
        await ai.call(line, "create_transaction_draft", given, key="k"),
    ]
    assert [(await answer.json())["replayed"] for answer in answers] == [False, False, False]


async def test_a_second_token_of_the_same_program_finds_the_answer(ai: AiStage) -> None:
    line = await ai.line()
    await ai.search(line, key="k")
    assert (await (await ai.search(line, key="k", headers=ai.key)).json())["replayed"] is True


async def test_while_the_first_call_runs_the_second_waits_its_turn(ai: AiStage) -> None:
    line = await ai.line()
    ai.back_ends.gate.clear()
    running = asyncio.create_task(ai.search(line, key="k"))
    while not ai.back_ends.asked:
        await asyncio.sleep(0.01)
    refused = await ai.search(line, key="k")
    assert await problem(refused) == (409, "idempotency_in_flight")
    assert refused.headers["Retry-After"] == "1"
    ai.back_ends.gate.set()
    assert (await running).status == 200


async def test_a_call_that_failed_leaves_its_key_to_the_next(ai: AiStage) -> None:
    line = await ai.line()
    ai.back_ends.raises = IntegrationError()
    assert (await ai.search(line, key="k")).status == 502
    ai.back_ends.raises = None
    assert (await (await ai.search(line, key="k")).json())["replayed"] is False


async def test_an_answer_that_may_hold_a_token_is_not_kept(ai: AiStage) -> None:
    await ai.sales()
    line = await ai.line()
    given = {"customer_id": str(line.customer_id), "amount": "5", "description": "A plan"}
    made = await (await ai.call(line, "create_transaction_draft", given)).json()
    for _ in range(2):
        answer = await ai.call(line, "get_transaction_draft", {"draft_id": made["result"]["draft_id"]}, key="k")
        assert (await answer.json())["replayed"] is False
    assert await ai.value("select count(*) from idempotency_keys") == 0
