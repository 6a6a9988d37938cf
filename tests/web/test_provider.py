"""One attempt over HTTP: how each way of failing ends, and that nothing goes where it should not."""

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web

from actors.kernel import NO_TRACE, TRACE
from hub.integration.wire import Reply, Wire
from web import outgoing_guard
from web.back_end_places import permitted
from web.provider import LARGEST, HttpProvider

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
SECRET = "a-very-secret-key"
HEADERS = {"X-Api-Key": SECRET, "Authorization": f"Bearer {SECRET}"}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts a back end; the value is its address."""
    runners = []

    async def serve(handler: Handler) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield serve
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    permits = permitted([], ["127.0.0.0/8"])
    async with outgoing_guard.session(guarded=True, permits=permits) as session:
        yield session


@pytest.fixture
def provider(session: aiohttp.ClientSession) -> HttpProvider:
    return HttpProvider(session, lambda: NOON)


def wire(url: str, method: str = "GET", body: bytes = b"") -> Wire:
    return Wire(method, url, body, HEADERS)


def answering(**options: object) -> Handler:
    async def handle(_request: web.Request) -> web.Response:
        return web.Response(**options)  # type: ignore[arg-type]

    return handle


async def test_the_request_arrives_as_it_was_signed(provider: HttpProvider, serve: Serve) -> None:
    came: list[tuple[str, str, bytes, str | None]] = []

    async def keep(request: web.Request) -> web.Response:
        came.append((request.method, request.raw_path, await request.read(), request.headers.get("X-Api-Key")))
        return web.json_response({"id": 1}, status=201)

    base = await serve(keep)
    reply = await provider.send(wire(f"{base}/a/b?who=a%20b%26c&x=%C3%A9", "POST", b'{"a": 1}'), 2.0)
    assert came == [("POST", "/a/b?who=a%20b%26c&x=%C3%A9", b'{"a": 1}', SECRET)]
    assert (reply.status, reply.body, reply.succeeded) == (201, b'{"id": 1}', True)


async def test_the_trace_is_passed_on(provider: HttpProvider, serve: Serve) -> None:
    came: list[str | None] = []

    async def keep(request: web.Request) -> web.Response:
        came.append(request.headers.get("traceparent"))
        return web.Response()

    base = await serve(keep)
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    for trace in ({"traceparent": traceparent}, NO_TRACE):
        TRACE.set(trace)
        await provider.send(wire(base), 2.0)
    assert came == [traceparent, None]


@pytest.mark.parametrize("status", [400, 401, 404, 409, 422, 500, 503])
async def test_of_a_refusal_only_the_status_is_taken(provider: HttpProvider, serve: Serve, status: int) -> None:
    reply = await provider.send(wire(await serve(answering(status=status, body=SECRET.encode()))), 2.0)
    assert reply == Reply(status)


async def test_a_pause_is_read(provider: HttpProvider, serve: Serve) -> None:
    base = await serve(answering(status=429, headers={"Retry-After": "3"}))
    assert await provider.send(wire(base), 2.0) == Reply(429, retry_after=3.0)


async def test_a_redirect_is_not_followed(provider: HttpProvider, serve: Serve) -> None:
    elsewhere: list[str] = []

    async def note(request: web.Request) -> web.Response:
        elsewhere.append(request.headers.get("X-Api-Key", ""))
        return web.Response()

    target = await serve(note)
    for status in (301, 302, 303, 307, 308):
        base = await serve(answering(status=status, headers={"Location": target}))
        for method in ("GET", "POST"):
            assert (await provider.send(wire(base, method), 2.0)).status == status
    assert elsewhere == []


async def test_a_byte_a_moment_ends_at_the_limit_too(provider: HttpProvider, serve: Serve) -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with suppress(ConnectionError):
            for _ in range(100):
                await response.write(b" ")
                await asyncio.sleep(0.05)
        return response

    base = await serve(drip)
    began = asyncio.get_running_loop().time()
    assert await provider.send(wire(base), 0.3) == Reply(None, "timeout")
    assert asyncio.get_running_loop().time() - began < 2.0


async def test_one_that_says_nothing(provider: HttpProvider, serve: Serve) -> None:
    async def sleep(_request: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    assert await provider.send(wire(await serve(sleep)), 0.2) == Reply(None, "timeout")


async def test_one_that_hangs_up(provider: HttpProvider, serve: Serve) -> None:
    async def cut(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    assert await provider.send(wire(await serve(cut), "POST"), 2.0) == Reply(None, "disconnected")


async def test_one_that_hangs_up_amid_its_answer(provider: HttpProvider, serve: Serve) -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"{")
        assert request.transport is not None
        request.transport.close()
        return response

    assert await provider.send(wire(await serve(half)), 2.0) == Reply(None, "disconnected")


async def test_nobody_there(provider: HttpProvider) -> None:
    assert await provider.send(wire("http://127.0.0.1:9"), 2.0) == Reply(None, "connection", sent=False)


@pytest.mark.parametrize("chunked", [True, False])
async def test_an_endless_answer_is_cut(provider: HttpProvider, serve: Serve, chunked: bool) -> None:
    async def flood(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={} if chunked else {"Content-Length": str(8 * LARGEST)})
        await response.prepare(request)
        with suppress(ConnectionError):
            for _ in range(8):
                await response.write(b"x" * LARGEST)
        return response

    assert await provider.send(wire(await serve(flood)), 5.0) == Reply(None, "too_large")


async def test_a_bomb_is_not_unpacked(provider: HttpProvider, serve: Serve) -> None:
    bomb = gzip.compress(b" " * 10 * LARGEST)
    base = await serve(answering(body=bomb, headers={"Content-Encoding": "gzip"}))
    assert await provider.send(wire(base), 2.0) == Reply(None, "too_large")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
async def test_a_name_that_leads_inside_is_not_called(serve: Serve, host: str) -> None:
    came: list[str] = []

    async def note(request: web.Request) -> web.Response:
        came.append(request.path)
        return web.Response()

    port = (await serve(note)).rpartition(":")[2]
    async with outgoing_guard.session(guarded=True, permits=permitted(["https://pay.example.com"], [])) as session:
        reply = await HttpProvider(session, lambda: NOON).send(wire(f"http://{host}:{port}/"), 2.0)
    assert reply == Reply(None, "address_refused", sent=False)
    assert came == []


async def test_what_is_no_http(provider: HttpProvider) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"220 mail.example.com ESMTP\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    reply = await provider.send(wire(f"http://127.0.0.1:{port}/"), 2.0)
    server.close()
    assert (reply.status, reply.sent) == (None, True)


async def test_no_secret_is_logged(provider: HttpProvider, serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await provider.send(Wire("GET", "http://127.0.0.1:9/?key=" + SECRET, b"", {"X": "a\nb", **HEADERS}), 2.0)
    await provider.send(wire(await serve(answering(status=500, reason=SECRET))), 2.0)
    assert SECRET not in caplog.text


async def test_cancelling_goes_through(provider: HttpProvider, serve: Serve) -> None:
    async def sleep(_request: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    task = asyncio.create_task(provider.send(wire(await serve(sleep)), 4.0))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
