"""Which addresses may be connected to, however they are written, and how much is read of an answer."""

import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from actors.kernel import NO_TRACE, TRACE
from web.outgoing_guard import BodyTooLarge, drain, is_public, is_refused, session

INSIDE = (
    "127.0.0.1",
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.168.1.1",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:192.0.0.8",
    "::ffff:224.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
    "",
)


@pytest.mark.parametrize("address", INSIDE)
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "157.240.0.1", "2a03:2880::1", "::ffff:8.8.8.8", "2606:4700::1111"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

Serve = Callable[..., Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts a server that gives answers with these options of a Response, or the value of the header `echo`; the value
    is its address."""
    runners = []

    async def serve(*, chunked: bool = False, echo: str = "", **options: Any) -> str:
        async def handle(request: web.Request) -> web.Response:
            if echo:
                return web.Response(text=str(request.headers.get(echo)))
            response = web.Response(**options)
            if chunked:
                response.enable_chunked_encoding()
            return response

        app = web.Application()
        app.router.add_get("/{path:.*}", handle)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"127.0.0.1:{runner.addresses[0][1]}"

    yield serve
    for runner in runners:
        await runner.cleanup()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.1", "2130706433", "0x7f000001", "１２７.0.0.1"]
)
async def test_no_spelling_of_loopback_is_connected_to(serve: Serve, host: str) -> None:
    port = (await serve(text="secret")).rpartition(":")[2]
    async with session(guarded=True) as guarded:
        with pytest.raises(aiohttp.ClientError):
            await guarded.get(f"http://{host}:{port}/")


async def test_a_refused_address_is_told_from_one_that_is_down(serve: Serve) -> None:
    address = await serve(text="secret")
    async with session(guarded=True) as guarded, session(guarded=False) as plain:
        with pytest.raises(aiohttp.ClientConnectorError) as refused:
            await guarded.get(f"http://{address}/")
        with pytest.raises(aiohttp.ClientConnectorError) as down:
            await plain.get("http://127.0.0.1:9/")
    assert is_refused(refused.value)
    assert not is_refused(down.value)


async def read(address: str, limit: int, take: Any = None) -> bytes:
    async with session(guarded=False) as plain, plain.get(f"http://{address}/") as response:
        return await drain(response, limit, take)


async def test_an_answer_is_read_up_to_the_limit(serve: Serve) -> None:
    address = await serve(body=b"x" * 1000)
    assert await read(address, 1000) == b"x" * 1000
    with pytest.raises(BodyTooLarge):
        await read(address, 999)


async def test_a_length_that_was_not_announced_is_counted(serve: Serve) -> None:
    taken = []

    async def take(chunk: bytes) -> None:
        taken.append(len(chunk))

    with pytest.raises(BodyTooLarge):
        await read(await serve(body=b"x" * 100_000, chunked=True), 10_000, take)
    assert sum(taken) <= 10_000


async def test_a_compressed_answer_is_not_unpacked(serve: Serve) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    packed = await serve(body=bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(BodyTooLarge):
        await read(packed, 1_000_000)


async def test_what_is_sent_along() -> None:
    async with session(guarded=True) as guarded:
        assert guarded.headers["Accept-Encoding"] == "identity"
        assert guarded.headers["User-Agent"] == "conversation-hub"
        assert not guarded.trust_env


@pytest.mark.parametrize(
    ("guarded", "trace", "told"),
    [
        (False, {"request_id": "r", "traceparent": TRACEPARENT}, TRACEPARENT),
        (False, {"request_id": "r"}, None),
        (False, NO_TRACE, None),
        (True, {"request_id": "r", "traceparent": TRACEPARENT}, None),  # strangers learn nothing of it
    ],
)
async def test_the_trace_is_passed_on(serve: Serve, guarded: bool, trace: dict[str, str], told: str | None) -> None:
    address = await serve(echo="traceparent")
    TRACE.set(trace)
    async with (
        session(guarded=guarded, permits=lambda _address, _port: True) as some,
        some.get(f"http://{address}/") as answer,
    ):
        assert await answer.text() == str(told)
