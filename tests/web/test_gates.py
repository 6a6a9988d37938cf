"""Gates: what is not let in is refused before it is handled, in the handler's own words, and nothing else is."""

import asyncio
import gzip
import random
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise

import orjson
import pytest
from aiohttp import web
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_server import Server
from attrs import define, field
from prometheus_client import CollectorRegistry

from tests.web.conftest import get, nobody, once
from web import answers, metrics, server
from web.admission import Gate, InHand
from web.body import raw
from web.health import Flags

ID = b"X-Request-Id: Of-The-Caller.1"


def request(line: bytes = b"POST /in/main HTTP/1.1", *fields: bytes, body: bytes = b"{}") -> bytes:
    length = b"Content-Length: %d" % len(body)
    return b"\r\n".join([line, b"Host: x", ID, length, *fields, b"", body])


@define
class Talk:
    """A client's connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, *parts: bytes) -> tuple[int, dict[str, str], bytes]:
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()
            await asyncio.sleep(0.02)  # so that each part is read on its own
        return await self.answer()

    async def ask_at_once(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        self.writer.write(request)
        return await self.answer()

    async def write(self, parts: Sequence[bytes], chance: random.Random) -> None:
        """Sends one part after the other, some at once and some later."""
        for part in parts:
            self.writer.write(part)
            if chance.random() < 0.7:
                await asyncio.sleep(chance.choice([0, 0, 0.001, 0.003]))
        await self.writer.drain()

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        """The next answer: status, fields and body."""
        async with asyncio.timeout(10):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.strip().split("\r\n")
            fields = dict(line.split(": ", 1) for line in lines)
            body = await self.reader.readexactly(int(fields["Content-Length"]))
        return int(first.split()[1]), fields, body

    async def quiet(self) -> bool:
        """Whether nothing more comes."""
        try:
            async with asyncio.timeout(0.05):
                return not await self.reader.read(1)
        except TimeoutError:
            return True


@define
class Doors:
    """A server with a route that has a gate."""

    hand: InHand = field(factory=lambda: InHand(1))
    figures: CollectorRegistry = field(factory=lambda: metrics.registry("test"))
    handled: list[str] = field(factory=list)
    refused: list[str] = field(factory=list)
    go_on: asyncio.Event = field(factory=asyncio.Event)
    flags: Flags = field(factory=lambda: Flags(essential=()))
    port: int = 0
    server: Server | None = None
    talks: list[Talk] = field(factory=list)

    async def take_in(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        self.handled.append(name)
        with self.hand:
            body = await raw(request)
            if name == "slow":
                await self.go_on.wait()
            return answers.json({"taken": len(body)})

    async def other(self, request: web.Request) -> web.Response:
        self.handled.append("other")
        return answers.json({"read": len(await raw(request))})

    async def connect(self) -> Talk:
        """A connection on which something was answered already."""
        self.talks.append(Talk(*await asyncio.open_connection("127.0.0.1", self.port)))
        assert (await self.talks[-1].ask(request(b"POST /other HTTP/1.1")))[0] == 200
        self.handled.clear()
        return self.talks[-1]

    @property
    def connections(self) -> list[RequestHandler]:
        """The server's sides of them."""
        assert self.server is not None
        return self.server.connections

    def fill(self) -> None:
        self.hand.count = self.hand.limit

    def empty(self) -> None:
        self.hand.count = 0

    def counted(self, status: int) -> float | None:
        labels = {"method": "POST", "route": "/in/{name}", "code": str(status)}
        return self.figures.get_sample_value("hub_http_requests_total", labels)


@pytest.fixture
async def doors() -> AsyncIterator[Doors]:
    doors = Doors()
    gates = tuple(Gate(f"/in/{name}", doors.hand, lambda: doors.refused.append("gate")) for name in ("main", "slow"))
    routes = [
        get("/in/{name}", doors.take_in, method="POST", gates=gates),
        get("/other", doors.other, method="POST"),
    ]
    requests = metrics.Requests(doors.figures)
    app = server.build(routes, authenticate=nobody, replay=once, requests=requests, flags=doors.flags)
    listener = await server.serve(app, "127.0.0.1", 0, requests=requests, limits=server.ServerLimits(keepalive=0.5))
    doors.port, doors.server = listener.port, listener._runner.server
    yield doors
    for talk in doors.talks:
        talk.writer.close()
    await listener.close()


