"""The doors of conversations put together."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import DeskStage, staged_desk


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


async def test_every_door_is_there_once(desk: DeskStage) -> None:
    found = [
        f"{route.method} {route.path}" for route in desk.routes() if route.path.startswith("/api/v1/conversations")
    ]
    assert len(found) == len(set(found))
    paths = ("", "/bulk", "/{id}/take", "/{id}/merge")
    reads = ("", "/{id}", "/{id}/draft", "/{id}/events", "/{id}/transcript", "/{id}/window")
    wanted = {f"POST /api/v1/conversations{path}" for path in paths}
    wanted |= {f"GET /api/v1/conversations{path}" for path in reads}
    assert wanted <= set(found)


async def test_who_opens_a_conversation_sees_who_else_looks(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    colleague, bearer = await desk.somebody(Role.AGENT, in_team=True)
    desk.viewing.looks(conversation_id, desk.ana.id, "Ana")
    desk.viewing.looks(conversation_id, colleague.id, colleague.name)
    shown = await desk.get(f"conversations/{conversation_id}")
    assert shown["viewers"] == [{"id": str(colleague.id), "name": colleague.name, "typing": False}]
    assert [v["name"] for v in (await desk.get(f"conversations/{conversation_id}", bearer))["viewers"]] == ["Ana"]
