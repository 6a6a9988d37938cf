"""What is offered is what would be let through."""

from uuid import uuid4

import pytest

from hub.ai.session import AiCaller, AiScope
from hub.ai.toolbox import TOOLS
from hub.errors import ConversationNotAccessible
from tests.web.ai.ai_stage import AiStage


async def test_what_is_offered_is_let_through_and_nothing_else(ai: AiStage) -> None:
    line = await ai.line()
    for change in (lambda: ai.ask("GET", "conversations"), ai.sales):
        await change()
        listed = await (await ai.client.get("/ai/v1/tools", headers=line.headers)).json()
        names = {tool["name"] for tool in listed["tools"]}
        for name in TOOLS:
            answer = await (await ai.call(line, name, {})).json()
            assert (answer["code"] == "tool_not_permitted") is (name not in names)


async def test_without_a_conversation_scopes_and_switches_decide(ai: AiStage) -> None:
    reader = AiCaller(uuid4(), "1a", frozenset({AiScope.READ}))
    offered = await ai.gateway.discovery.offered(reader)
    assert [tool.name for tool in offered] == ["get_transaction_draft", "get_transaction_status", "search_tickets"]


async def test_there_is_nothing_to_offer_where_there_is_no_conversation(ai: AiStage) -> None:
    line = await ai.line()
    session = AiCaller(uuid4(), "1a", conversation_id=line.id, ai_epoch=0)
    for caller, id in ((session, uuid4()), (AiCaller(uuid4(), "1a"), uuid4())):
        with pytest.raises(ConversationNotAccessible):
            await ai.gateway.discovery.offered(caller, id)
