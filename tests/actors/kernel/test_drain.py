"""Stopping: nobody is left waiting, nothing accepted is forgotten without being counted."""

import asyncio

import pytest

from actors.kernel import Actor, DrainReport, Kind, Mail, Stopping
from actors.kernel.drain import GRACE
from actors.kernel.testkit import kind_from, settle, virtual, virtual_system

CLEAN = DrainReport(unanswered=0, discarded=0, unstopped=0, orphans=0)


async def handle(mail: Mail) -> object:
    await asyncio.sleep(mail.message)
    return "done"


class Keeper(Actor):
    """Notes when it is stopped."""

    def __init__(self, key: object, stopped: list[object]) -> None:
        self.key, self.stopped = key, stopped

    async def receive(self, mail: Mail) -> object:
        await asyncio.sleep(mail.message)
        return "done"

    async def on_stop(self) -> None:
        await asyncio.sleep(0.1)
        self.stopped.append(self.key)


@virtual
async def test_an_empty_system_is_drained_at_once() -> None:
    system = virtual_system()
    system.register(kind_from("k", handle))
    assert await system.drain(5.0) == CLEAN
    assert asyncio.get_running_loop().time() == 0.0


@virtual
async def test_work_ends_and_everybody_is_stopped() -> None:
    system, stopped = virtual_system(), list[object]()
    system.register(Kind("k", lambda key, context: Keeper(key, stopped)))
    answers = [system.ref("k", key).ask_nowait(1.0, timeout=60.0) for key in range(3) for _ in range(2)]
    assert await system.drain(5.0) == CLEAN
    assert [answer.result() for answer in answers] == ["done"] * 6
    assert sorted(map(str, stopped)) == ["0", "1", "2"]
    assert system.stats()["k"].live == 0
    assert asyncio.get_running_loop().time() == pytest.approx(2.1)


@virtual
async def test_outside_mail_is_refused_and_inside_mail_still_goes() -> None:
    system = virtual_system()

    async def front(mail: Mail) -> object:
        await asyncio.sleep(1.0)
        return await system.ref("back", 1).ask(1.0, timeout=60.0)

    system.register(kind_from("back", handle))
    system.register(kind_from("front", front))
    answer = system.ref("front", 1).ask_nowait(0, timeout=60.0)
    draining = asyncio.create_task(system.drain(5.0))
    await settle()
    for refused in (system.ref("front", 1).tell, system.ref("back", 2).tell):
        with pytest.raises(Stopping):
            refused(0)
    with pytest.raises(Stopping):
        system.ref("back", 1).ask_nowait(0, timeout=1.0)
    assert await draining == CLEAN
    assert answer.result() == "done"


@virtual
async def test_the_last_registered_stop_first_and_may_still_use_the_others() -> None:
    system, stopped = virtual_system(), list[object]()

    class Conversation(Actor):
        async def receive(self, mail: Mail) -> None:
            pass

        async def on_stop(self) -> None:
            stopped.append(await system.ref("writer", 1).ask(0.0, timeout=9.0))

    system.register(Kind("writer", lambda key, context: Keeper("writer", stopped)))
    system.register(Kind("conversation", lambda key, context: Conversation()))
    system.ref("writer", 1).tell(0.0)
    system.ref("conversation", 1).tell(0)
    await settle()
    assert await system.drain(5.0) == CLEAN
    assert stopped == ["done", "writer"]


@virtual
async def test_after_the_drain_nothing_is_taken() -> None:
    system = virtual_system()
    system.register(kind_from("k", handle))
    await system.drain(5.0)
    with pytest.raises(Stopping):
        system.ref("k", 1).tell(0)
    assert await system.drain(5.0) == CLEAN


@virtual
async def test_who_waits_when_the_time_is_up_is_answered() -> None:
    system, cancelled = virtual_system(), list[object]()

    async def endless(mail: Mail) -> None:
        try:
            await asyncio.sleep(1e6)
        except asyncio.CancelledError:
            cancelled.append(mail.message)
            raise

    system.register(kind_from("k", endless))
    answers = [system.ref("k", 1).ask_nowait(n, timeout=1e5) for n in range(3)]
    system.ref("k", 1).tell("waiting tell")
    system.ref("k", 2).tell("tell in work")
    await settle()
    report = await system.drain(5.0)
    assert report == DrainReport(unanswered=3, discarded=2, unstopped=2, orphans=0)
    assert not report.clean
    for answer in answers:
        with pytest.raises(Stopping):
            await answer
    assert cancelled == [0, "tell in work"]
    assert asyncio.get_running_loop().time() == pytest.approx(5.0)


@virtual
async def test_a_handler_that_ignores_its_cancellation_is_an_orphan_and_its_asker_is_answered() -> None:
    system = virtual_system()

    async def stubborn(mail: Mail) -> None:
        until = asyncio.get_running_loop().time() + 60
        while (left := until - asyncio.get_running_loop().time()) > 0:
            try:
                await asyncio.sleep(left)
            except asyncio.CancelledError:
                continue

    system.register(kind_from("k", stubborn))
    answer = system.ref("k", 1).ask_nowait(0, timeout=1e5)
    await settle()
    report = await system.drain(5.0)
    assert report == DrainReport(unanswered=1, discarded=0, unstopped=1, orphans=1)
    with pytest.raises(Stopping):
        await answer
    assert asyncio.get_running_loop().time() == pytest.approx(5.0 + GRACE)
    await asyncio.sleep(60)


@virtual
async def test_a_drain_that_is_cancelled_leaves_nobody_waiting() -> None:
    system = virtual_system()
    system.register(kind_from("k", handle))
    answer = system.ref("k", 1).ask_nowait(1000.0, timeout=1e5)
    draining = asyncio.create_task(system.drain(500.0))
    await asyncio.sleep(1)
    draining.cancel()
    with pytest.raises(asyncio.CancelledError):
        await draining
    with pytest.raises(Stopping):
        await answer
    with pytest.raises(Stopping):
        system.ref("k", 1).tell(0)


@virtual
async def test_actors_that_wake_each_other_for_ever_cannot_hold_up_the_drain() -> None:
    system = virtual_system()

    class Pest(Actor):
        async def receive(self, mail: Mail) -> None:
            pass

        async def on_stop(self) -> None:
            await asyncio.sleep(0.01)
            system.ref("k", 1).tell("again")

    system.register(Kind("k", lambda key, context: Pest()))
    system.ref("k", 1).tell("first")
    await settle()
    await system.drain(5.0)
    assert asyncio.get_running_loop().time() <= 5.0 + GRACE
    await asyncio.sleep(10)
    assert system.stats()["k"].busy == 0


@virtual
async def test_timers_fire_no_more() -> None:
    system, handled = virtual_system(), list[object]()

    async def note(mail: Mail) -> None:
        handled.append(mail.message)

    system.register(kind_from("k", note))
    system.timers.after(1.0, system.ref("k", 1), "too late")
    await system.drain(5.0)
    await asyncio.sleep(10)
    assert handled == []
    assert system.timers.rejected == 0
