"""PostgreSQL goes away in every way it can, and comes back, while everybody writes: what was acknowledged is there,
what could not be stored was refused, and nobody has to help the hub up."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.acceptance.process import HubProcess
from tests.acceptance.stage import Stage
from tests.chaos.conftest import ending
from tests.chaos.invariants import violations
from tests.chaos.load import CATCH_UP, Load
from tests.chaos.server import Server
from tests.chaos.watch import Watch

HUB = "hub:%"
"""The hub's sessions by their application name."""

NOTICED = 3.5
"""Seconds until the hub's own flag says that the database is gone: it is asked every second, for a second at most."""

FROZEN = 6.0


@pytest.fixture
def hub(server: Server, tmp_path: Path) -> Iterator[HubProcess]:
    hub = HubProcess(tmp_path, server.url, {})
    asyncio.run(hub.start())
    yield from ending(hub)


async def _stopped(server: Server, stage: Stage, watch: Watch) -> None:
    await asyncio.to_thread(server.stop)
    down = time.monotonic()
    await asyncio.sleep(10.0)
    end = time.monotonic()
    await server.start()
    assert watch.statuses("/readyz", down + NOTICED, end) == {503}
    assert _answers(stage, down, end) == {503}


def _answers(stage: Stage, begin: float, end: float) -> set[int | None]:
    """How webhooks were answered that were posted and answered in this time."""
    shift = stage.world.clock.now() - time.monotonic()
    return {t.status for t in stage.world.ledger.tries() if begin < t.at - t.seconds - shift and t.at - shift < end}


async def _restarted(server: Server, stage: Stage, watch: Watch) -> None:
    await server.restart()


async def _backend_killed(server: Server, stage: Stage, watch: Watch) -> None:
    await server.kill_backend(HUB)


async def _terminated(server: Server, stage: Stage, watch: Watch) -> None:
    for _ in range(3):
        await server.terminate(HUB)
        await asyncio.sleep(0.5)


async def _frozen(server: Server, stage: Stage, watch: Watch) -> None:
    began = time.monotonic()
    with server.frozen():
        await asyncio.sleep(FROZEN)
        assert watch.statuses("/readyz", began + NOTICED, time.monotonic()) == {503}


async def _used_up(server: Server, stage: Stage, watch: Watch) -> None:
    taken = await server.take_all_connections()
    while await taken[0].fetchval(TERMINATE, HUB):
        taken += await server.take_all_connections()
    began = time.monotonic()
    await asyncio.sleep(NOTICED + 1.0)
    assert watch.statuses("/readyz", began + NOTICED, time.monotonic()) == {503}
    for connection in taken:
        connection.terminate()


TERMINATE = "select count(pg_terminate_backend(pid, 1000)) from pg_stat_activity where application_name like $1"

ORDEALS: tuple[Callable[[Server, Stage, Watch], Awaitable[None]], ...] = (
    _stopped,
    _restarted,
    _backend_killed,
    _terminated,
    _frozen,
    _used_up,
)


@pytest.mark.timeout(180)
async def test_postgres_comes_and_goes_under_load(server: Server, stage: Stage) -> None:
    load, watch, recoveries = await Load.begin(stage, customers=8, pause=0.5), Watch(stage.hub), {}
    async with watch.watching(), load.running():
        for ordeal in ORDEALS:
            await asyncio.sleep(1.0)
            await ordeal(server, stage, watch)
            recoveries[ordeal.__name__.strip("_")] = round(await watch.until(200, CATCH_UP), 1)
        await asyncio.sleep(1.0)
    stage.database = await asyncpg.connect(server.url)
    record = await load.end()
    refused = [t for t in stage.world.ledger.tries() if t.status != 200]
    print(
        f"ready again after {recoveries}, {len(record.inbound)} in, {len(record.outbound)} out, {len(refused)} webhooks"
        f" and {len(load.refusals)} replies refused, {len(record.log)} events"
    )
    assert violations(record) == []
    # One that were not answered within WhatsApp's patience would have no status.
    assert {t.status for t in refused} == {503}
    assert {look.status for look in watch.looks if look.path == "/healthz"} == {200}


async def test_started_before_postgres(server: Server, late: HubProcess) -> None:
    watch = Watch(late)
    await asyncio.to_thread(server.stop)
    late.launch()
    async with watch.watching():
        await watch.until(503, CATCH_UP)
        began = time.monotonic()
        await asyncio.sleep(2.0)
        await server.start()
        assert watch.statuses("/readyz", began, began + 1.9) == {503}
        assert watch.statuses("/healthz", began, time.monotonic()) == {200}
        await watch.until(200, CATCH_UP)


async def test_started_while_all_connections_are_used_up(server: Server, late: HubProcess) -> None:
    watch = Watch(late)
    taken = await server.take_all_connections()
    late.launch()
    async with watch.watching():
        await watch.until(503, CATCH_UP)
        await asyncio.sleep(2.0)
        assert {look.status for look in watch.looks if look.path == "/readyz"} <= {0, 503}
        for connection in taken:
            connection.terminate()
        await watch.until(200, CATCH_UP)
