"""Conversations handed to the AI agent and taken back."""

from uuid import uuid4

from hub.rights import Role
from tests.web.ai.ai_stage import AiStage, problem


async def test_a_session_from_before_a_person_spoke_is_over_even_when_it_is_handed_back(ai: AiStage) -> None:
    line = await ai.line()
    assert (await ai.ask("DELETE", f"conversations/{line.id}/ai")).status == 200
    assert await problem(await ai.search(line)) == (409, "ai_detached")
    back = await ai.ask("PUT", f"conversations/{line.id}/ai")
    assert (await back.json())["ai_attached"] is True
    assert await problem(await ai.search(line)) == (409, "ai_detached")
    assert (await ai.search(line, headers=ai.key)).status == 200


async def test_doing_it_again_changes_nothing(ai: AiStage) -> None:
    line = await ai.line()
    tags = {(await ai.ask("DELETE", f"conversations/{line.id}/ai")).headers["ETag"] for _ in range(3)}
    assert tags == {'"2"'}
    assert (await ai.get(f"conversations/{line.id}"))["ai_attached"] is False


async def test_whoever_does_not_see_the_conversation_cannot(ai: AiStage) -> None:
    line = await ai.line()
    _, stranger = await ai.somebody(Role.AGENT, in_team=False)
    for method in ("PUT", "DELETE"):
        assert (await ai.ask(method, f"conversations/{line.id}/ai", headers=stranger)).status == 404
        assert (await ai.ask(method, f"conversations/{uuid4()}/ai")).status == 404
