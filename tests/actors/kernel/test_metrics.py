"""The counts as a whole, over one small life with everything in it."""

import asyncio
import dataclasses

import pytest

from actors.kernel import Blocked, Bound, KindStats, Limit, Mail, MailboxFull, Policy
from actors.kernel.testkit import kind_from, settle, virtual, virtual_system


async def handle(mail: Mail) -> None:
    await asyncio.sleep(1)
    if mail.message == "poison":
        raise ValueError


@virtual
async def test_every_count_counts_its_own_thing() -> None:
    system = virtual_system()
    system.register(kind_from("k", handle, bound=Bound(2), crashes=Limit(0, 1.0), block_base=2.0, idle_after=10.0))
    busy, blocked, idle = (system.ref("k", key) for key in ("busy", "blocked", "idle"))
    idle.tell("fine")
    await asyncio.sleep(12)
    blocked.tell("poison")
    await asyncio.sleep(1.1)
    with pytest.raises(Blocked):
        blocked.tell("refused")
    busy.tell("in work")
    await settle()
    busy.ask_nowait("expires", timeout=0.5)
    busy.tell("waits")
    with pytest.raises(MailboxFull):
        busy.tell("refused")
    await asyncio.sleep(0.9)
    assert system.stats()["k"] == KindStats(
        live=1, busy=1, depth=2, blocked=1, activations=3, passivations=1, crashes=1, rejected=2, dropped=0, expired=0
    )
    await asyncio.sleep(0.5)
    assert dataclasses.replace(system.stats()["k"], blocked=0) == KindStats(
        live=1, busy=1, depth=0, blocked=0, activations=3, passivations=1, crashes=1, rejected=2, dropped=0, expired=1
    )


@virtual
async def test_what_gives_way_is_dropped_and_not_rejected() -> None:
    system = virtual_system()
    system.register(kind_from("k", handle, bound=Bound(1, Policy.DROP_OLDEST)))
    for _ in range(4):
        system.ref("k", 1).tell("news")
    stats = system.stats()["k"]
    assert (stats.dropped, stats.rejected, stats.depth) == (3, 0, 1)