async def test_it_is_refused_in_the_words_of_the_handler_which_never_hears_of_it(doors: Doors) -> None:
    talk = await doors.connect()
    doors.fill()
    early = await talk.ask(request())
    assert (doors.handled, doors.refused, doors.counted(503)) == ([], ["gate"], 1)
    whole = request()
    late = await talk.ask(whole[:-1], whole[-1:])
    assert (doors.handled, doors.refused, doors.counted(503)) == (["main"], ["gate"], 2)
    for fields in (early[1], late[1]):
        del fields["Date"]
    assert early == late
    assert (early[0], early[1]["Retry-After"], early[1]["X-Request-Id"]) == (503, "1", "Of-The-Caller.1")
    assert orjson.loads(early[2])["request_id"] == "Of-The-Caller.1"


async def test_a_request_without_an_id_is_given_one(doors: Doors) -> None:
    talk = await doors.connect()
    doors.fill()
    ids = set()
    for _ in range(2):
        _, fields, body = await talk.ask(request().replace(ID, b"X: y"))
        assert orjson.loads(body)["request_id"] == fields["X-Request-Id"]
        ids.add(fields["X-Request-Id"])
    assert (len(ids), doors.handled) == (2, [])


async def test_the_connection_goes_on(doors: Doors) -> None:
    talk = await doors.connect()
    for _ in range(3):
        doors.fill()
        assert (await talk.ask(request()))[0] == 503
        doors.empty()
        assert (await talk.ask(request()))[0] == 200
    assert doors.handled == ["main"] * 3


async def test_a_connection_that_is_only_refused_is_not_idle(doors: Doors) -> None:
    talk = await doors.connect()
    doors.fill()
    for _ in range(10):
        await asyncio.sleep(0.1)
        assert (await talk.ask(request()))[0] == 503
    for _ in range(200):
        assert (await talk.ask_at_once(request()))[0] == 503
    assert doors.handled == []


async def test_answers_keep_their_order(doors: Doors) -> None:
    talk = await doors.connect()
    talk.writer.write(request(b"POST /in/slow HTTP/1.1"))
    while not doors.hand.full:
        await asyncio.sleep(0.01)
    talk.writer.write(request())
    assert await talk.quiet()
    doors.go_on.set()
    assert [(await talk.answer())[0] for _ in range(2)] == [200, 200]
    assert doors.handled == ["slow", "main"]


@pytest.mark.parametrize(
    ("asked", "handled"),
    [
        (request(b"POST /in/unknown HTTP/1.1"), ["unknown"]),
        (request(b"POST /in/main?a=b HTTP/1.1"), ["main"]),
        (request(b"POST /in/%6dain HTTP/1.1"), ["main"]),
        (request(b"POST /in/main HTTP/1.0", b"Connection: keep-alive"), ["main"]),
        (request(b"POST /in/main HTTP/1.1", b"Connection: close"), ["main"]),
        (request(b"POST /in/main HTTP/1.1", b"Connection: keep-alive", b"Connection: close"), ["main"]),
        (request(b"POST /in/main HTTP/1.1", b"Proxy-Connection: close"), ["main"]),
        (request(b"POST /in/main HTTP/1.1", b"Connection: Upgrade", b"Upgrade: websocket"), ["main"]),
        (request() + request(), ["main", "main"]),
        (request(b"POST /other HTTP/1.1") + request(), ["other", "main"]),
    ],
)
async def test_what_is_not_plain_is_for_the_handler(doors: Doors, asked: bytes, handled: list[str]) -> None:
    talk = await doors.connect()
    doors.fill()
    talk.writer.write(asked)
    statuses = [(await talk.answer())[0] for _ in handled]
    assert statuses == [200 if name == "other" else 503 for name in handled]
    assert (doors.handled, doors.refused) == (handled, [])
    assert await talk.quiet()


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (b"POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(request()), request()),
        (b"POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n{" % (len(request()) + 1), request()),
        (b"POST /other HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(request()), request()),
    ],
)
async def test_a_body_that_looks_like_a_request_is_a_body(doors: Doors, first: bytes, then: bytes) -> None:
    talk = await doors.connect()
    doors.fill()
    end = b"\r\n0\r\n\r\n" if b"chunked" in first else b""
    status, _, body = await talk.ask(first, then, end)
    assert (status, doors.handled, doors.refused) == (200, ["other"], [])
    assert orjson.loads(body)["read"] >= len(then)
    assert await talk.quiet()


