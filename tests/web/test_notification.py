"""Notifications through their doors."""

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


async def given(desk: DeskStage, count: int) -> dict[str, str]:
    """Somebody who was given so many conversations."""
    ben, his = await desk.somebody(Role.AGENT, in_team=True)
    for _ in range(count):
        conversation_id = await desk.says()
        answer = await desk.ask("PATCH", f"conversations/{conversation_id}", {"assignee_id": str(ben.id)})
        assert answer.status == 200
    return his


async def test_what_one_is_given_is_told_by_pages_and_counted(desk: DeskStage) -> None:
    his = await given(desk, 3)
    page = await desk.get("notifications?limit=2", his)
    assert ([one["kind"] for one in page["data"]], page["unread"]) == (["assigned"] * 2, 3)
    assert page["data"][0]["actor"]["name"] == "Ana"
    assert page["data"][0]["conversation"]["customer"] == {"name": "Maria"}
    numbers = [one["conversation"]["number"] for one in page["data"]]
    rest = await desk.get(f"notifications?limit=2&cursor={page['next_cursor']}", his)
    assert [*numbers, rest["data"][0]["conversation"]["number"]] == [1003, 1002, 1001]
    assert (await desk.get("notifications"))["data"] == []
    stolen = await desk.ask("GET", f"notifications?cursor={page['next_cursor']}")
    assert stolen.status == 422


async def test_what_was_read_is_read_and_can_be_new_again(desk: DeskStage) -> None:
    his = await given(desk, 3)
    newest, middle, oldest = [one["id"] for one in (await desk.get("notifications", his))["data"]]
    answer = await desk.ask("PUT", "notifications", {"read_up_to": middle}, his)
    assert (answer.status, await answer.json()) == (200, {"unread": 1})
    assert [one["id"] for one in (await desk.get("notifications?unread=true", his))["data"]] == [newest]
    again = await desk.ask("PUT", "notifications", {"ids": [oldest], "read": False}, his)
    assert await again.json() == {"unread": 2}
    assert (await (await desk.ask("PUT", "notifications", {"ids": [oldest]})).json()) == {"unread": 0}
    assert (await desk.get("notifications", his))["unread"] == 2


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": [str(uuid4())], "read_up_to": str(uuid4())}, {"read": True}])
async def test_what_says_nothing(desk: DeskStage, body: dict[str, Any]) -> None:
    assert (await desk.ask("PUT", "notifications", body)).status == 422
