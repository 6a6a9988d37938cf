"""Who is let in at the AI agent's doors, and where an AI agent is not."""

import re
from typing import Any

import pytest

from hub.api_key import NewApiKey, Scope
from tests.web.ai.ai_stage import AiStage, problem
from web.ai.access import RECORDED


async def refused(ai: AiStage, headers: dict[str, str]) -> str:
    """The challenge of a refusal."""
    answer = await ai.client.get("/ai/v1/tools", headers=headers)
    assert await problem(answer) == (401, "unauthenticated")
    return answer.headers["WWW-Authenticate"]


async def test_a_key_and_a_session_are_let_in(ai: AiStage) -> None:
    line = await ai.line()
    for headers in (ai.key, line.headers):
        assert (await ai.client.get("/ai/v1/tools", headers=headers)).status == 200


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer nonsense", "Bearer hub_ai_", "Basic aHViOmh1Yg=="])
async def test_whatever_else_is_shown_is_refused_with_the_way_to_do_better(ai: AiStage, shown: str) -> None:
    challenge = await refused(ai, {"Authorization": shown} if shown else {})
    assert challenge.startswith('Bearer error="invalid_token", resource_metadata="http://127.0.0.1:')
    assert challenge.endswith('/.well-known/oauth-protected-resource"')


async def test_a_token_in_the_address_is_none(ai: AiStage) -> None:
    line = await ai.line()
    token = line.headers["Authorization"].removeprefix("Bearer ")
    for name in ("token", "access_token"):
        assert (await ai.client.get("/ai/v1/tools", params={name: token})).status == 401


async def test_people_and_other_programs_are_refused(ai: AiStage) -> None:
    await refused(ai, ai.headers)
    for scope in (Scope.API, Scope.CHAT_APP):
        _, secret = await ai.api_keys.create(NewApiKey("Other", scope))
        await refused(ai, {"Authorization": f"Bearer {secret}"})


async def test_a_session_ends_with_its_key(ai: AiStage) -> None:
    line = await ai.line()
    await ai.api_keys.revoke(ai.key_id)
    ai.key_access.invalidate(ai.key_id)
    await refused(ai, line.headers)
    await refused(ai, ai.key)


async def test_a_refusal_is_recorded_under_a_fingerprint(ai: AiStage) -> None:
    await refused(ai, {"Authorization": "Bearer a-stolen-token"})
    (row,) = await ai.rows()
    assert (row["decision"], row["problem"], row["tool"]) == ("denied", "unauthenticated", "/ai/v1/tools")
    assert row["actor"].startswith("ai:unknown:")
    assert "a-stolen-token" not in str(row)


async def test_nobody_fills_the_audit_from_outside(ai: AiStage) -> None:
    for _ in range(3 * RECORDED):
        await refused(ai, {})
    assert RECORDED <= len(await ai.rows()) < 2 * RECORDED
    assert ai.figures.get_sample_value("hub_ai_unauthenticated_total") == 3 * RECORDED


async def test_an_ai_agent_is_nobody_at_every_door_of_people(ai: AiStage) -> None:
    line = await ai.line()
    tried = 0
    for route in ai.routes_served:
        if not route.path.startswith("/api/") or route.permission is None:
            continue
        path = re.sub(r"\{\w+\}", str(line.id), route.path)
        for headers in (ai.key, line.headers):
            answer = await ai.client.request(route.method, path, headers=headers, json={})
            assert answer.status == 401, (route.method, route.path, answer.status)
            tried += 1
    assert tried > 150


async def test_a_person_is_nobody_at_every_door_of_the_ai_agent(ai: AiStage) -> None:
    line = await ai.line()
    doors = [route for route in ai.routes_served if route.path.startswith("/ai/")]
    assert len(doors) >= 7
    for route in doors:
        path = route.path.replace("{id}", str(line.id)).replace("{name}", "search_tickets")
        body: dict[str, Any] = {"json": {"arguments": {}}} if route.method == "POST" else {}
        answer = await ai.client.request(route.method, path, headers=ai.headers, **body)
        assert answer.status == 401, (route.method, route.path, answer.status)
