import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientWebSocketResponse

from hub.ids import uuid7
from hub.rights import Role
from storage.database import Database
from tests.web.realtime_stage import Frame, Stage, receive, staged


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    async with staged(database) as stage:
        yield stage


async def test_who_has_no_socket_says_by_request_that_he_types(stage: Stage) -> None:
    team = await stage.team()
    ana, ben = await stage.person(Role.AGENT, team), await stage.person(Role.AGENT, team)
    conversation = await stage.conversation(team)
    address = f"{stage.url}/api/v1/realtime/typing"
    async with stage.ws(ben) as socket:
        await receive(socket, "hello")
        async with stage.client.post(
            address, headers=ana.headers, json={"conversation_id": str(conversation)}
        ) as response:
            assert response.status == 204
        assert (await receive(socket, "agent.typing"))["actor"]["id"] == str(ana.id)
    for conversation_id in (uuid7(), await stage.conversation()):
        async with stage.client.post(
            address, headers=ana.headers, json={"conversation_id": str(conversation_id)}
        ) as response:
            assert response.status == 404


@pytest.mark.parametrize("body", [{}, {"conversation_id": "x"}, {"conversation_id": str(uuid7()), "more": 1}])
async def test_a_wrong_body_is_refused(stage: Stage, body: dict[str, object]) -> None:
    ana = await stage.person()
    async with stage.client.post(f"{stage.url}/api/v1/realtime/typing", headers=ana.headers, json=body) as response:
        assert response.status == 422


async def test_a_ticket_is_for_the_signed_in(stage: Stage) -> None:
    async with stage.client.post(f"{stage.url}/api/v1/realtime/tickets") as response:
        assert response.status == 401


async def test_presence_follows_connections_and_choice(stage: Stage) -> None:
    ana, ben = await stage.person(), await stage.person()

    async def choose(state: str) -> str:
        async with stage.client.put(
            f"{stage.url}/api/v1/users/me/presence", headers=ana.headers, json={"state": state, "reason": "lunch"}
        ) as response:
            assert response.status == 200
            shown: str = (await response.json())["state"]
            return shown

    assert await choose("away") == "offline"

    async def told(socket: ClientWebSocketResponse) -> Frame:
        """What the next sign of Ana's presence says."""
        while (frame := await receive(socket, "agent.presence"))["actor"]["id"] != str(ana.id):
            pass
        data: Frame = frame["data"]
        return data

    async with stage.ws(ben) as socket:
        await receive(socket, "hello")
        first, second = await stage.ws(ana), await stage.ws(ana)
        assert await told(socket) == {"state": "online", "reason": None}
        assert await told(second) == {"state": "online", "reason": None}
        assert await choose("away") == "away"
        assert await told(socket) == {"state": "away", "reason": "lunch"}
        await first.close()
        await asyncio.sleep(0.4)
        await second.send_json({"type": "presence", "state": "online"})
        assert await told(socket) == {"state": "online", "reason": None}
        await second.close()
        assert (await told(socket))["state"] == "offline"