async def test_the_end_of_a_head_that_looks_like_a_request_is_none(doors: Doors) -> None:
    talk = await doors.connect()
    doors.fill()
    status, _, _ = await talk.ask(b"POST /other HTTP/1.1\r\nX-Said: ", request())
    assert (status, doors.handled, doors.refused) == (200, ["other"], [])
    assert await talk.quiet()


async def test_a_large_body_comes_to_its_end_and_the_next_is_refused_at_the_gate(doors: Doors) -> None:
    talk = await doors.connect()
    whole = request(body=b"x" * 100_000)
    assert (await talk.ask(whole[:50_000], whole[50_000:90_000], whole[90_000:]))[0] == 200
    doors.fill()
    assert (await talk.ask(request()))[0] == 503
    assert (doors.handled, doors.refused) == (["main"], ["gate"])


async def test_of_many_that_come_at_once_no_more_are_let_in_than_there_is_room_for(doors: Doors) -> None:
    talks = [await doors.connect() for _ in range(5)]
    for talk in talks:
        talk.writer.write(request(b"POST /in/slow HTTP/1.1"))
    async with asyncio.timeout(10):
        while len(doors.refused) < 4:
            await asyncio.sleep(0.01)
    doors.go_on.set()
    assert sorted([(await talk.answer())[0] for talk in talks]) == [200, 503, 503, 503, 503]
    assert (doors.handled, doors.hand.count, doors.hand.coming) == (["slow"], 0, 0)


async def test_what_was_let_in_and_never_came_takes_no_room(doors: Doors) -> None:
    broken = await doors.connect()
    assert (await broken.ask(request(b"POST /in/main HTTP/1.1", b"X: \x00")))[0] == 400
    assert await broken.reader.read() == b""
    await doors.connect()
    leaving = doors.connections[-1]
    leaving.data_received(request())
    assert doors.hand.coming == 1
    leaving.connection_lost(None)
    assert (doors.hand.count, doors.hand.coming) == (0, 0)
    assert (await (await doors.connect()).ask(request()))[0] == 200


async def test_the_next_request_may_come_before_the_server_has_turned_from_the_one_before(doors: Doors) -> None:
    talk = await doors.connect()
    for _ in range(20):
        assert (await talk.ask_at_once(request()))[0] == 200
        doors.fill()
        assert (await talk.ask_at_once(request()))[0] == 503
        doors.empty()
    assert (len(doors.refused), len(doors.handled)) == (20, 20)


