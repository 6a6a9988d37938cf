"""The lean client, against a server that answers in pieces and leaves."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from hub.bench.wire import Answer, connect, once, request

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[int]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def test_an_answer_in_pieces_is_put_together_and_the_connection_kept() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for status in (200, 503):
            await reader.readuntil(b"\r\n\r\n")
            for part in (b"HTTP/1.1 %d X\r\nContent-Le" % status, b"ngth: 5\r\nX: y\r\n\r", b"\nhel", b"lo"):
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0.005)

    async with serving(serve) as port:
        connection = await connect(port)
        assert await connection.ask(request("GET", "/")) == Answer(200, b"hello")
        assert await connection.ask(request("GET", "/")) == Answer(503, b"hello")
        connection.close()


async def test_a_server_that_leaves_is_a_broken_connection() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")

    async with serving(serve) as port:
        connection = await connect(port)
        with pytest.raises(ConnectionError):
            await connection.ask(request("GET", "/"))
        assert not connection.open
        with pytest.raises(ConnectionError):
            connection.ask(request("GET", "/"))
        with pytest.raises(ConnectionError):
            await once(port, request("GET", "/"))


def test_a_request_has_its_headers_and_length() -> None:
    made = request("POST", "/a?b=1", b"{}", Content_Type="application/json")
    head, _, body = made.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /a?b=1 HTTP/1.1"
    assert {b"Content-Length: 2", b"Content-Type: application/json"} < set(lines)
    assert body == b"{}"
