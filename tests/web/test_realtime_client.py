import asyncio
from collections.abc import AsyncIterator

import pytest

from hub.rights import Role
from storage.database import Database
from tests.web.realtime_stage import Stage, receive, staged
from web.realtime_client import BURST, DROPPED, PER_SECOND, Flood


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    async with staged(database) as stage:
        yield stage


async def closed(socket: object) -> int | None:
    """The code with which a socket is closed."""
    async with asyncio.timeout(10):
        async for _ in socket:  # type: ignore[attr-defined]
            pass
    return socket.close_code  # type: ignore[attr-defined, no-any-return]


NOBODYS = "01930000-0000-7000-8000-00000000dead"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "invalid_json"),
        ("[]", "invalid_json"),
        ('"typing"', "invalid_json"),
        ('{"type": 1}', "invalid_json"),
        ('{"type":"\\ud800"}', "invalid_json"),
        ('{"type":"subscribe"}', "invalid_request"),
        ('{"type":"typing"}', "invalid_request"),
        ('{"type":"typing","conversation_id":"x"}', "invalid_request"),
        (f'{{"type":"typing","conversation_id":"{NOBODYS}"}}', "forbidden"),
        (f'{{"type":"viewing","conversation_id":"{NOBODYS}"}}', "forbidden"),
        ('{"type":"presence","state":"asleep"}', "invalid_request"),
        ('{"type":"presence","state":"away","reason":7}', "invalid_request"),
    ],
)
async def test_a_bad_frame_is_answered_by_an_error_frame(stage: Stage, text: str, code: str) -> None:
    ana = await stage.person()
    async with stage.ws(ana) as socket:
        await socket.send_str(text)
        assert (await receive(socket, "error"))["code"] == code
        await socket.send_str('{"type":"ping"}')
        assert await receive(socket, "pong") == {"type": "pong"}


async def test_the_third_piece_of_garbage_ends_it_and_unknown_types_never_do(stage: Stage) -> None:
    ana = await stage.person()
    async with stage.ws(ana) as socket:
        for _ in range(4):
            await socket.send_str('{"type":"subscribe"}')
            await receive(socket, "error")
        for _ in range(3):
            await socket.send_str("garbage")
        assert await closed(socket) == 1008


async def test_sizes_and_kinds_of_frames(stage: Stage) -> None:
    ana = await stage.person()
    async with stage.ws(ana) as socket:
        await socket.send_str('{"type":"ping","pad":"' + "x" * (16 * 1024 - 24) + '"}')
        await receive(socket, "pong")
        await socket.send_str("x" * (16 * 1024 + 1))
        assert await closed(socket) == 1009
    async with stage.ws(ana) as socket:
        await socket.send_bytes(b"{}")
        assert await closed(socket) == 1003


async def test_a_flood_is_dropped_and_then_ends_it(stage: Stage) -> None:
    ana = await stage.person()
    async with stage.ws(ana) as socket:
        for _ in range(200):
            await socket.send_str('{"type":"ping"}')
        assert await closed(socket) == 1008


def test_the_rate_recovers() -> None:
    flood = Flood(0.0)
    assert [flood.take(0.0) for _ in range(int(BURST) + 2)] == [True] * int(BURST) + [False] * 2
    assert flood.dropped == 2
    assert [flood.take(1.0) for _ in range(int(PER_SECOND) + 1)] == [True] * int(PER_SECOND) + [False]
    assert flood.dropped == 1 < DROPPED


async def test_colleagues_who_may_see_the_conversation_hear_who_types_and_looks(stage: Stage) -> None:
    team = await stage.team()
    ana, ben, stranger = (
        await stage.person(Role.AGENT, team),
        await stage.person(Role.AGENT, team),
        await stage.person(),
    )
    conversation = await stage.conversation(team)
    async with stage.ws(ana) as socket, stage.ws(ben) as other, stage.ws(stranger) as outside:
        await receive(other, "hello")
        await receive(outside, "hello")
        await socket.send_json({"type": "typing", "conversation_id": str(conversation)})
        typing = await receive(other, "agent.typing")
        assert typing["conversation_id"] == str(conversation)
        assert typing["actor"] == {"type": "agent", "id": str(ana.id), "name": ana.name}
        assert "seq" not in typing
        await socket.send_json({"type": "viewing", "conversation_id": str(conversation)})
        assert (await receive(other, "conversation.viewing"))["data"] == {"viewing": True}
        await socket.close()
        assert (await receive(other, "conversation.viewing"))["data"] == {"viewing": False}
        await outside.send_json({"type": "typing", "conversation_id": str(conversation)})
        await outside.send_json({"type": "ping"})
        seen: list[str] = []
        while not seen or seen[-1] != "pong":
            seen.append((await outside.receive_json())["type"])
        assert "agent.typing" not in seen
        assert "conversation.viewing" not in seen
        assert "error" in seen
