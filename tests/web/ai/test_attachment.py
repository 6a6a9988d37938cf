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


async def test_who_handed_it_over_and_took_it_back_is_in_the_audit(ai: AiStage) -> None:
    line = await ai.line()
    for method in ("PUT", "DELETE", "DELETE", "PUT", "PUT"):
        await ai.ask(method, f"conversations/{line.id}/ai")
    rows = await ai.rows()
    assert [row["tool"] for row in rows] == ["take_from_ai", "hand_to_ai"]
    assert {(row["actor"], row["conversation_id"]) for row in rows} == {(f"user:{ai.ana.id}", str(line.id))}


async def test_one_that_is_closed_is_not_handed_over_and_leaves_no_row(ai: AiStage) -> None:
    line = await ai.line()
    await ai.alter(line.id, status="closed", ai_epoch=1)
    assert await problem(await ai.ask("PUT", f"conversations/{line.id}/ai")) == (409, "conversation_closed")
    assert await ai.rows() == []


async def test_without_the_audit_it_is_taken_back_and_not_handed_over(ai: AiStage) -> None:
    line = await ai.line()
    await ai.lose_audit()
    taken = await ai.ask("DELETE", f"conversations/{line.id}/ai")
    assert (taken.status, (await taken.json())["ai_attached"]) == (200, False)
    assert await problem(await ai.ask("PUT", f"conversations/{line.id}/ai")) == (503, "audit_unavailable")
    assert (await ai.get(f"conversations/{line.id}"))["ai_attached"] is False
