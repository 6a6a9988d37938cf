"""Looking at a draft."""

from uuid import uuid4

from tests.web.ai.ai_stage import AiStage, Line, problem


async def made(ai: AiStage, line: Line) -> str:
    given = {"customer_id": str(line.customer_id), "amount": "149.90", "description": "Gold plan"}
    answer = await (await ai.call(line, "create_transaction_draft", given)).json()
    return str(answer["result"]["draft_id"])


async def test_looking_does_not_count(ai: AiStage) -> None:
    await ai.sales()
    line = await ai.line()
    id = await made(ai, line)
    for _ in range(15):
        answer = await ai.client.get(f"/ai/v1/drafts/{id}", headers=line.headers)
        assert answer.status == 200, await answer.text()
    assert (await answer.json())["confirmation"]["status"] == "asked"
    assert (await (await ai.search(line)).json())["rate_limit"]["remaining"] == 8


async def test_a_key_names_the_conversation(ai: AiStage) -> None:
    await ai.sales()
    line = await ai.line()
    address = f"/ai/v1/drafts/{await made(ai, line)}"
    named = {"conversation_id": str(line.id)}
    assert (await ai.client.get(address, headers=ai.key, params=named)).status == 200
    nowhere = await ai.client.get(address, headers=ai.key, params={"conversation_id": str(uuid4())})
    assert await problem(nowhere) == (404, "conversation_not_accessible")
    foreign = await ai.client.get(address, headers=line.headers, params={"conversation_id": str(uuid4())})
    assert await problem(foreign) == (404, "conversation_not_accessible")


async def test_a_draft_of_another_conversation_is_none(ai: AiStage) -> None:
    await ai.sales()
    line, other = await ai.line(), await ai.line()
    for id in (await made(ai, line), str(uuid4())):
        answer = await ai.client.get(f"/ai/v1/drafts/{id}", headers=other.headers)
        assert await problem(answer) == (404, "not_found")


async def test_whoever_may_not_use_the_tool_does_not_look(ai: AiStage) -> None:
    await ai.sales()
    line = await ai.line()
    id = await made(ai, line)
    await ai.ask("DELETE", f"conversations/{line.id}/ai")
    answer = await ai.client.get(f"/ai/v1/drafts/{id}", headers=line.headers)
    assert await problem(answer) == (409, "ai_detached")
