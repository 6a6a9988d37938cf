"""The audit of calls holds nothing as it came."""

from tests.web.ai.ai_stage import TOKEN, AiStage


async def test_no_argument_and_no_token_is_recorded_as_it_came(ai: AiStage) -> None:
    await ai.sales()
    line = await ai.line()
    planted = "4111 1111 1111 1111 of maria@example.com"
    given = {"customer_id": str(line.customer_id), "amount": "149.90", "description": planted, "password": "hunter22"}
    await ai.call(line, "create_transaction_draft", given)
    await ai.call(line, "commit_transaction", {"draft_id": str(line.id), "confirmation_token": TOKEN})
    await ai.call(line, "call +5511987654321 now", {})
    rows = str(await ai.rows())
    token = line.headers["Authorization"].removeprefix("Bearer ")
    for secret in ("4111", "maria@", "hunter22", TOKEN, token, "987654321", str(line.customer_id)):
        assert secret not in rows
    assert "149.90" in rows


async def test_equal_arguments_are_known_for_equal(ai: AiStage) -> None:
    line = await ai.line()
    for _ in range(2):
        await ai.search(line)
    await ai.call(line, "search_tickets", {"customer_id": "c-2"})
    marks = [row["args_hmac"] for row in await ai.rows()]
    assert len(set(marks[:4])) == 1
    assert marks[4] not in marks[:4]


async def test_a_refused_call_names_the_conversation_that_it_meant(ai: AiStage) -> None:
    line, other = await ai.line(), await ai.line()
    await ai.call(other, "search_tickets", {}, headers=line.headers)
    (row,) = await ai.rows()
    assert (row["conversation_id"], row["customer"]) == (str(other.id), None)
    await ai.search(line)
    assert (await ai.rows())[-1]["customer"].startswith("customer:")


async def test_the_outcome_of_a_draft_names_it(ai: AiStage) -> None:
    await ai.sales()
    line = await ai.line()
    given = {"customer_id": str(line.customer_id), "amount": "149.90", "description": "Gold plan"}
    made = (await (await ai.call(line, "create_transaction_draft", given)).json())["result"]
    outcome = (await ai.rows())[-1]
    assert (outcome["draft_id"], outcome["state_after"]) == (made["draft_id"], "awaiting_confirmation")
    assert outcome["latency_ms"] >= 0
