"""Views through their doors."""

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


async def keep(desk: DeskStage, headers: dict[str, str] | None = None, **given: Any) -> dict[str, Any]:
    answer = await desk.ask("POST", "views", {"name": "Late", "filter": {}, **given}, headers)
    assert answer.status == 201, await answer.text()
    view: dict[str, Any] = await answer.json()
    return view


async def test_a_view_is_a_query_of_the_list(desk: DeskStage) -> None:
    await desk.says()
    filter = {"status": "open", "assignee_id": "none", "failed": False, "sort": "newest"}
    view = await keep(desk, name=" Unassigned ", filter=filter)
    assert view["name"] == "Unassigned"
    assert view["filter"] == {"status": "open", "assignee_id": "none", "sort": "newest"}
    query = "&".join(f"{name}={value}" for name, value in view["filter"].items())
    assert len((await desk.get(f"conversations?{query}"))["data"]) == 1
    url = f"views/{view['id']}"
    changed = await desk.ask("PATCH", url, {"filter": {"assignee_id": "me", "failed": True}}, If_Match='"1"')
    assert (await changed.json())["filter"] == {"assignee_id": "me", "failed": True}
    assert (await desk.ask("PATCH", url, {"name": "x"}, If_Match='"1"')).status == 412
    assert (await desk.ask("POST", "views", {"name": "UNASSIGNED", "filter": {}})).status == 409
    assert [one["id"] for one in (await desk.get("views"))["data"]] == [view["id"]]
    assert (await desk.ask("DELETE", url)).status == 204
    assert (await desk.ask("DELETE", url)).status == 404


@pytest.mark.parametrize(
    "filter",
    [
        {"status": "waiting"},
        {"assignee_id": "x" * 36},
        {"assignee_id": "-" * 36},
        {"failed": "true"},
        {"limit": 10},
        {"cursor": "x"},
        {"colour": "red"},
    ],
)
async def test_what_the_list_would_refuse_is_no_view(desk: DeskStage, filter: dict[str, Any]) -> None:
    answer = await desk.ask("POST", "views", {"name": "x", "filter": filter})
    assert answer.status == 422
    assert (await desk.get("views"))["data"] == []


async def test_supervisors_share(desk: DeskStage) -> None:
    _, boss = await desk.somebody(Role.SUPERVISOR, in_team=True)
    _, stranger = await desk.somebody(Role.AGENT, in_team=False)
    ours = await keep(desk, boss, scope="team", team_id=str(desk.team_id))
    assert (await desk.get("views"))["data"] == [ours]
    assert (await desk.get("views", stranger))["data"] == []
    assert (await desk.ask("POST", "views", {"name": "x", "filter": {}, "scope": "all"})).status == 403
    assert (await desk.ask("PATCH", f"views/{ours['id']}", {"name": "x"})).status == 403
    assert (await desk.ask("PATCH", f"views/{ours['id']}", {"name": "x"}, stranger)).status == 404


async def test_a_team_that_is_none_is_refused(desk: DeskStage) -> None:
    _, boss = await desk.somebody(Role.ADMIN, in_team=False)
    body = {"name": "x", "filter": {}, "scope": "team", "team_id": str(uuid4())}
    answer = await desk.ask("POST", "views", body, boss)
    assert (answer.status, (await answer.json())["errors"][0]["path"]) == (422, "$.team_id")
