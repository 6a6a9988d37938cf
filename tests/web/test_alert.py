"""Alerts through their door."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub.dead_letter import NewLetter
from hub.rights import Role
from hub.team import TeamKind
from storage.database import Database
from tests.web.desk_stage import DeskStage, staged_desk


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as desk:
        _, desk.headers = await desk.somebody(Role.SUPERVISOR, in_team=True)
        yield desk


async def fails(desk: DeskStage, integration: str) -> None:
    for _ in range(3):
        await desk.dead_letters.put(
            NewLetter(integration=integration, operation="create_ticket", kind="write", problem="integration_error")
        )
    await desk.alerts.look(desk.clock())


async def test_they_are_listed_in_words(desk: DeskStage) -> None:
    await fails(desk, "ticketing")
    await fails(desk, "transaction_create")
    first = await desk.get("alerts?limit=1")
    rest = await desk.get(f"alerts?limit=1&cursor={first['next_cursor']}")
    (newest,), (oldest,) = first["data"], rest["data"]
    assert (newest["subject"], oldest["subject"]) == ("transaction_create", "ticketing")
    assert oldest["title"] == "Several calls to the ticketing system were given up"
    assert oldest["text"].startswith("3 in 15 minutes.")
    assert (oldest["rule"], oldest["severity"], oldest["state"]) == ("dead_letters", "warning", "firing")
    assert (await desk.get("alerts?state=resolved"))["data"] == []
    assert (await desk.get("alerts?rule=circuit_open"))["data"] == []
    assert (await desk.ask("GET", "alerts?rule=odd")).status == 422


async def test_those_of_another_team_are_not_shown(desk: DeskStage) -> None:
    await fails(desk, "ticketing")
    other = await desk.teams.create("Others", TeamKind.OTHER)
    async with desk.database.acquire() as connection:
        await connection.execute("update alerts set team_id = $1", other.id)
    assert (await desk.get("alerts"))["data"] == []


async def test_agents_do_not_see_them(desk: DeskStage) -> None:
    _, agent = await desk.somebody(Role.AGENT, in_team=True)
    assert (await desk.ask("GET", "alerts", headers=agent)).status == 403
