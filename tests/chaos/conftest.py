"""One hub per test, started as a process; around it a WhatsApp that delivers persistently, and agents."""

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import asyncpg
import pytest

from hub.demo.whatsapp import Limits, Timings
from storage.database import prepare_connection
from tests.acceptance.people import employ
from tests.acceptance.process import HubProcess
from tests.acceptance.stage import Stage
from tests.chaos.server import Server
from tests.conftest import Databases, named

_databases = itertools.count(1)

TIMINGS = Timings(
    sent=(0.01, 0.1),
    delivered=(0.03, 0.3),
    webhook_timeout=8.0,
    retry_first=0.05,
    retry_ceiling=0.5,
    batch_window=0.02,
)


def ending(hub: HubProcess) -> Iterator[HubProcess]:
    """A fixture's hub, which ends well and is gone in any case."""
    try:
        yield hub
        if hub.running:
            assert hub.stop() == 0, hub.log.read_text()[-4000:]
    finally:
        if hub.running:
            hub.kill()


@pytest.fixture
def prepared(postgres: str, databases: Databases) -> Iterator[str]:
    """The URL of a fresh database in which people are employed."""
    name = f"chaos_{next(_databases)}"
    with databases.fresh(name):
        asyncio.run(employ(named(postgres, name)))
        yield named(postgres, name)


@pytest.fixture
def hub(request: pytest.FixtureRequest, prepared: str, tmp_path: Path) -> Iterator[HubProcess]:
    """A running hub on a fresh database. A module's `OPTIONS` are settings of its own."""
    hub = HubProcess(tmp_path, prepared, dict(getattr(request.module, "OPTIONS", {})))
    asyncio.run(hub.start())
    yield from ending(hub)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL apart from the other tests', which may be stopped and killed."""
    data = Path(tempfile.mkdtemp(prefix="hub", dir="/tmp"))
    server = Server(data)
    asyncio.run(server.prepare("fsync = off", "max_connections = 40"))
    yield server
    server.stop()
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture
def late(server: Server, tmp_path: Path) -> Iterator[HubProcess]:
    """A hub on that server which is not started yet; the server is there again afterwards, whatever happens."""
    yield from ending(HubProcess(tmp_path, server.url, {}))
    asyncio.run(server.start())


@pytest.fixture
async def stage(hub: HubProcess) -> AsyncIterator[Stage]:
    """The hub with a WhatsApp and back ends that know nobody yet."""
    world = hub.outside(7, timings=TIMINGS, limits=Limits(messages_per_second=None, pair_interval=None))
    await world.start(port=hub.graph_port)
    back_office = await hub.back_office()
    await world.subscribe()
    database = await asyncpg.connect(hub.database_url)
    await prepare_connection(database)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        stage = Stage(hub, world, back_office, session, database, 0)
        yield stage
    if hub.running:
        assert await asyncio.to_thread(hub.stop) == 0, hub.log.read_text()[-4000:]
    await stage.database.close()
    await back_office.stop()
    await world.stop()
    stage.check_log()
