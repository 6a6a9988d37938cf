"""A channel's fetcher against the simulated Graph, a real table and a real disk."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from actors import kinds, media_fetcher
from actors.kernel import System
from actors.kernel.testkit import kind_from
from actors.media_fetch import Fetching, Over
from actors.media_fetcher import IN_FLIGHT, Look
from hub.conversation.commands import MediaSettled
from hub.demo.whatsapp import Fault, WhatsAppWorld
from hub.media import Patience
from storage.database import Database
from storage.media import MediaRows
from storage.media_files import MediaFiles
from web.outgoing_guard import session
from web.whatsapp.carrier import Api
from web.whatsapp.media import WhatsAppMedia

PHONE, TOKEN = "106540352242922", "EAAG-a-token-for-tests"
SOUND = b"OggS\x00\x02" + bytes(22) + b"OpusHead" + bytes(5000)


class Replica:
    """A fetcher in a system of its own, and the conversations it tells."""

    def __init__(self, database: Database, world: WhatsAppWorld, graph: aiohttp.ClientSession, folder: Path) -> None:
        self.world, self.rows, self.files = world, MediaRows(database), MediaFiles(folder)
        self.settled: asyncio.Queue[MediaSettled] = asyncio.Queue()
        self.counted: list[str] = []
        self.running: set[asyncio.Task[None]] = set()
        self.most = 0
        self.hold = False
        self.held: list[Coroutine[Any, Any, None]] = []
        self.system = System()
        quick = aiohttp.ClientTimeout(total=5.0)
        source = WhatsAppMedia(Api(world.base_url, "v26.0", PHONE, TOKEN, quick), (), graph, graph, 10**6, quick)
        fetching = Fetching(
            self.system, self.rows, self.files, source, 10**6, self.counted.append, Patience(tries=8, first=0.001)
        )
        self.system.register(kind_from(kinds.CONVERSATION, self.conversation))
        self.system.register(media_fetcher.kind(self.rows, lambda channel: fetching, self.spawn))
        self.fetcher = self.system.ref(kinds.MEDIA_FETCHER, "wa")

    async def conversation(self, mail: Any) -> None:
        self.settled.put_nowait(mail.message)

    async def spawn(self, errand: Coroutine[Any, Any, None]) -> None:
        if self.hold:
            self.held.append(errand)
            return
        task = asyncio.create_task(errand)
        self.running.add(task)
        self.most = max(self.most, len(self.running))
        task.add_done_callback(self.running.discard)

    async def told(self) -> dict[str, Any]:
        """What the next message is told."""
        async with asyncio.timeout(20):
            return (await self.settled.get()).media

    async def stop(self) -> None:
        for task in list(self.running):
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)
        await self.system.drain(1.0)
        self.files.close()


@pytest.fixture
async def world() -> AsyncIterator[WhatsAppWorld]:
    world = WhatsAppWorld(
        phone_number_id=PHONE, access_token=TOKEN, app_secret="s", verify_token="v", webhook_url="http://127.0.0.1:9/"
    )
    await world.start()
    yield world
    await world.stop()


@pytest.fixture
async def replicas(database: Database, world: WhatsAppWorld, tmp_path: Path) -> AsyncIterator[list[Replica]]:
    """Two that share a table and a disk."""
    async with session(guarded=False) as graph:
        replicas = [Replica(database, world, graph, tmp_path) for _ in range(2)]
        yield replicas
        for replica in replicas:
            await replica.stop()


@pytest.fixture
def replica(replicas: list[Replica]) -> Replica:
    return replicas[0]


async def test_a_disturbance_is_outlasted(replica: Replica, scene: Any) -> None:
    """Five refusals, then the file: the message is told once, of the file."""
    file = replica.world.media.receive(SOUND, "audio/ogg")
    id = await scene.file(provider_id=file.id, sha256=file.sha256.hex(), mime_type="audio/ogg; codecs=opus")
    replica.world.faults.next(3, Fault.error(2), on="media")
    replica.world.faults.next(2, Fault.html(503), on="download")
    replica.fetcher.tell(Look())
    assert await replica.told() == {
        "state": "stored",
        "mime_type": "audio/ogg",
        "filename": None,
        "size": len(SOUND),
        "reason": None,
    }
    assert replica.counted == ["retried"] * 5 + ["stored"]
    assert Path(replica.files.path(id)).read_bytes() == SOUND
    assert replica.settled.empty()


async def test_what_was_left_behind_is_found_at_the_start(replica: Replica, scene: Any) -> None:
    file = replica.world.media.receive(SOUND, "audio/ogg")
    id = await scene.file(provider_id=file.id)
    await replica.rows.claim("wa", 5, 0.0)  # by a replica that is gone
    replica.fetcher.tell(Look())
    assert (await replica.told())["state"] == "stored"
    assert (await scene.row(id))["tries"] == 2


async def test_more_files_than_are_fetched_at_once_all_come(replica: Replica, scene: Any) -> None:
    count = 3 * IN_FLIGHT
    for _ in range(count):
        await scene.file(provider_id=replica.world.media.receive(SOUND, "audio/ogg").id)
    replica.fetcher.tell(Look())
    states = [(await replica.told())["state"] for _ in range(count)]
    assert states == ["stored"] * count
    assert replica.most <= IN_FLIGHT


async def test_two_replicas_fetch_each_file_once(replicas: list[Replica], scene: Any) -> None:
    for _ in range(12):
        await scene.file(provider_id=replicas[0].world.media.receive(SOUND, "audio/ogg").id)
    for replica in replicas:
        replica.fetcher.tell(Look())
    while sum(replica.settled.qsize() for replica in replicas) < 12:
        await asyncio.sleep(0.01)
    assert sum(len(replica.counted) for replica in replicas) == 12


async def test_a_stopped_fetcher_gives_back_what_it_held(replica: Replica, scene: Any) -> None:
    id = await scene.file(provider_id=replica.world.media.receive(SOUND, "audio/ogg").id)
    replica.world.faults.always(1.0, Fault.hang(60), on="media")
    replica.fetcher.tell(Look())
    while not replica.running:
        await asyncio.sleep(0.01)
    await replica.system.drain(1.0)
    [due] = await replica.rows.claim("wa", 5, 60.0)
    assert (due.id, due.tries) == (id, 1)


async def test_what_runs_is_kept_from_others(replica: Replica, scene: Any) -> None:
    id = await scene.file(provider_id=replica.world.media.receive(SOUND, "audio/ogg").id)
    replica.world.faults.always(1.0, Fault.hang(60), on="media")
    replica.fetcher.tell(Look())
    while not replica.running:
        await asyncio.sleep(0.01)
    await scene.execute("update media set next_try_at = now()")
    await replica.fetcher.ask(Look(again=True), timeout=5)
    assert (await scene.row(id))["tries"] == 1
    assert await replica.rows.claim("wa", 5, 60.0) == []


async def test_a_file_that_is_due_before_its_errand_reported_is_not_forgotten(replica: Replica, scene: Any) -> None:
    id = await scene.file(provider_id=replica.world.media.receive(SOUND, "audio/ogg").id)
    replica.hold = True
    await replica.fetcher.ask(Look(), timeout=5)
    await scene.execute("update media set next_try_at = now()")
    await replica.fetcher.ask(Look(), timeout=5)
    assert len(replica.held) == 1
    await replica.fetcher.ask(Over(id, 0.0), timeout=5)
    assert len(replica.held) == 2
    for errand in replica.held:
        errand.close()


async def test_without_a_database_the_fetcher_waits(replica: Replica, scene: Any, database: Database) -> None:
    await scene.file(provider_id=replica.world.media.receive(SOUND, "audio/ogg").id)
    await database.close()
    await replica.fetcher.ask(Look(), timeout=5)
    await database.open()
    replica.fetcher.tell(Look())
    assert (await replica.told())["state"] == "stored"
