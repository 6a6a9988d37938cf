"""Sessions."""

from typing import Any
from uuid import uuid4

import pytest

from tests.web.ai.ai_stage import AiStage, problem


async def opened(ai: AiStage, headers: dict[str, str] | None = None, **body: Any) -> Any:
    return await ai.client.post("/ai/v1/sessions", json=body, headers=headers or ai.key)


async def test_a_session_is_for_one_conversation(ai: AiStage) -> None:
    line, other = await ai.line(), await ai.line()
    answer = await ai.call(other, "search_tickets", {"customer_id": str(other.customer_id)}, headers=line.headers)
    nowhere = await ai.client.post(
        "/ai/v1/tools/search_tickets/call",
        json={"conversation_id": str(uuid4()), "arguments": {"customer_id": str(other.customer_id)}},
        headers=line.headers,
    )
    texts = [await each.json() for each in (answer, nowhere)]
    assert [each.status for each in (answer, nowhere)] == [404, 404]
    for text in texts:
        for name in ("call_id", "instance", "request_id"):
            del text[name]
    assert texts[0] == texts[1]
    assert texts[0]["code"] == "conversation_not_accessible"


async def test_a_session_may_do_what_its_scopes_say(ai: AiStage) -> None:
    await ai.sales()
    id = await ai.says("Hello")
    answer = await opened(ai, conversation_id=str(id), scopes=["tools:read"])
    seen = await answer.json()
    assert (answer.status, seen["scopes"], seen["conversation_id"]) == (201, ["tools:read"], str(id))
    headers = {"Authorization": f"Bearer {seen['token']}"}
    body = {"arguments": {"draft_id": str(uuid4()), "confirmation_token": "x"}}
    refused = await ai.client.post("/ai/v1/tools/commit_transaction/call", json=body, headers=headers)
    assert await problem(refused) == (403, "insufficient_scope")
    assert refused.headers["WWW-Authenticate"].startswith('Bearer error="insufficient_scope", resource_metadata=')
    listed = await ai.client.get("/ai/v1/tools", headers=headers)
    names = {tool["name"] for tool in (await listed.json())["tools"]}
    assert names == {"search_tickets", "get_transaction_status", "get_transaction_draft"}
    silent = await ai.client.get(f"/ai/v1/conversations/{id}/messages", headers=headers)
    assert await problem(silent) == (403, "insufficient_scope")


async def test_a_session_opens_no_session(ai: AiStage) -> None:
    line = await ai.line()
    again = await opened(ai, line.headers, conversation_id=str(line.id))
    assert await problem(again) == (403, "insufficient_scope")


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 422), ({"conversation_id": "x"}, 422), ({"conversation_id": str(uuid4())}, 404), ({"scopes": []}, 422)],
)
async def test_what_names_no_conversation_opens_none(ai: AiStage, body: dict[str, Any], status: int) -> None:
    assert (await opened(ai, **body)).status == status


async def test_where_a_person_is_there_is_no_session(ai: AiStage) -> None:
    id = await ai.says("Hello")
    await ai.ask("POST", f"conversations/{id}/messages", {"client_id": str(uuid4()), "text": "I am here"})
    assert await problem(await opened(ai, conversation_id=str(id))) == (409, "ai_detached")
    await ai.ask("PATCH", f"conversations/{id}", {"status": "resolved"})
    assert await problem(await opened(ai, conversation_id=str(id))) == (409, "conversation_closed")
