"""Many conversations at once."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import DeskStage, staged_desk


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


async def bulk(desk: DeskStage, body: dict[str, Any], expected: int = 200) -> Any:
    answer = await desk.ask("POST", "conversations/bulk", body)
    assert answer.status == expected, await answer.text()
    return await answer.json()


async def test_each_has_its_own_answer(desk: DeskStage) -> None:
    open_, closed, hidden = [await desk.says() for _ in range(3)]
    await desk.alter(closed, status="closed", revision=99)
    await desk.alter(hidden, team_id=None)
    missing = uuid4()
    await desk.tags.create("vip", "#d97706", "")
    ids = [str(id) for id in (open_, closed, hidden, missing)]
    found = (await bulk(desk, {"ids": ids, "status": "resolved", "priority": 2, "add_tags": ["VIP"]}))["data"]
    assert [(item["id"], item["ok"], item["code"]) for item in found] == [
        (ids[0], True, None),
        (ids[1], False, "invalid_transition"),
        (ids[2], False, "not_found"),
        (ids[3], False, "not_found"),
    ]
    shown = await desk.get(f"conversations/{open_}")
    assert (shown["status"], shown["priority"], shown["tags"]) == ("resolved", 2, ["vip"])
    assert found[0]["version"] == shown["version"]
    (again,) = (await bulk(desk, {"ids": ids[:1], "remove_tags": ["vip"], "team_id": None}))["data"]
    assert again["ok"]


async def test_people_are_given_what_is_theirs_to_have(desk: DeskStage) -> None:
    ids = [str(await desk.says()) for _ in range(3)]
    colleague, _ = await desk.somebody(Role.AGENT, in_team=True)
    stranger, _ = await desk.somebody(Role.AGENT, in_team=False)
    assert all(item["ok"] for item in (await bulk(desk, {"ids": ids, "assignee_id": str(colleague.id)}))["data"])
    refused = (await bulk(desk, {"ids": ids, "assignee_id": str(stranger.id)}))["data"]
    assert {item["code"] for item in refused} == {"invalid_request"}


async def test_repeated_with_its_key_it_is_done_once(desk: DeskStage) -> None:
    conversation_id = str(await desk.says())
    body = {"ids": [conversation_id], "priority": 3}
    answers = [await desk.ask("POST", "conversations/bulk", body, Idempotency_Key="k") for _ in range(2)]
    assert await answers[0].json() == await answers[1].json()
    assert answers[1].headers["Idempotent-Replayed"] == "true"


async def test_what_it_does_not_take(desk: DeskStage) -> None:
    one = str(await desk.says())
    for body in (
        {"ids": [], "priority": 1},
        {"ids": [str(uuid4()) for _ in range(201)], "priority": 1},
        {"ids": [one, one], "priority": 1},
        {"ids": [one]},
        {"ids": [one], "add_tags": ["unknown"]},
        {"ids": [one], "status": "closed"},
    ):
        await bulk(desk, body, 422)
