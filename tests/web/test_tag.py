"""Tags through their doors."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import DeskStage, staged_desk


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


async def define(desk: DeskStage, *names: str) -> dict[str, Any]:
    _, boss = await desk.somebody(Role.SUPERVISOR, in_team=True)
    made = {}
    for name in names:
        answer = await desk.ask("POST", "tags", {"name": name, "colour": "#d97706"}, boss)
        assert answer.status == 201, await answer.text()
        made[name] = await answer.json()
    return {"made": made, "boss": boss}


async def test_a_tag_is_defined_changed_and_removed(desk: DeskStage) -> None:
    given = await define(desk, "VIP", "refund")
    boss, vip = given["boss"], given["made"]["VIP"]
    assert [tag["name"] for tag in (await desk.get("tags"))["data"]] == ["refund", "VIP"]
    page = await desk.get("tags?limit=1")
    assert (await desk.get(f"tags?limit=1&cursor={page['next_cursor']}"))["data"] == [vip]
    taken = await desk.ask("POST", "tags", {"name": "vip"}, boss)
    assert (taken.status, (await taken.json())["code"]) == (409, "already_exists")
    url = f"tags/{vip['id']}"
    changed = await desk.ask("PATCH", url, {"description": "dear"}, boss, If_Match='"1"')
    assert ((await changed.json())["description"], changed.headers["ETag"]) == ("dear", '"2"')
    stale = await desk.ask("PATCH", url, {"name": "x"}, boss, If_Match='"1"')
    assert (stale.status, (await stale.json())["current"]["description"]) == (412, "dear")
    assert (await desk.ask("DELETE", url, headers=boss)).status == 204
    assert (await desk.ask("DELETE", url, headers=boss)).status == 404


@pytest.mark.parametrize(
    "body",
    [{"name": " "}, {"name": "x" * 65}, {"name": "a\u0007b"}, {"name": "x", "colour": "red"}, {"name": "x", "y": 1}],
)
async def test_what_is_no_tag(desk: DeskStage, body: dict[str, Any]) -> None:
    given = await define(desk)
    assert (await desk.ask("POST", "tags", body, given["boss"])).status == 422


async def test_a_conversation_is_tagged_and_untagged_by_any_spelling(desk: DeskStage) -> None:
    await define(desk, "VIP", "Straße 1/2")
    conversation_id = await desk.says()
    version = (await desk.get(f"conversations/{conversation_id}"))["version"]
    url = f"conversations/{conversation_id}/tags"
    for spelling in ("vip", "VIP"):
        answer = await desk.ask("PUT", f"{url}/{spelling}")
        assert answer.status == 200, await answer.text()
        shown = await answer.json()
        assert (shown["tags"], shown["version"]) == (["VIP"], version + 1)
    odd = await desk.ask("PUT", f"{url}/{quote('STRASSE 1/2', safe='')}")
    assert (await odd.json())["tags"] == ["Straße 1/2", "VIP"]
    off = await desk.ask("DELETE", f"{url}/vIp")
    assert (await off.json())["tags"] == ["Straße 1/2"]
    assert (await desk.ask("DELETE", f"{url}/vip")).status == 200


async def test_an_unknown_tag_is_defined_by_a_supervisor_and_missing_for_others(desk: DeskStage) -> None:
    given = await define(desk)
    conversation_id = await desk.says()
    url = f"conversations/{conversation_id}/tags/new"
    assert (await desk.ask("PUT", url)).status == 404
    assert (await desk.ask("PUT", url, headers=given["boss"])).status == 200
    assert (await desk.ask("PUT", url)).status == 200
    assert [tag["name"] for tag in (await desk.get("tags"))["data"]] == ["new"]


async def test_of_another_teams_conversation_nothing_is_known(desk: DeskStage) -> None:
    await define(desk, "vip")
    conversation_id = await desk.says()
    _, stranger = await desk.somebody(Role.SUPERVISOR, in_team=False)
    for method in ("PUT", "DELETE"):
        assert (await desk.ask(method, f"conversations/{conversation_id}/tags/vip", headers=stranger)).status == 404
        assert (await desk.ask(method, f"conversations/{uuid4()}/tags/vip")).status == 404


async def test_fifty_at_once_are_a_union(desk: DeskStage) -> None:
    names = [f"t{number:02}" for number in range(50)]
    await define(desk, *names)
    conversation_id = await desk.says()
    url = f"conversations/{conversation_id}/tags"
    for name in names[:25]:
        await desk.ask("PUT", f"{url}/{name}")
    version = (await desk.get(f"conversations/{conversation_id}"))["version"]
    given = [("DELETE", name) for name in names[:25]] + [("PUT", name) for name in names[25:]]
    answers = await asyncio.gather(*(desk.ask(method, f"{url}/{name}") for method, name in given))
    assert {answer.status for answer in answers} == {200}
    shown = await desk.get(f"conversations/{conversation_id}")
    assert (shown["tags"], shown["version"]) == (names[25:], version + 50)


async def test_a_new_name_and_an_end_reach_the_conversations(desk: DeskStage) -> None:
    given = await define(desk, "vip", "old")
    conversations = [await desk.says() for _ in range(3)]
    for conversation_id in conversations:
        for name in ("vip", "old"):
            await desk.ask("PUT", f"conversations/{conversation_id}/tags/{name}")
    made, boss = given["made"], given["boss"]
    assert (await desk.ask("PATCH", f"tags/{made['vip']['id']}", {"name": "gold"}, boss)).status == 200
    assert (await desk.ask("DELETE", f"tags/{made['old']['id']}", headers=boss)).status == 204
    async with asyncio.timeout(10):
        for conversation_id in conversations:
            while (await desk.get(f"conversations/{conversation_id}"))["tags"] != ["gold"]:
                await asyncio.sleep(0.05)
    again = await desk.ask("POST", "tags", {"name": "OLD"}, boss)
    assert (again.status, (await again.json())["code"]) == (409, "already_exists")
