"""The simulated app: it gets tokens with its key, and its people write, read and answer over the real protocol."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from hub.demo.chat_app import ChatAppWorld
from hub.demo.chat_app.people import PEOPLE
from hub.demo.chat_app.script import live
from hub.demo.script import Pace

FAST = Pace(reading=(0.0, 0.01), typing=(0.0, 0.01), between=(0.0, 0.01))


class Hub:
    """The customers' doors as the documents describe them, and a company that answers everything."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.frames: list[tuple[str, str]] = []
        self.refuse = 1
        self.sockets: dict[str, web.WebSocketResponse] = {}

    async def token(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer the key"
        given = await request.json()
        return web.json_response({"token": given["customer_id"], "expires_in": 60}, status=201)

    async def write(self, request: web.Request) -> web.Response:
        who = request.headers["Authorization"].removeprefix("Bearer ")
        if self.refuse:
            self.refuse -= 1
            return web.json_response({}, status=503)
        self.said.append((who, (await request.json())["text"]))
        if who in self.sockets:
            message = {"message_id": f"m-{len(self.said)}"}
            await self.sockets[who].send_json(
                {"type": "message.sent", "seq": len(self.said), "data": {"message": message}}
            )
        return web.json_response({"message_id": "x"}, status=201)

    async def listen(self, request: web.Request) -> web.WebSocketResponse:
        who = request.headers["Authorization"].removeprefix("Bearer ")
        socket = self.sockets[who] = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "seq": 0})
        async for frame in socket:
            self.frames.append((who, frame.json()["type"]))
        return socket


@pytest.fixture
async def hub(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Hub, ChatAppWorld]]:
    monkeypatch.setattr("hub.demo.chat_app.customer.AGAIN", 0.01)
    hub, world = Hub(), ChatAppWorld()
    app = web.Application()
    app.router.add_post("/chat/v1/tokens", hub.token)
    app.router.add_post("/chat/v1/messages", hub.write)
    app.router.add_get("/chat/v1/ws", hub.listen)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await world.start()
    world.hub_url, world.key = f"http://127.0.0.1:{runner.addresses[0][1]}", "the key"
    yield hub, world
    await world.stop()
    await runner.cleanup()


async def test_people_write_read_and_answer(hub: tuple[Hub, ChatAppWorld]) -> None:
    company, world = hub
    living = asyncio.create_task(live(world, 6000.0, 1, FAST))
    goodbyes = {story.farewell for person in PEOPLE for story in person.stories}
    async with asyncio.timeout(20):
        while not any(text in goodbyes for _, text in company.said):
            await asyncio.sleep(0.01)
    living.cancel()
    await asyncio.gather(living, return_exceptions=True)
    assert {kind for _, kind in company.frames} == {"typing", "delivered", "read"}
    assert {who for who, _ in company.said} <= {person.customer_id for person in PEOPLE}


async def test_the_page_signs_in_at_the_companys_server(hub: tuple[Hub, ChatAppWorld]) -> None:
    _, world = hub
    async with aiohttp.ClientSession(world.base_url) as session:
        async with session.get("/") as page:
            assert "Chat App" in await page.text()
        async with session.get("/app/customers") as answer:
            known: Any = (await answer.json())["customers"]
            assert known[0] == {"customer_id": "c-1000", "name": "You", "plan": "gold"}
        for given, status in (("c-7", 200), ("no good", 422), ("", 422)):
            async with session.post("/app/session", json={"customer_id": given}) as answer:
                assert answer.status == status
        async with session.post("/app/session", json={"customer_id": "c-7"}) as answer:
            assert await answer.json() == {"token": "c-7", "hub_url": world.hub_url}
        world.hub_url = "http://127.0.0.1:9"
        async with session.post("/app/session", json={"customer_id": "c-7"}) as answer:
            assert answer.status == 503
