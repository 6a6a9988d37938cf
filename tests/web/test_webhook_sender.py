"""How a try ends, for each way in which a receiver can behave."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from aiohttp import web

from web import outgoing_guard
from web.webhook_destination import Destinations
from web.webhook_sender import READ_MOST, WebhookSender

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
HEADERS = {"webhook-id": "1", "webhook-timestamp": "2", "webhook-signature": "v1,x"}
LOOPBACK = Destinations.of(("127.0.0.0/8",), https_only=False)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts a receiver; the value is its address."""
    runners = []

    async def serve(handler: Handler) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}/hook"

    yield serve
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def sender() -> AsyncIterator[WebhookSender]:
    async with outgoing_guard.session(guarded=True, permits=LOOPBACK.permits) as session:
        yield WebhookSender(session, 2.0, lambda: NOON)


def answering(**options: object) -> Handler:
    async def handle(_request: web.Request) -> web.Response:
        return web.Response(**options)  # type: ignore[arg-type]

    return handle


async def test_the_bytes_arrive_as_they_were_signed(sender: WebhookSender, serve: Serve) -> None:
    came = []

    async def keep(request: web.Request) -> web.Response:
        came.append((request.method, dict(request.headers), await request.read()))
        return web.Response(status=202, text="thanks")

    answer = await sender.send(await serve(keep), HEADERS, b'{"a": 1}')
    ((method, headers, body),) = came
    assert (method, body, headers["Content-Type"]) == ("POST", b'{"a": 1}', "application/json")
    assert HEADERS.items() <= headers.items()
    assert (answer.status, answer.reason, answer.excerpt) == (202, None, "thanks")
    assert 0 < answer.seconds < 2


@pytest.mark.parametrize(
    ("status", "reason"), [(204, None), (302, "redirect"), (404, "status"), (410, "status"), (500, "status")]
)
async def test_a_status_and_a_word_for_it(sender: WebhookSender, serve: Serve, status: int, reason: str | None) -> None:
    answer = await sender.send(await serve(answering(status=status, headers={"Location": "/x"})), HEADERS, b"{}")
    assert (answer.status, answer.reason) == (status, reason)


async def test_a_redirect_is_not_followed(sender: WebhookSender, serve: Serve) -> None:
    asked = []

    async def elsewhere(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=307, headers={"Location": "/inside"})

    await sender.send(await serve(elsewhere), HEADERS, b"{}")
    assert asked == ["/hook"]


async def test_when_to_come_again(sender: WebhookSender, serve: Serve) -> None:
    url = await serve(answering(status=429, headers={"Retry-After": "17"}))
    assert (await sender.send(url, HEADERS, b"{}")).retry_after == 17.0


async def test_an_endless_answer_is_read_to_the_limit(sender: WebhookSender, serve: Serve) -> None:
    written = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal written
        response = web.StreamResponse()
        await response.prepare(request)
        with suppress(ConnectionError):
            while written < 100 * 1024 * 1024:
                await response.write(b"x" * 4096)
                written += 4096
        return response

    answer = await sender.send(await serve(endless), HEADERS, b"{}")
    assert (answer.status, answer.excerpt) == (200, "x" * 1024)
    assert READ_MOST <= written < 100 * 1024 * 1024


async def test_an_answer_that_does_not_end_was_an_answer(sender: WebhookSender, serve: Serve) -> None:
    async def stuck(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"so")
        await asyncio.sleep(5)
        return response

    quick = WebhookSender(sender.session, 0.3, sender.now)
    answer = await quick.send(await serve(stuck), HEADERS, b"{}")
    assert (answer.status, answer.excerpt) == (200, "so")


async def test_what_cannot_be_shown_is_not_kept(sender: WebhookSender, serve: Serve) -> None:
    shown = await sender.send(await serve(answering(body=b"a\x00b\x1b[31m\xff\nc")), HEADERS, b"{}")
    assert shown.excerpt == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}\nc"
    packed = answering(body=gzip.compress(b"hello"), headers={"Content-Encoding": "gzip"})
    assert (await sender.send(await serve(packed), HEADERS, b"{}")).excerpt == ""


async def test_a_receiver_that_is_too_slow(sender: WebhookSender, serve: Serve) -> None:
    async def sleeps(_request: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    quick = WebhookSender(sender.session, 0.2, sender.now)
    answer = await quick.send(await serve(sleeps), HEADERS, b"{}")
    assert (answer.status, answer.reason) == (None, "timeout")
    assert 0.2 <= answer.seconds < 2


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:9/", "connection"),
        ("http://10.0.0.1/", "address_refused"),
        ("http://[::1]:80/", "address_refused"),
        ("http://2130706433/", "address"),
        ("http:///", "address"),
    ],
)
async def test_where_nothing_can_be_reached(sender: WebhookSender, url: str, reason: str) -> None:
    answer = await sender.send(url, HEADERS, b"{}")
    assert (answer.status, answer.reason) == (None, reason)


async def test_tls_that_is_none(sender: WebhookSender, serve: Serve) -> None:
    url = (await serve(answering())).replace("http:", "https:")
    assert (await sender.send(url, HEADERS, b"{}")).reason == "tls"


async def test_a_kept_connection_that_was_closed_is_no_failure(sender: WebhookSender) -> None:
    served = 0

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers one request, promises to stay, and hangs up at the next one."""
        nonlocal served
        served += 1
        await reader.readuntil(b"{}")
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()
        await reader.read(1)
        writer.close()

    async with await asyncio.start_server(once, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        answers = [await sender.send(url, HEADERS, b"{}") for _ in range(3)]
    assert [answer.status for answer in answers] == [204, 204, 204]
    assert served == 3
