"""A conversation's past."""

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


async def test_what_happened_newest_first_page_by_page(desk: DeskStage) -> None:
    path = f"conversations/{await desk.says()}"
    await desk.ask("POST", f"{path}/take")
    await desk.ask("PATCH", path, {"subject": "Refund"})
    await desk.ask("PATCH", path, {"status": "resolved"})
    told = ["conversation.status_changed", "conversation.updated", "conversation.assigned", "conversation.new"]
    page = await desk.get(f"{path}/events")
    assert ([event["type"] for event in page["data"]], page["next_cursor"]) == (told, None)
    assert page["data"][2]["actor"]["name"] == "Ana"
    assert page["data"][0]["data"]["conversation"]["status"] == "resolved"
    paged, cursor = [], ""
    for _ in told:
        page = await desk.get(f"{path}/events?limit=1{cursor}")
        paged += [event["type"] for event in page["data"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert (paged, page["next_cursor"]) == (told, None)
    whole = await desk.get(f"{path}/events?messages=true")
    assert "message.received" in [event["type"] for event in whole["data"]]
    assert (await desk.ask("GET", f"{path}/events?messages=true{cursor}")).status == 422


async def test_the_past_is_for_who_sees_the_conversation(desk: DeskStage) -> None:
    path = f"conversations/{await desk.says()}"
    _, stranger = await desk.somebody(Role.AGENT, in_team=False)
    assert (await desk.ask("GET", f"{path}/events", headers=stranger)).status == 404
