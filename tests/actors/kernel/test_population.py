"""Who is in memory: idleness, the cap, and what a sweep may cost."""

import asyncio

import pytest

from actors.kernel import Actor, Bound, Kind, Mail, MailboxFull, Policy, System
from actors.kernel import population as module
from actors.kernel.testkit import kind_from, settle, virtual, virtual_system


async def handle(mail: Mail) -> None:
    await asyncio.sleep(mail.message)


class Leaving(Actor):
    """Counts who stops at the same time."""

    stopping = 0
    most = 0

    async def receive(self, mail: Mail) -> None:
        await asyncio.sleep(mail.message)

    async def on_stop(self) -> None:
        Leaving.stopping += 1
        Leaving.most = max(Leaving.most, Leaving.stopping)
        await asyncio.sleep(0.5)
        Leaving.stopping -= 1


def live(system: System) -> int:
    return system.stats()["k"].live


@virtual
async def test_each_leaves_when_its_own_time_has_come() -> None:
    system = virtual_system()
    system.register(kind_from("k", handle, idle_after=10.0))
    for key in range(5):
        system.ref("k", key).tell(0)
        await asyncio.sleep(1)
    await asyncio.sleep(0.5)
    left = []
    for _ in range(12):
        await asyncio.sleep(1)
        left.append(live(system))
    assert left == [5, 5, 5, 5, 4, 3, 2, 1, 0, 0, 0, 0]
    assert system.stats()["k"].passivations == 5


@virtual
async def test_one_at_work_does_not_leave_and_does_not_hold_up_the_others() -> None:
    system = virtual_system()
    system.register(kind_from("k", handle, idle_after=10.0))
    system.ref("k", "at work").tell(100)
    await asyncio.sleep(1)
    system.ref("k", "idle").tell(0)
    await asyncio.sleep(10.1)
    assert live(system) == 1
    await asyncio.sleep(98)
    assert live(system) == 1
    await asyncio.sleep(2)
    assert live(system) == 0


@virtual
async def test_without_a_time_they_stay() -> None:
    system = virtual_system()
    system.register(kind_from("k", handle, idle_after=None))
    system.ref("k", 1).tell(0)
    await asyncio.sleep(1e6)
    assert live(system) == 1


@virtual
async def test_nothing_wakes_the_loop_when_nobody_is_there() -> None:
    system = virtual_system()
    system.register(kind_from("k", handle, idle_after=10.0))
    system.ref("k", 1).tell(0)
    await asyncio.sleep(100)
    assert len(system.timers) == 0


@virtual
async def test_above_the_cap_the_longest_idle_leaves() -> None:
    system = virtual_system()
    stopped = []

    class Named(Actor):
        def __init__(self, key: str) -> None:
            self.key = key

        async def receive(self, mail: Mail) -> None:
            pass

        async def on_stop(self) -> None:
            stopped.append(self.key)

    system.register(Kind("k", lambda key, context: Named(key), cap=3))
    for key in "abcadea":
        system.ref("k", key).tell(0)
        await settle()
    assert stopped == ["b", "c"]
    assert live(system) == 3


@virtual
async def test_those_at_work_may_exceed_the_cap_until_they_rest() -> None:
    system = virtual_system()
    system.register(kind_from("k", handle, cap=3))
    for key in range(20):
        system.ref("k", key).tell(5)
    await asyncio.sleep(1)
    assert live(system) == 20
    await asyncio.sleep(5)
    assert live(system) == 3


@virtual
async def test_a_cap_holds_while_those_that_leave_take_their_time() -> None:
    system = virtual_system()
    system.register(Kind("k", lambda key, context: Leaving(), cap=3))
    for key in range(6):
        system.ref("k", key).tell(0)
        await settle()
    system.ref("k", 5).tell(0)
    await settle()
    assert live(system) == 3, "one that is stopping counts no more, so nobody else has to go for it"


@virtual
async def test_a_sweep_goes_in_portions() -> None:
    system = virtual_system()
    system.register(Kind("k", lambda key, context: Leaving(), idle_after=10.0))
    for key in range(module.SWEEP * 2 + 10):
        system.ref("k", key).tell(0)
    await asyncio.sleep(10.0005)
    assert live(system) == module.SWEEP + 10
    await asyncio.sleep(1)
    assert live(system) == 0


@virtual
async def test_a_sweep_finds_the_idle_behind_many_at_work() -> None:
    system = virtual_system()
    system.register(kind_from("k", handle, idle_after=10.0))
    for key in range(module.SWEEP * 2):
        system.ref("k", key).tell(1000)
    await settle()
    system.ref("k", "idle").tell(0)
    await asyncio.sleep(11)
    assert live(system) == module.SWEEP * 2


@virtual
async def test_a_refused_first_message_leaves_no_cell_behind() -> None:
    def topic(message: object) -> object:
        raise TypeError("no topic")

    system = virtual_system()
    system.register(kind_from("k", handle, bound=Bound(1, Policy.COALESCE, key=topic)))
    for key in range(10):
        with pytest.raises(TypeError):
            system.ref("k", key).tell(0)
    assert (await system.drain(1.0)).clean
    assert system.stats()["k"].busy == 0


@virtual
async def test_the_depth_is_what_waits() -> None:
    system = virtual_system()
    system.register(kind_from("k", handle, bound=Bound(3)))
    for key in range(2):
        system.ref("k", key).tell(5)
    await settle()
    for key in range(2):
        for _ in range(2):
            system.ref("k", key).tell(5)
        system.ref("k", key).tell(5, urgent=True)
    assert system.stats()["k"].depth == 6
    system.ref("k", 0).tell(5)
    with pytest.raises(MailboxFull):
        system.ref("k", 0).tell(5)
    await asyncio.sleep(100)
    stats = system.stats()["k"]
    assert (stats.depth, stats.rejected, stats.live) == (0, 1, 2)
