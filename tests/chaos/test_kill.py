"""The hub is killed over and over while everybody writes: nothing is lost, nothing is sent twice."""

import asyncio
import random
import time

import psutil
import pytest

from hub.demo.whatsapp import Fault
from tests.acceptance.stage import Stage
from tests.chaos.invariants import violations
from tests.chaos.load import Load

RUN = 60.0
READY = 5.0
"""Seconds of computing after which a hub that was started again serves: the machine may be busy with other things."""


@pytest.mark.timeout(180)
async def test_killed_at_random_moments_under_load(stage: Stage) -> None:
    stage.world.faults.always(0.3, Fault.hang(0.25))
    load = await Load.begin(stage, customers=12, pause=0.5)
    end, kills, restarts = time.monotonic() + RUN, 0, []
    async with load.running():
        while time.monotonic() < end:
            await asyncio.sleep(random.uniform(0.3, 6.0))
            stage.hub.kill()
            await stage.hub.start()
            kills += 1
            used = psutil.Process(stage.hub.pid).cpu_times()
            restarts.append(used.user + used.system)
    stage.world.faults.clear()
    record = await load.end()
    unknown = sum(message["status"] == "unknown" for message in record.outbound)
    print(
        f"{kills} kills, restarts of {max(restarts):.1f} s at most, {len(record.inbound)} in,"
        f" {len(record.outbound)} out, {unknown} unknown, {len(record.log)} events,"
        f" {[feed.connections for feed in record.feeds]} connections"
    )
    assert violations(record) == []
    assert kills >= 3
    assert len(record.inbound) > 100 < len(record.outbound)
    assert max(restarts) < READY
