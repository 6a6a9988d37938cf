"""Tools that are switched off."""

import asyncio

import pytest

from hub.rights import Role
from tests.web.ai.ai_stage import AiStage, problem


async def test_a_tool_that_is_switched_off_is_refused_and_not_offered(ai: AiStage) -> None:
    line = await ai.line()
    ada, admin = await ai.somebody(Role.ADMIN, in_team=False)
    off = await ai.ask("POST", "ai/tools/search_tickets/disable", headers=admin)
    assert await off.json() == {
        "name": "search_tickets",
        "title": "Search tickets",
        "enabled": False,
        "configured": True,
        "disabled_by": {"id": str(ada.id), "name": ada.name},
    }
    assert await problem(await ai.search(line)) == (403, "tool_disabled")
    assert (await (await ai.client.get("/ai/v1/tools", headers=line.headers)).json())["tools"] == []
    listed = await (await ai.client.get("/ai/v1/tools", headers=ai.key)).json()
    assert len(listed["tools"]) == 5
    on = await ai.ask("POST", "ai/tools/search_tickets/enable", headers=admin)
    assert (await on.json())["enabled"] is True
    assert (await ai.search(line)).status == 200


async def test_a_call_that_has_begun_is_carried_out(ai: AiStage) -> None:
    line = await ai.line()
    _, admin = await ai.somebody(Role.ADMIN, in_team=False)
    ai.back_ends.gate.clear()
    running = asyncio.create_task(ai.search(line))
    while not ai.back_ends.asked:
        await asyncio.sleep(0.01)
    await ai.ask("POST", "ai/tools/search_tickets/disable", headers=admin)
    ai.back_ends.gate.set()
    assert (await running).status == 200
    assert await problem(await ai.search(line)) == (403, "tool_disabled")


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR])
async def test_administrators_alone_switch(ai: AiStage, role: Role) -> None:
    _, headers = await ai.somebody(role, in_team=True)
    for method, path in (
        ("POST", "search_tickets/disable"),
        ("POST", "search_tickets/enable"),
        ("GET", "search_tickets"),
    ):
        assert (await ai.ask(method, f"ai/tools/{path}", headers=headers)).status == 403


async def test_all_tools_are_listed_also_those_without_a_back_end(ai: AiStage) -> None:
    _, admin = await ai.somebody(Role.ADMIN, in_team=False)
    seen = (await ai.get("ai/tools", admin))["data"]
    assert [tool["name"] for tool in seen][-1] == "search_tickets"
    assert all(tool["enabled"] and tool["configured"] for tool in seen)
    assert (await ai.ask("POST", "ai/tools/other/disable", headers=admin)).status == 404


async def test_who_switched_is_in_the_audit_once(ai: AiStage) -> None:
    ada, admin = await ai.somebody(Role.ADMIN, in_team=False)
    for way in ("disable", "disable", "enable", "enable"):
        await ai.ask("POST", f"ai/tools/search_tickets/{way}", headers=admin, Idempotency_Key=way)
    rows = await ai.rows()
    assert [(row["tool"], row["actor"]) for row in rows] == [
        ("disable_tool", f"user:{ada.id}"),
        ("enable_tool", f"user:{ada.id}"),
    ]
    await ai.ask("POST", "ai/tools/search_tickets/disable", headers=admin)
    await ai.ask("POST", "ai/tools/search_tickets/disable", headers=admin)
    assert len(await ai.rows()) == 3


async def test_without_the_audit_nothing_is_switched(ai: AiStage) -> None:
    _, admin = await ai.somebody(Role.ADMIN, in_team=False)
    await ai.lose_audit()
    answer = await ai.ask("POST", "ai/tools/search_tickets/disable", headers=admin)
    assert await problem(answer) == (503, "audit_unavailable")
    assert (await ai.get("ai/tools/search_tickets", admin))["enabled"] is True
