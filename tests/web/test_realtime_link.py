import asyncio
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from actors.session import SessionLimits
from hub.events import Audience
from hub.rights import Role
from storage.database import Database
from tests.web.realtime_stage import Person, Stage, durable, receive, staged, stream_frames, until
from web.realtime import StreamSettings

LIMITS = SessionLimits(frames=64, size=32 * 1024)


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    settings = StreamSettings(grace=0.3, stalled=0.5, limits=LIMITS)
    async with staged(database, settings=settings) as stage:
        yield stage


@asynccontextmanager
async def deaf(stage: Stage, person: Person, path: str) -> AsyncIterator[sockets.socket]:
    """A client that asks for a stream and then reads nothing, with a small window."""
    raw = sockets.socket()
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    raw.connect(("127.0.0.1", stage.listener.port))
    upgrade = (
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        if path.startswith("/ws")
        else ""
    )
    raw.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {person.token}\r\n{upgrade}\r\n".encode())
    try:
        yield raw
    finally:
        raw.close()


async def flood(stage: Stage, until_cut: str) -> int:
    """Commits large events until a reader of that transport was cut; the most bytes that waited for one."""
    most = 0
    async with asyncio.timeout(60):
        while not stage.value("hub_realtime_slow_consumers_total", transport=until_cut):
            await stage.commit(*[Audience()] * 8, size=2000)
            await asyncio.sleep(0)
            most = max([most, *(session.link.buffered() for session in stage.registry.sessions())])
    return most


@pytest.mark.parametrize("transport", ["ws", "sse"])
async def test_a_deaf_reader_is_cut_bounded_and_left_behind_while_others_go_on(stage: Stage, transport: str) -> None:
    ana, ben = await stage.person(Role.ADMIN), await stage.person(Role.ADMIN)
    async with stage.ws(ben) as other, deaf(stage, ana, f"/{transport}") as raw:
        await receive(other, "hello")
        await until(lambda: len(stage.registry) == 2)
        reading = asyncio.create_task(_read_until_done(stage, other))
        most = await flood(stage, transport)
        stage.committed.clear()
        await stage.commit(Audience(user_id=ben.id))
        seqs = await reading
        assert seqs == list(range(1, stage.tail.cursor + 1))
        # One tick's frames may go over the bound before it is noticed.
        assert most <= LIMITS.size + 200 * 2400
        await until(lambda: stage.value("hub_http_connections") == 1)
        raw.settimeout(5)
        with pytest.raises(ConnectionResetError):
            await asyncio.to_thread(_read_all, raw)


def _read_all(raw: sockets.socket) -> None:
    while raw.recv(65536):
        pass


async def _read_until_done(stage: Stage, socket: object) -> list[int]:
    seqs: list[int] = []
    while True:
        frame = await socket.receive_json()  # type: ignore[attr-defined]
        if "id" in frame:
            seqs.append(frame["seq"])
            if frame["data"] == {"text": "x" * 10}:
                return seqs


async def test_a_slow_reader_is_cut_with_4408_and_gets_the_rest_when_it_comes_back(database: Database) -> None:
    async with staged(database, settings=StreamSettings(grace=20.0, limits=LIMITS)) as stage:
        ana = await stage.person(Role.ADMIN)
        async with stage.ws(ana) as socket:
            await receive(socket, "hello")
            socket._reader._protocol.pause_reading()
            await flood(stage, "ws")
            await stage.commit(*[Audience()] * 5)
            last = stage.tail.cursor
            socket._reader._protocol.resume_reading()
            seqs = []
            async with asyncio.timeout(20):
                async for message in socket:
                    frame = message.json()
                    if "id" in frame:
                        seqs.append(frame["seq"])
        assert socket.close_code == 4408
        assert seqs == list(range(1, len(seqs) + 1))
        assert len(seqs) < last
        async with stage.ws(ana, f"?after={seqs[-1]}") as socket:
            rest = await durable(socket, last)
        assert seqs + [frame["seq"] for frame in rest] == list(range(1, last + 1))


async def test_who_reads_nothing_of_a_replay_is_cut(stage: Stage) -> None:
    ana = await stage.person(Role.ADMIN)
    for _ in range(10):
        await stage.commit(*[Audience()] * 20, size=4000)
    async with deaf(stage, ana, "/ws?after=0"):
        await until(lambda: stage.value("hub_realtime_slow_consumers_total", transport="ws") == 1)
        await until(lambda: stage.value("hub_realtime_connections", transport="ws", audience="agent") == 0)


async def test_a_replay_does_not_count_against_the_bound(stage: Stage) -> None:
    ana = await stage.person(Role.ADMIN)
    for _ in range(20):
        await stage.commit(*[Audience()] * 40, size=1000)
    async with stage.sse(ana, "?after=0") as response:
        seqs = []
        async for _, frame in stream_frames(response):
            if "id" in frame:
                seqs.append(frame["seq"])
            if frame["type"] == "resumed":
                break
    assert seqs == list(range(1, 801))
    assert stage.value("hub_realtime_slow_consumers_total", transport="sse") == 0


async def test_a_heartbeat_finds_a_peer_that_is_gone(database: Database) -> None:
    settings = StreamSettings(heartbeat=0.2, grace=0.2)
    async with staged(database, settings=settings) as stage:
        ana = await stage.person()
        async with deaf(stage, ana, "/ws"):
            await until(lambda: stage.value("hub_realtime_connections", transport="ws", audience="agent") == 1)
            # It answers no ping.
            await until(lambda: stage.value("hub_realtime_connections", transport="ws", audience="agent") == 0)
