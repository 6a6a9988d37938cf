"""Rooms through their doors."""

import asyncio
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


async def say(
    desk: DeskStage, room_id: str, text: str = "hello", headers: dict[str, str] | None = None, **more: Any
) -> dict[str, Any]:
    body = {"client_id": str(uuid4()), "text": text, **more}
    answer = await desk.ask("POST", f"rooms/{room_id}/messages", body, headers)
    assert answer.status == 201, await answer.text()
    message: dict[str, Any] = await answer.json()
    return message


async def test_a_team_has_a_room_and_only_its_members_know(desk: DeskStage) -> None:
    (ours,) = (await desk.get("rooms"))["data"]
    assert (ours["kind"], ours["name"], ours["unread"]) == ("team", "Support", 0)
    _, ben = await desk.somebody(Role.AGENT, in_team=True)
    _, boss = await desk.somebody(Role.ADMIN, in_team=False)
    await say(desk, ours["id"], "1")
    await say(desk, ours["id"], "2")
    (his,) = (await desk.get("rooms", ben))["data"]
    assert (his["unread"], his["newest"]["text"], his["newest"]["author"]["name"]) == (2, "2", "Ana")
    talk = f"rooms/{ours['id']}/messages"
    page = await desk.get(f"{talk}?limit=1", ben)
    assert [message["text"] for message in page["data"]] == ["2"]
    assert [message["text"] for message in (await desk.get(f"{talk}?before={page['next_cursor']}", ben))["data"]] == [
        "1"
    ]
    assert (await desk.ask("PUT", f"rooms/{ours['id']}/read", {"seq": 1}, ben)).status == 204
    assert (await desk.get("rooms", ben))["data"][0]["unread"] == 1
    assert (await desk.get("rooms", boss))["data"] == []
    for method, url, body in (("GET", talk, None), ("POST", talk, {"client_id": str(uuid4()), "text": "x"})):
        assert (await desk.ask(method, url, body, boss)).status == 404
    assert (await desk.ask("PUT", f"rooms/{ours['id']}/read", {}, boss)).status == 404
    assert (await desk.ask("GET", f"rooms/{uuid4()}/messages")).status == 404


async def test_who_leaves_the_team_is_out_at_once(desk: DeskStage) -> None:
    (ours,) = (await desk.get("rooms"))["data"]
    ben, his = await desk.somebody(Role.AGENT, in_team=True)
    await say(desk, ours["id"], headers=his, mentions=[{"type": "user", "id": str(desk.ana.id)}])
    await desk.teams.remove_member(desk.team_id, ben.id)
    assert (await desk.ask("GET", f"rooms/{ours['id']}/messages", headers=his)).status == 404
    refused = await desk.ask(
        "POST",
        f"rooms/{ours['id']}/messages",
        {"client_id": str(uuid4()), "text": "x", "mentions": [{"type": "user", "id": str(ben.id)}]},
    )
    assert refused.status == 422
    assert (await desk.get("notifications"))["unread"] == 1


async def test_people_open_a_room_of_their_own(desk: DeskStage) -> None:
    ben, his = await desk.somebody(Role.AGENT, in_team=False)
    made = await desk.ask("POST", "rooms", {"member_ids": [str(ben.id), str(desk.ana.id)]})
    room = await made.json()
    assert (made.status, room["kind"], room["name"]) == (201, "direct", None)
    assert {member["name"] for member in room["members"]} == {"Ana", ben.name}
    again = await desk.ask("POST", "rooms", {"member_ids": [str(desk.ana.id)]}, his)
    assert (again.status, (await again.json())["id"]) == (200, room["id"])
    named = await desk.ask("POST", "rooms", {"member_ids": [str(ben.id)], "name": " Plans "})
    assert (named.status, (await named.json())["name"]) == (201, "Plans")
    page = await desk.get("rooms?limit=2")
    rest = await desk.get(f"rooms?limit=2&cursor={page['next_cursor']}")
    assert sorted(one["kind"] for one in page["data"] + rest["data"]) == ["direct", "named", "team"]


async def test_the_same_message_again_is_the_same_message(desk: DeskStage) -> None:
    (ours,) = (await desk.get("rooms"))["data"]
    client_id = str(uuid4())
    messages = await asyncio.gather(*(say(desk, ours["id"], "once", client_id=client_id) for _ in range(10)))
    assert {message["id"] for message in messages} == {messages[0]["id"]}
    url = f"rooms/{ours['id']}/messages"
    assert len((await desk.get(url))["data"]) == 1
    other = await desk.ask("POST", url, {"client_id": client_id, "text": "other"})
    assert (other.status, (await other.json())["code"]) == (422, "idempotency_key_reused")


async def test_whoever_is_mentioned_is_told(desk: DeskStage) -> None:
    ben, his = await desk.somebody(Role.AGENT, in_team=True)
    stranger, _ = await desk.somebody(Role.AGENT, in_team=False)
    (ours,) = (await desk.get("rooms"))["data"]
    message = await say(desk, ours["id"], "@Ben", mentions=[{"type": "user", "id": str(ben.id)}])
    (told,) = (await desk.get("notifications", his))["data"]
    assert (told["kind"], told["room"], told["text"]) == ("mention", {"id": ours["id"], "name": "Support"}, "@Ben")
    assert (told["room_message_id"], told["conversation"]) == (message["id"], None)
    wrong = {"client_id": str(uuid4()), "text": "x", "mentions": [{"type": "user", "id": str(stranger.id)}]}
    assert (await desk.ask("POST", f"rooms/{ours['id']}/messages", wrong)).status == 422


@pytest.mark.parametrize(
    "body",
    [{}, {"member_ids": []}, {"member_ids": [str(uuid4())]}, {"member_ids": [str(uuid4())] * 50}, {"name": "alone"}],
)
async def test_what_is_no_room(desk: DeskStage, body: dict[str, Any]) -> None:
    assert (await desk.ask("POST", "rooms", body)).status == 422
    myself = await desk.ask("POST", "rooms", {"member_ids": [str(desk.ana.id)]})
    assert myself.status == 422
