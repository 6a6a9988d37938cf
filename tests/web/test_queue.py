"""What waits, for those who look after teams."""

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


async def test_a_supervisor_sees_what_waits_in_his_teams(desk: DeskStage) -> None:
    _, headers = await desk.somebody(Role.SUPERVISOR, in_team=True)
    other = await desk.teams.create("Elsewhere", (await desk.teams.page(None, None, 1))[0].kind)
    talks = [await desk.says() for _ in range(3)]
    assert (await desk.ask("POST", f"conversations/{talks[0]}/take")).status == 200
    since = await desk.value("select min(waiting_since) from conversations")
    shown = await desk.get("queues", headers)
    (queue,) = shown["data"]
    assert queue == {
        "team_id": str(desk.team_id),
        "team_name": "Support",
        "open": 3,
        "unassigned": 2,
        "waiting": 3,
        "waiting_since": since.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    assert shown["seq"] == await desk.value("select seq from journal_head")
    _, admin = await desk.somebody(Role.ADMIN, in_team=False)
    first = await desk.get("queues?limit=2", admin)
    rest = await desk.get(f"queues?limit=2&cursor={first['next_cursor']}", admin)
    names = [queue["team_name"] for queue in first["data"] + rest["data"]]
    assert (names, rest["next_cursor"]) == ([None, other.name, "Support"], None)


async def test_agents_do_not(desk: DeskStage) -> None:
    assert (await desk.ask("GET", "queues")).status == 403