async def test_a_request_without_a_body_may_come_before(doors: Doors) -> None:
    talk = await doors.connect()
    assert (await talk.ask(b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"))[0] == 404
    doors.fill()
    assert (await talk.ask(request()))[0] == 503
    assert (doors.handled, doors.refused) == ([], ["gate"])


async def test_bodies_in_chunks_and_compressed_ones_are_refused_as_others_are(doors: Doors) -> None:
    talk = await doors.connect()
    packed = request(b"POST /in/main HTTP/1.1", b"Content-Encoding: gzip", body=gzip.compress(b"{}"))
    chunked = b"POST /in/main HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    for asked in (packed, chunked):
        assert (await talk.ask(asked))[0] == 200
        doors.fill()
        assert (await talk.ask(asked))[0] == 503
        doors.empty()
    assert (doors.handled, doors.refused) == (["main", "main"], ["gate", "gate"])


@pytest.mark.parametrize(
    "field",
    [
        b"Content-Length : 53",
        b"X: y\nContent-Length: 53",
        b"X: y\rContent-Length: 53",
        b"Content-Length\0: 53",
        b"Host: y",
        b"Content-Length: 2",
    ],
)
async def test_broken_http_is_told_so_also_where_there_is_no_room(doors: Doors, field: bytes) -> None:
    doors.fill()
    talk = await doors.connect()
    assert (await talk.ask(request(b"POST /in/main HTTP/1.1", field)))[0] == 400
    assert await talk.reader.read() == b""
    assert (doors.handled, doors.refused) == ([], [])


async def test_what_has_not_come_as_a_whole_takes_no_room(doors: Doors) -> None:
    for begun in (b"POST /in/main HTTP/1.1\r", b"POST /in/main HTTP/1.1\r\n", request()[:-3].partition(b"Content")[0]):
        (await doors.connect()).writer.write(begun)
    (await doors.connect()).writer.write(request(b"POST /in/main HTTP/1.1", b"Expect: x"))
    await asyncio.sleep(0.05)
    assert (doors.hand.count, doors.hand.coming) == (0, 0)
    assert (await (await doors.connect()).ask(request()))[0] == 200


async def test_while_the_hub_drains_connections_are_ended_by_the_handlers_answer(doors: Doors) -> None:
    talk = await doors.connect()
    doors.fill()
    doors.flags.draining = True
    status, fields, _ = await talk.ask(request())
    assert (status, fields["Connection"]) == (503, "close")
    assert doors.refused == []


@pytest.mark.parametrize("seed", range(12))
async def test_however_requests_are_cut_each_has_its_answer_in_its_turn(doors: Doors, seed: int) -> None:
    chance, talk = random.Random(seed), await doors.connect()
    doors.fill()
    kinds = {b"/in/main": 503, b"/in/slow": 503, b"/in/unknown": 503, b"/other": 200, b"/nowhere": 404}
    asked, sent = [], b""
    for number in range(40):
        path = chance.choice(list(kinds))
        body = chance.choice([b"", b"{}", request(), request() * 3, bytes(chance.randbytes(chance.randrange(900)))])
        whole = request(b"POST %b HTTP/1.1" % path, body=body).replace(ID, b"X-Request-Id: n%d" % number, 1)
        asked.append((kinds[path], f"n{number}"))
        sent += whole
    ends = sorted(chance.sample(range(len(sent)), 60))
    writing = asyncio.create_task(talk.write([sent[i:j] for i, j in pairwise([0, *ends, len(sent)])], chance))
    told = [await talk.answer() for _ in asked]
    await writing
    assert [(status, fields["X-Request-Id"]) for status, fields, _ in told] == asked
    assert (doors.hand.count, doors.hand.coming) == (doors.hand.limit, 0)
    assert await talk.quiet()


async def test_who_waits_for_leave_to_go_on_gets_it_from_the_handler(doors: Doors) -> None:
    talk = await doors.connect()
    doors.fill()
    talk.writer.write(request(b"POST /in/main HTTP/1.1", b"Expect: 100-continue"))
    assert await talk.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert (await talk.answer())[0] == 503
    assert (doors.handled, doors.refused) == (["main"], [])


async def test_after_an_answer_that_ends_the_connection_nothing_is_answered(doors: Doors) -> None:
    talk = await doors.connect()
    doors.fill()
    whole = request(b"POST /nowhere HTTP/1.1", body=b"0123456789")
    doors.flags.draining = True
    assert (await talk.ask(whole[:-5]))[1]["Connection"] == "close"
    doors.flags.draining = False
    talk.writer.write(whole[-5:] + request())
    assert await talk.reader.read() == b""
    assert doors.refused == []
