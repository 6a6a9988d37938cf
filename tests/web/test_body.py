"""Bodies: bounded in size and time, and one complaint for each way of being wrong."""

import asyncio
import gzip

import pytest
from aiohttp import web
from attrs import frozen

from tests.web.conftest import Client, OpenDoors, get
from web import answers
from web.body import BodyLimits, path_id, query, raw, read
from web.fields import text

JSON = {"Content-Type": "application/json"}


@frozen
class Given:
    text: str = text(most=5000)


@frozen
class Asked:
    q: str | None = None


async def echo(request: web.Request) -> web.Response:
    return answers.json(await read(request, Given))


async def twice(request: web.Request) -> web.Response:
    return web.Response(body=await raw(request) + await raw(request))


async def ask(request: web.Request) -> web.Response:
    return answers.json({"id": path_id(request), "q": query(request, Asked).q})


@pytest.fixture
async def client(open_doors: OpenDoors) -> Client:
    return await open_doors(
        get("/echo", echo, method="POST"),
        get("/small", echo, method="POST", body_limit=20),
        get("/twice", twice, method="POST"),
        get("/ask/{id}", ask),
        body_limits=BodyLimits(size=10_000, seconds=0.2),
    )


async def test_a_body_is_read(client: Client) -> None:
    for headers in (JSON, {"Content-Type": "application/json; charset=utf-8"}):
        answer = await client.post("/echo", data=b'{"text":"hi"}', headers=headers)
        assert await answer.json() == {"text": "hi"}
    packed = await client.post(
        "/echo", data=gzip.compress(b'{"text":"hi"}'), headers=JSON | {"Content-Encoding": "gzip"}
    )
    assert await packed.json() == {"text": "hi"}
    assert await (await client.post("/twice", data=b"ab")).read() == b"abab"


async def test_no_body_is_an_empty_object(open_doors: OpenDoors) -> None:
    async def show(request: web.Request) -> web.Response:
        return answers.json(await read(request, Asked))

    client = await open_doors(get("/all-optional", show, method="PUT"), get("/echo", echo, method="POST"))
    answer = await client.put("/all-optional", skip_auto_headers=["Content-Type"])
    assert (answer.status, await answer.json()) == (200, {"q": None})
    missing = await client.post("/echo", skip_auto_headers=["Content-Type"])
    assert (missing.status, (await missing.json())["errors"]) == (422, [{"path": "$.text", "message": "is required"}])
    assert (await client.put("/all-optional", headers={"Content-Type": "text/plain"})).status == 415


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "invalid_json"),
        (b"{", 400, "invalid_json"),
        (b"\xef\xbb\xbf{}", 400, "invalid_json"),
        (b'{"text":"\xff"}', 400, "invalid_json"),
        (b'{"text":NaN}', 400, "invalid_json"),
        (b"[" * 9000, 400, "invalid_json"),
        (b"[1]", 422, "invalid_request"),
        (b"null", 422, "invalid_request"),
        (b'{"text":"\\ud800"}', 422, "invalid_request"),
        (b'{"text":"\\u0000"}', 422, "invalid_request"),
        (b'{"te\\u0000xt":"x"}', 422, "invalid_request"),
        (b'{"text":"' + b"x" * 5001 + b'"}', 422, "invalid_request"),
        (b'{"text":"' + b"x" * 10_001 + b'"}', 413, "payload_too_large"),
    ],
)
async def test_bodies_that_are_none(client: Client, body: bytes, status: int, code: str) -> None:
    answer = await client.post("/echo", data=body, headers=JSON)
    assert (answer.status, (await answer.json())["code"]) == (status, code)


async def test_an_escaped_backslash_is_no_nul(client: Client) -> None:
    answer = await client.post("/echo", data=b'{"text":"\\\\u0000"}', headers=JSON)
    assert await answer.json() == {"text": "\\u0000"}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "x"])
async def test_other_kinds_of_body(client: Client, kind: str) -> None:
    answer = await client.post("/echo", data=b'{"text":"hi"}', headers={"Content-Type": kind})
    assert answer.status == 415


async def test_encodings(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    unknown = await client.post("/echo", data=b"{}", headers=JSON | {"Content-Encoding": "snappy"})
    assert unknown.status == 415
    broken = await client.post("/echo", data=b"\x1f\x8bno gzip" * 5, headers=JSON | {"Content-Encoding": "gzip"})
    assert broken.status == 400
    bomb = await client.post("/echo", data=gzip.compress(b" " * 5_000_000), headers=JSON | {"Content-Encoding": "gzip"})
    assert bomb.status == 413
    assert not caplog.records


async def test_a_route_may_take_less(client: Client) -> None:
    assert (await client.post("/small", data=b'{"text":"hi"}', headers=JSON)).status == 200
    assert (await client.post("/small", data=b'{"text":"hi, everybody"}', headers=JSON)).status == 413


HEAD = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


async def test_no_length_is_no_way_around_the_limit(client: Client) -> None:
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    for _ in range(3):  # each below the limit, and read by itself or not: together they are above it
        writer.write(b"fa0\r\n" + b"x" * 4000 + b"\r\n")
        await asyncio.sleep(0.01)
    assert b" 413 " in await reader.readline()
    writer.close()


async def test_what_swells_is_measured_as_it_was_meant_even_when_it_comes_at_once(client: Client) -> None:
    reader, writer = await asyncio.open_connection(client.host, client.port)
    bomb = gzip.compress(b" " * 20_000)
    writer.write(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb)
    assert b" 413 " in await reader.readline()
    writer.close()


async def test_a_body_that_does_not_come_is_given_up(client: Client) -> None:
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(HEAD + b"Content-Length: 9\r\n\r\n{")
    async with asyncio.timeout(10):
        assert b" 408 " in await reader.readline()
    writer.close()


async def test_queries_and_ids(client: Client) -> None:
    known = "018f0000-0000-7000-8000-000000000001"
    assert (await (await client.get(f"/ask/{known}?q=x")).json()) == {"id": known, "q": "x"}
    for wrong in ("q=a&q=b", "p=1", "q=%00"):
        assert (await client.get(f"/ask/{known}?{wrong}")).status == 422, wrong
    for missing in ("1", known.upper(), "%7B" + known + "%7D"):
        assert (await client.get(f"/ask/{missing}")).status == 404
