"""One hub per module, started as a process; around it, for each case, a WhatsApp of its own and agents."""

import asyncio
import itertools
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
from tests.conftest import Databases, named

_databases = itertools.count(1)
_seeds = itertools.count(1)

OPTIONS = {"database.acquire": "20s"}
"""A hundred requests at once wait for their connection on a machine that is busy with other tests, and are not told to
come again, which few cases are about."""

TIMINGS = Timings(
    sent=(0.01, 0.03),
    delivered=(0.03, 0.08),
    webhook_timeout=20.0,
    retry_first=0.05,
    retry_ceiling=0.5,
    batch_window=0.02,
)


@pytest.fixture(scope="module")
def hub(
    request: pytest.FixtureRequest, postgres: str, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HubProcess]:
    """A running hub on a fresh database. A module's `OPTIONS` are settings of its own."""
    name = f"acceptance_{next(_databases)}"
    with databases.fresh(name):
        url = named(postgres, name)
        asyncio.run(employ(url))
        directory: Path = tmp_path_factory.mktemp("hub")
        hub = HubProcess(directory, url, {**OPTIONS, **getattr(request.module, "OPTIONS", {})})
        asyncio.run(hub.start())
        yield hub
        if hub.running:
            assert hub.stop() == 0, hub.log.read_text()[-4000:]


@pytest.fixture
async def stage(hub: HubProcess, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """The hub with a WhatsApp and back ends that know nobody yet. A module's `LIMITS` are that WhatsApp's."""
    if not hub.running:
        await hub.start()
    limits = getattr(request.module, "LIMITS", Limits(messages_per_second=None, pair_interval=None))
    world = hub.outside(next(_seeds), timings=TIMINGS, limits=limits)
    begin = hub.log.stat().st_size
    await world.start(port=hub.graph_port)
    back_office = await hub.back_office()
    await world.subscribe()
    database = await asyncpg.connect(hub.database_url)
    await prepare_connection(database)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        stage = Stage(hub, world, back_office, session, database, begin)
        yield stage
        for agent in stage.agents:
            await agent.leave()
    await database.close()
    await back_office.stop()
    await world.stop()
    stage.check_log()
