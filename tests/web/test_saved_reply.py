"""Saved replies through their doors."""

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


async def save(desk: DeskStage, headers: dict[str, str] | None = None, **given: Any) -> dict[str, Any]:
    answer = await desk.ask("POST", "saved-replies", {"shortcut": "hello", "text": "Hi", **given}, headers)
    assert answer.status == 201, await answer.text()
    reply: dict[str, Any] = await answer.json()
    return reply


async def test_an_agent_keeps_his_own(desk: DeskStage) -> None:
    reply = await save(desk, text="Hi {{customer.name}}")
    assert (reply["variables"], reply["scope"]) == (["customer.name"], "mine")
    url = f"saved-replies/{reply['id']}"
    changed = await desk.ask("PATCH", url, {"text": "Olá"}, If_Match='"1"')
    assert ((await changed.json())["text"], changed.headers["ETag"]) == ("Olá", '"2"')
    stale = await desk.ask("PATCH", url, {"text": "x"}, If_Match='"1"')
    assert (stale.status, (await stale.json())["current"]["text"]) == (412, "Olá")
    again = await desk.ask("POST", "saved-replies", {"shortcut": "HELLO", "text": "x"})
    assert again.status == 409
    _, colleague = await desk.somebody(Role.ADMIN, in_team=True)
    for method in ("PATCH", "DELETE"):
        assert (await desk.ask(method, url, {"text": "x"}, colleague)).status == 404
    assert (await desk.ask("DELETE", url)).status == 204
    assert (await desk.get("saved-replies"))["data"] == []


async def test_supervisors_share(desk: DeskStage) -> None:
    _, boss = await desk.somebody(Role.SUPERVISOR, in_team=True)
    _, stranger = await desk.somebody(Role.AGENT, in_team=False)
    ours = await save(desk, boss, scope="team", team_id=str(desk.team_id))
    everybodys = await save(desk, boss, scope="all")
    assert [reply["id"] for reply in (await desk.get("saved-replies"))["data"]] == [ours["id"], everybodys["id"]]
    assert [reply["id"] for reply in (await desk.get("saved-replies", stranger))["data"]] == [everybodys["id"]]
    for body in ({"scope": "all"}, {"scope": "team", "team_id": str(desk.team_id)}):
        refused = await desk.ask("POST", "saved-replies", {"shortcut": "x", "text": "x", **body})
        assert refused.status == 403
    assert (await desk.ask("DELETE", f"saved-replies/{ours['id']}")).status == 403
    assert (await desk.ask("DELETE", f"saved-replies/{ours['id']}", headers=stranger)).status == 404
    assert (await desk.ask("DELETE", f"saved-replies/{ours['id']}", headers=boss)).status == 204


async def test_they_are_found_by_how_they_begin(desk: DeskStage) -> None:
    for shortcut in ("hello", "Help", "bye"):
        await save(desk, shortcut=shortcut)
    page = await desk.get("saved-replies?q=HEL&limit=1")
    assert [reply["shortcut"] for reply in page["data"]] == ["hello"]
    rest = await desk.get(f"saved-replies?q=HEL&cursor={page['next_cursor']}")
    assert [reply["shortcut"] for reply in rest["data"]] == ["Help"]


@pytest.mark.parametrize(
    "body",
    [
        {"shortcut": "two words"},
        {"shortcut": "a/b"},
        {"text": "{{customer.secret}}"},
        {"text": " "},
        {"scope": "team"},
        {"team_id": "00000000-0000-0000-0000-000000000000"},
    ],
)
async def test_what_cannot_be_kept(desk: DeskStage, body: dict[str, str]) -> None:
    _, boss = await desk.somebody(Role.SUPERVISOR, in_team=True)
    answer = await desk.ask("POST", "saved-replies", {"shortcut": "hello", "text": "Hi", **body}, boss)
    assert answer.status == 422


async def test_a_team_that_is_none_is_refused(desk: DeskStage) -> None:
    _, boss = await desk.somebody(Role.ADMIN, in_team=False)
    body = {"shortcut": "x", "text": "x", "scope": "team", "team_id": str(uuid4())}
    answer = await desk.ask("POST", "saved-replies", body, boss)
    assert (answer.status, (await answer.json())["errors"][0]["path"]) == (422, "$.team_id")
