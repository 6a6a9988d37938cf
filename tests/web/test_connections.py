"""Connections: the cap, what is not HTTP, and stopping in good order."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientSession, web
from prometheus_client import CollectorRegistry

from tests.web.conftest import get, nobody, once
from web import answers, metrics, server
from web.connections import RESERVED_FILES, fitting
from web.health import Flags

Listening = Callable[..., Awaitable[server.Listener]]


async def fine(_request: web.Request) -> web.Response:
    return answers.json({})


@pytest.fixture
def registry() -> CollectorRegistry:
    return metrics.registry("test")


@pytest.fixture
async def listening(registry: CollectorRegistry) -> AsyncIterator[Listening]:
    """Starts real servers and closes them."""
    open_: list[server.Listener] = []
    requests = metrics.Requests(registry)

    async def start(handler: Any = fine, **limits: Any) -> server.Listener:
        flags = Flags(essential=())
        app = server.build([get("/", handler)], authenticate=nobody, replay=once, requests=requests, flags=flags)
        limited = server.ServerLimits(**limits)
        open_.append(await server.serve(app, "127.0.0.1", 0, requests=requests, limits=limited))
        return open_[-1]

    yield start
    for listener in open_:
        await listener.close()


async def send(port: int, text: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text)
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


GET = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


async def test_above_the_cap_connections_are_cut_and_others_served(
    listening: Listening, registry: CollectorRegistry
) -> None:
    port = (await listening(connections=2)).port
    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
    await asyncio.sleep(0)
    assert await send(port, GET + b"\r\n") == b""
    held[0][1].write(GET + b"\r\n")
    assert b" 200 " in await held[0][0].read()
    assert registry.get_sample_value("hub_http_connections_refused_total") == 1
    for _, writer in held:
        writer.close()


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 50,
        b"GET / HTTP/1.1\r\nHost: x\r\nbad<script>header\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 9000 + b"\r\n\r\n",
        b"GET /?" + b"x" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X%d: x\r\n" % n for n in range(300)) + b"\r\n",
        b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    ],
)
async def test_what_is_not_http_gets_400_without_an_echo(
    listening: Listening, request_: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await send((await listening(keepalive=5)).port, request_)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b" 400 " in head.splitlines()[0]
    assert b"Server: hub\r\n" in head + b"\r\n"
    assert b"application/problem+json" in head
    assert b"script" not in body
    assert b"/problems/bad_request" in body
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize(
    "path", [b"/..%2f..%2fetc/passwd", b"/.git/HEAD", b"/config.toml", b"/%00", b"/%c0%ae", b"//x"]
)
async def test_paths_that_lead_nowhere(listening: Listening, path: bytes) -> None:
    request = b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = await send((await listening()).port, request)
    assert answer.split()[1] in (b"400", b"404")


async def test_an_idle_connection_is_closed(listening: Listening) -> None:
    port = (await listening(keepalive=0.05)).port
    for beginning in (b"", b"GET / HTTP/1.1\r\nHo"):
        async with asyncio.timeout(5):
            assert await send(port, beginning) == b""


async def test_what_was_accepted_is_answered_while_stopping(listening: Listening) -> None:
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        inside.set()
        await go_on.wait()
        return answers.json({"done": True})

    listener = await listening(slow)
    port = listener.port
    async with ClientSession() as client:
        running = asyncio.create_task(client.get(f"http://127.0.0.1:{port}/"))
        await inside.wait()
        await listener.stop_accepting()
        with pytest.raises(ConnectionError):
            await asyncio.open_connection("127.0.0.1", port)
        closing = asyncio.create_task(listener.close())
        go_on.set()
        assert await (await running).json() == {"done": True}
        await closing


@pytest.mark.parametrize("moment", ["before", "now"])
async def test_a_client_that_left_before_the_answer_is_no_error(
    listening: Listening, caplog: pytest.LogCaptureFixture, moment: str
) -> None:
    ended = asyncio.Event()

    async def late(request: web.Request) -> web.StreamResponse:
        try:
            if moment == "now" and request.transport is not None:
                request.transport.close()  # as when its end is noticed while the handler runs
            while moment == "before" and request.transport is not None:
                await asyncio.sleep(0.01)
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            return socket
        finally:
            ended.set()

    listener = await listening(late)
    _, writer = await asyncio.open_connection("127.0.0.1", listener.port)
    writer.write(HANDSHAKE)
    await asyncio.sleep(0.05)
    writer.close()
    await asyncio.wait_for(ended.wait(), 10)
    await listener.close()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_taken_port_is_an_error(listening: Listening, registry: CollectorRegistry) -> None:
    listener = await listening()
    app = web.Application()
    requests = metrics.Requests(metrics.registry("other"))
    with pytest.raises(OSError, match="in use"):
        await server.serve(app, "127.0.0.1", listener.port, requests=requests)


def test_connections_leave_files_for_the_rest(caplog: pytest.LogCaptureFixture) -> None:
    assert fitting(4000, 1_000_000) == 4000
    assert not caplog.records
    with caplog.at_level(logging.WARNING):
        assert fitting(4000, 1024) == 1024 - RESERVED_FILES
        assert fitting(4000, 10) == 1
    assert len(caplog.records) == 2
