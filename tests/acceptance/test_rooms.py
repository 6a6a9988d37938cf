"""Rooms: told at once to their members, replayed to nobody else, and in one order for all."""

import asyncio
from typing import Any
from uuid import uuid4

from tests.acceptance.agent import Agent
from tests.acceptance.stage import BEN, ROOT, Stage


async def say(agent: Agent, room_id: str, text: str, **more: Any) -> Any:
    answer = await agent.request(
        "POST", f"/api/v1/rooms/{room_id}/messages", {"client_id": str(uuid4()), "text": text, **more}
    )
    assert answer.status == 201, answer.raw
    return answer.json


async def test_what_is_said_reaches_the_members_in_order_and_nobody_else(stage: Stage) -> None:
    ana, ben, root = await stage.login(), await stage.login(BEN), await stage.login(ROOT)
    streams = [await agent.socket() for agent in (ana, ben, root)]
    start = streams[0].of("hello")[0]["seq"]
    ours = next(room for room in (await ana.get("rooms"))["data"] if room["kind"] == "team")
    direct = (await ana.request("POST", "/api/v1/rooms", {"member_ids": [ben.user["id"]]})).json
    for room in (ours, direct):
        await asyncio.gather(*(say(agent, room["id"], f"{n}") for n in range(20) for agent in (ana, ben)))
    for stream in streams[:2]:
        await stream.until(lambda stream: len(stream.of("internal.message")) == 80)
        for room in (ours, direct):
            told = [
                frame["data"] for frame in stream.of("internal.message") if frame["data"]["room"]["id"] == room["id"]
            ]
            assert [data["message"]["seq"] for data in told] == list(range(1, 41))
    named = (await root.request("POST", "/api/v1/rooms", {"member_ids": [ana.user["id"]], "name": "plans"})).json
    await say(root, named["id"], "a word for Ana")
    for stream in (streams[0], streams[2]):
        await stream.until(lambda stream: stream.of("internal.message")[-1:] and "Ana" in str(stream.frames[-1]))
    assert len(streams[2].of("internal.message")) == 1
    assert len(streams[1].of("internal.message")) == 80
    resumed = await ana.events(start)
    await resumed.until(lambda stream: stream.of("resumed"))
    assert resumed.of("internal.message") == streams[0].of("internal.message")
    stage.planted.append("a word for Ana")


async def test_who_leaves_a_team_hears_and_replays_nothing_of_its_room(stage: Stage) -> None:
    ana, ben, root = await stage.login(), await stage.login(BEN), await stage.login(ROOT)
    ours = next(room for room in (await ana.get("rooms"))["data"] if room["kind"] == "team")
    live = await ben.socket()
    start = live.of("hello")[0]["seq"]
    await say(ana, ours["id"], "@Ben", mentions=[{"type": "user", "id": ben.user["id"]}])
    await live.until(lambda stream: stream.of("notification.created"))
    member = f"/api/v1/teams/{ours['team_id']}/members/{ben.user['id']}"
    assert (await root.request("DELETE", member)).status == 204
    try:
        assert (await ben.request("GET", f"/api/v1/rooms/{ours['id']}/messages")).status == 404
        await live.until(lambda stream: stream.of("reset"))
        heard = len(live.of("internal.message"))
        after = await say(ana, ours["id"], "without Ben")
        again = await ben.events(start)
        await again.until(lambda stream: stream.of("resumed"))
        assert not again.of("internal.message", "notification.created")
        assert after["text"] not in str(live.frames)
        assert len(live.of("internal.message")) == heard
        assert (await ben.get("notifications"))["data"] == []
    finally:
        assert (await root.request("PUT", member)).status == 204
