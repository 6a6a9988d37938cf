"""Sockets as a client sees them that writes its own frames."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hub.rights import Role
from hub.websocket import Opcode
from storage.database import Database
from tests.hub.test_websocket import frame
from tests.web.realtime_stage import Person, Stage, staged, until
from web import realtime_socket
from web.realtime import StreamSettings


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    async with staged(database, settings=StreamSettings(heartbeat=0.2, grace=0.5)) as stage:
        yield stage


class Raw:
    """Frames of a server, as they come."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def frame(self) -> tuple[int, bytes]:
        """The next one: its kind and payload."""
        first, size = await self.reader.readexactly(2)
        if size == 126:
            size = int.from_bytes(await self.reader.readexactly(2), "big")
        return first & 0x0F, await self.reader.readexactly(size)

    async def next(self, opcode: Opcode, containing: bytes = b"") -> bytes:
        """The next one of this kind that contains this."""
        async with asyncio.timeout(20):
            while True:
                kind, payload = await self.frame()
                if kind == opcode and containing in payload:
                    return payload


@asynccontextmanager
async def connected(stage: Stage, person: Person) -> AsyncIterator[Raw]:
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.listener.port)
    lines = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
    lines += ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", f"Authorization: Bearer {person.token}"]
    writer.write("\r\n".join(["GET /ws HTTP/1.1", "Host: x", *lines, "", ""]).encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head
    try:
        yield Raw(reader, writer)
    finally:
        writer.close()


@pytest.fixture
async def raw(stage: Stage) -> AsyncIterator[Raw]:
    async with connected(stage, await stage.person(Role.AGENT)) as raw:
        await raw.next(Opcode.TEXT, b"hello")
        yield raw


async def test_a_message_in_fragments_and_a_ping_between_them_are_answered(raw: Raw) -> None:
    raw.writer.write(frame(b'{"type":', final=False) + frame(b"you?", Opcode.PING))
    raw.writer.write(frame(b'"ping"}', Opcode.CONTINUATION))
    assert await raw.next(Opcode.PONG) == b"you?"
    await raw.next(Opcode.TEXT, b'"pong"')


async def test_a_farewell_is_answered_with_the_same_code_and_the_session_is_over(stage: Stage, raw: Raw) -> None:
    raw.writer.write(frame(b"\x03\xe9bye", Opcode.CLOSE))
    assert await raw.next(Opcode.CLOSE) == b"\x03\xe9bye"
    assert await raw.reader.read() == b""
    await until(lambda: len(stage.registry) == 0 and stage.value("hub_http_connections") == 0)


@pytest.mark.parametrize(
    ("sent", "code"),
    [(b"GET / HTTP/1.1\r\n\r\n", 1002), (frame(b"\xff"), 1007), (frame(b"x" * 16_385), 1009), (frame(b"", 2), 1003)],
)
async def test_what_cannot_be_understood_ends_the_session(stage: Stage, raw: Raw, sent: bytes, code: int) -> None:
    raw.writer.write(sent)
    assert int.from_bytes((await raw.next(Opcode.CLOSE))[:2], "big") == code
    assert len(stage.registry) == 0
    raw.writer.write(b"more of it")
    await until(lambda: stage.value("hub_http_connections") == 0)


async def test_a_silent_client_is_pinged_and_then_given_up(stage: Stage, raw: Raw) -> None:
    await raw.next(Opcode.PING)
    raw.writer.write(frame(b"", Opcode.PONG))
    await raw.next(Opcode.PING)
    with pytest.raises(asyncio.IncompleteReadError):
        await raw.next(Opcode.CLOSE)
    await until(lambda: len(stage.registry) == 0)


async def test_a_client_that_talks_faster_than_it_is_dealt_with_waits(
    stage: Stage, raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(realtime_socket, "WAITING", 2)
    raw.writer.write(b"".join(frame(b'{"type":"ping"}') for _ in range(8)))
    for _ in range(8):
        await raw.next(Opcode.TEXT, b'"pong"')


async def test_a_stopping_server_waits_for_farewells(stage: Stage, raw: Raw) -> None:
    await stage.realtime.drain(0.0)
    closing = asyncio.create_task(stage.listener.close())
    payload = await raw.next(Opcode.CLOSE)
    await asyncio.sleep(0.05)
    raw.writer.write(frame(payload, Opcode.CLOSE))
    assert await raw.reader.read() == b""
    await closing
