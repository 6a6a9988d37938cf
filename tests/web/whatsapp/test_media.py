"""Customers' files over real HTTP from the simulated Graph, with its faults and with addresses made to deceive."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import attrs
import pytest
from aiohttp import web

from hub.demo.whatsapp import Fault, WhatsAppWorld
from hub.demo.whatsapp.media import File
from hub.errors import Unavailable
from hub.ids import uuid7
from hub.media import DueFile, Failure, FetchFailed
from hub.message import MediaState
from web.outgoing_guard import session
from web.whatsapp.carrier import Api
from web.whatsapp.media import WhatsAppMedia

PHONE, TOKEN = "106540352242922", "EAAG-a-token-for-tests"
SOUND = b"OggS" + b"sound" * 20_000


class Line:
    """A number's files: the world that has them and the hub's way to it."""

    def __init__(self, world: WhatsAppWorld, source: WhatsAppMedia) -> None:
        self.world, self.source = world, source
        self.taken = bytearray()

    def due(self, file: File | None = None, **facts: Any) -> DueFile:
        provider_id = file.id if file else None
        due = DueFile(uuid7(), "wa", uuid7(), uuid7(), MediaState.PENDING, age=1.0, tries=1, provider_id=provider_id)
        return attrs.evolve(due, **facts)

    async def fetch(self, due: DueFile) -> str | None:
        async def take(chunk: bytes) -> None:
            self.taken += chunk

        self.taken.clear()
        return await self.source.fetch(due, take)

    async def fails(self, due: DueFile) -> tuple[Failure, str]:
        with pytest.raises(FetchFailed) as caught:
            await self.fetch(due)
        return caught.value.failure, caught.value.reason


@pytest.fixture
async def world() -> AsyncIterator[WhatsAppWorld]:
    world = WhatsAppWorld(
        phone_number_id=PHONE, access_token=TOKEN, app_secret="s", verify_token="v", webhook_url="http://127.0.0.1:9/"
    )
    await world.start()
    yield world
    await world.stop()


@pytest.fixture
async def line(world: WhatsAppWorld) -> AsyncIterator[Line]:
    quick = aiohttp.ClientTimeout(total=0.5)
    async with session(guarded=False) as graph, session(guarded=True) as outside:
        api = Api(world.base_url, "v26.0", PHONE, TOKEN, quick)
        hosts = ("lookaside.fbsbx.com", "*.fbcdn.net")
        yield Line(world, WhatsAppMedia(api, hosts, graph, outside, 200_000, quick))


@pytest.fixture
async def elsewhere() -> AsyncIterator[Any]:
    """Another server, and the requests that it got."""
    got: list[web.Request] = []

    async def handle(request: web.Request) -> web.Response:
        got.append(request)
        return web.Response(body=b"secret")

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"127.0.0.1:{runner.addresses[0][1]}", got
    await runner.cleanup()


# Fetching


async def test_a_file_is_fetched_by_its_id(line: Line) -> None:
    file = line.world.media.receive(SOUND, "audio/ogg")
    assert await line.fetch(line.due(file)) == file.sha256.hex()
    assert line.taken == SOUND


async def test_a_fresh_address_needs_no_question(line: Line) -> None:
    file = line.world.media.receive(SOUND, "audio/ogg")
    line.world.faults.always(1.0, Fault.error(2), on="media")
    assert await line.fetch(line.due(file, url=line.world.media.link(file))) is None
    assert line.taken == SOUND


@pytest.mark.parametrize("facts", [{"age": 299.0}, {"tries": 2}])
async def test_an_old_or_tried_address_is_asked_for_again(line: Line, facts: dict[str, Any]) -> None:
    file = line.world.media.receive(SOUND, "audio/ogg")
    line.world.faults.always(1.0, Fault.error(2), on="media")
    due = line.due(file, url=line.world.media.link(file), **facts)
    assert (await line.fails(due))[0] is Failure.LATER


async def test_an_expired_address_is_replaced_in_the_same_try(line: Line) -> None:
    file = line.world.media.receive(SOUND, "audio/ogg")
    url = line.world.media.link(file)
    line.world.clock.advance(301)
    await line.fetch(line.due(file, url=url))
    assert line.taken == SOUND


async def test_what_the_taker_raises_goes_through(line: Line) -> None:
    file = line.world.media.receive(SOUND, "audio/ogg")

    async def take(chunk: bytes) -> None:
        raise Unavailable("The disk is full.")

    with pytest.raises(Unavailable):
        await line.source.fetch(line.due(file), take)


# Failing


@pytest.mark.parametrize(
    ("fault", "on", "failure", "reason"),
    [
        (Fault.error(2), "media", Failure.LATER, "code 2"),
        (Fault.html(503), "media", Failure.LATER, "503"),
        (Fault.html(200), "media", Failure.LATER, "unreadable"),
        (Fault.error(190), "media", Failure.HELD, "access"),
        (Fault.error(100), "media", Failure.FINAL, "no longer"),
        (Fault.error(131009), "media", Failure.LATER, "code 131009"),
        (Fault.redirect(), "media", Failure.LATER, "302"),
        (Fault.hang(30), "media", Failure.LATER, "reached"),
        (Fault.huge(), "media", Failure.LATER, "reached"),
        (Fault.truncated(), "media", Failure.LATER, "unreadable"),
        (Fault.html(503), "download", Failure.LATER, "503"),
        (Fault.html(404), "download", Failure.FINAL, "no longer"),
        (Fault.html(410), "download", Failure.FINAL, "no longer"),
        (Fault.html(401), "download", Failure.HELD, "access"),
        (Fault.redirect(), "download", Failure.LATER, "302"),
        (Fault.reset(after_commit=False), "download", Failure.LATER, "reached"),
        (Fault.hang(30), "download", Failure.LATER, "reached"),
        (Fault.drip(0.2), "download", Failure.LATER, "reached"),
        (Fault.huge(), "download", Failure.FINAL, "larger"),
    ],
)
async def test_faults(line: Line, fault: Fault, on: str, failure: Failure, reason: str) -> None:
    line.world.faults.always(1.0, fault, on=on)  # a GET on a kept connection is repeated by the client itself
    found = await line.fails(line.due(line.world.media.receive(SOUND, "audio/ogg")))
    assert found[0] is failure
    assert reason in found[1]
    assert len(line.taken) <= 200_000


async def test_an_expired_id_is_final(line: Line) -> None:
    file = line.world.media.receive(SOUND, "audio/ogg")
    line.world.clock.advance(8 * 86_400)
    assert (await line.fails(line.due(file)))[0] is Failure.FINAL


async def test_neither_id_nor_address_is_final(line: Line) -> None:
    assert (await line.fails(line.due()))[0] is Failure.FINAL


async def test_an_announced_size_above_the_limit_is_not_begun(line: Line) -> None:
    file = line.world.media.receive(bytes(200_001), "video/mp4")
    assert await line.fails(line.due(file)) == (Failure.FINAL, "The file is larger than 200000 bytes.")
    assert not line.taken


async def test_a_graph_that_is_down_is_asked_again(line: Line) -> None:
    file = line.world.media.receive(SOUND, "audio/ogg")
    await line.world.stop()
    assert (await line.fails(line.due(file)))[0] is Failure.LATER


async def test_a_strange_id_stays_one_piece_of_the_address(line: Line) -> None:
    file = line.world.media.receive(SOUND, "audio/ogg")
    assert (await line.fails(line.due(provider_id=f"{file.id}?x=")))[0] is Failure.FINAL
    assert (await line.fails(line.due(provider_id=f"x/../{file.id}")))[0] is Failure.FINAL


# Deceiving


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://{elsewhere}/x",
        "https://{elsewhere}/x",
        "http://[::ffff:127.0.0.1]:{port}/x",
        "https://lookaside.fbsbx.com@{elsewhere}/x",
        "https://lookaside.fbsbx.com:x@{elsewhere}/x",
        "https://lookaside.fbsbx.com.{elsewhere}/x",
        "https://lookaside.fbsbx.com\\@{elsewhere}/x",
        "http://lookaside.fbsbx.com/x",
        "https://fbcdn.net/x",
        "file:///etc/passwd",
        "//{elsewhere}/x",
    ],
)
async def test_addresses_of_others_are_not_asked(line: Line, elsewhere: Any, url: str) -> None:
    """Neither when a webhook brings one nor when Graph itself does."""
    address, got = elsewhere
    url = url.format(elsewhere=address, port=address.rpartition(":")[2])
    assert (await line.fails(line.due(url=url)))[0] is Failure.FINAL
    line.world.media.link = lambda file: url  # type: ignore[method-assign]
    file = line.world.media.receive(SOUND, "audio/ogg")
    assert await line.fails(line.due(file)) == (Failure.FINAL, "The file lies at an address that is not allowed.")
    assert got == []


class Resolver(aiohttp.abc.AbstractResolver):
    """Says that every name is this machine, as a name server under another's control can."""

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[Any]:
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": 2, "proto": 0, "flags": 0}]

    async def close(self) -> None:
        pass


async def test_a_listed_name_that_leads_inside_is_not_asked(line: Line, elsewhere: Any) -> None:
    async with AsyncExitStack() as stack:
        outside = await stack.enter_async_context(session(guarded=True))
        assert isinstance(outside.connector, aiohttp.TCPConnector)
        outside.connector._resolver = Resolver()
        line.source = attrs.evolve(line.source, outside=outside)
        due = line.due(url="https://lookaside.fbsbx.com/x")
        assert await line.fails(due) == (Failure.FINAL, "The file lies at an address that is not allowed.")


async def test_only_graph_s_own_address_gets_the_token_in_clear(line: Line) -> None:
    """The simulator's files lie on the configured origin; another port of the same host is another origin."""
    port = int(line.world.base_url.rpartition(":")[2])
    url = f"http://127.0.0.1:{port + 1}/x"
    assert (await line.fails(line.due(url=url)))[0] is Failure.FINAL
