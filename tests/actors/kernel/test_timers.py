import asyncio
import itertools
import random
from collections.abc import Callable

import pytest

from actors.kernel import timers as module
from actors.kernel.errors import Stopping, TimersFull
from actors.kernel.mail import CHAIN, TRACE
from actors.kernel.testkit import VirtualLoop, virtual
from actors.kernel.timers import Timers


class Bell:
    """Notes when it was rung."""

    def __init__(self) -> None:
        self.rung: list[tuple[float, object]] = []

    def tell(self, message: object) -> None:
        self.rung.append((asyncio.get_running_loop().time(), message))


class Deaf:
    def tell(self, message: object) -> None:
        raise Stopping


def make(limit: int = 1000) -> Timers:
    return Timers(asyncio.get_running_loop().time, limit)


@virtual
async def test_messages_come_at_their_time_and_in_order() -> None:
    timers, bell = make(), Bell()
    for delay in (3.0, 1.0, 2.0, 1.0):
        timers.after(delay, bell, delay)
    assert len(timers) == 4
    await asyncio.sleep(10)
    assert bell.rung == [(1.0, 1.0), (1.0, 1.0), (2.0, 2.0), (3.0, 3.0)]
    assert len(timers) == 0


@virtual
async def test_timers_of_one_moment_keep_their_order() -> None:
    timers, bell = make(), Bell()
    for n in range(20):
        timers.after(1.0, bell, n)
    await asyncio.sleep(1.1)
    assert [message for _, message in bell.rung] == list(range(20))


@virtual
async def test_a_cancelled_timer_stays_silent() -> None:
    timers, bell = make(), Bell()
    timer = timers.after(1.0, bell, "no")
    assert timer.waiting
    timer.cancel()
    timer.cancel()
    assert not timer.waiting
    assert len(timers) == 0
    await asyncio.sleep(2)
    assert bell.rung == []


@virtual
async def test_cancelling_after_it_fired_changes_nothing() -> None:
    timers, bell = make(), Bell()
    timer = timers.after(1.0, bell, 1)
    timers.after(5.0, bell, 2)
    await asyncio.sleep(2)
    timer.cancel()
    assert len(timers) == 1


@virtual
async def test_a_refused_message_is_counted_and_not_tried_again() -> None:
    timers, bell = make(), Bell()
    timers.after(1.0, Deaf(), "lost")
    timers.after(1.0, bell, "heard")
    await asyncio.sleep(5)
    assert timers.rejected == 1
    assert len(bell.rung) == 1


@virtual
async def test_an_earlier_timer_is_not_kept_waiting_by_a_later_one() -> None:
    timers, bell = make(), Bell()
    timers.after(100.0, bell, "late")
    await asyncio.sleep(1)
    timers.after(1.0, bell, "early")
    await asyncio.sleep(2)
    assert bell.rung == [(2.0, "early")]


@virtual
async def test_a_timer_set_by_a_timer_fires() -> None:
    timers, times = make(), list[float]()
    loop = asyncio.get_running_loop()

    def again() -> None:
        times.append(loop.time())
        if len(times) < 3:
            timers.call(1.0, again)

    timers.call(1.0, again)
    await asyncio.sleep(10)
    assert times == [1.0, 2.0, 3.0]


@virtual
async def test_past_the_bound_no_timer_is_taken_until_one_goes() -> None:
    timers, bell = make(limit=2), Bell()
    first = timers.after(1.0, bell, 1)
    timers.after(1.0, bell, 2)
    with pytest.raises(TimersFull):
        timers.after(1.0, bell, 3)
    first.cancel()
    timers.after(1.0, bell, 4)
    await asyncio.sleep(2)
    assert [message for _, message in bell.rung] == [2, 4]


@virtual
async def test_cancelled_timers_do_not_pile_up() -> None:
    timers, bell = make(limit=10**6), Bell()
    for n in range(10_000):
        timers.after(1000.0 + n, bell, n).cancel()
    assert len(vars(timers)["_heap"]) <= module.KEPT_CANCELLED + 1
    assert len(timers) == 0


@virtual
async def test_a_storm_of_timers_leaves_the_loop_its_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRED_AT_ONCE", 10)
    timers, bell = make(), Bell()
    for n in range(35):
        timers.after(1.0, bell, n)
    await asyncio.sleep(1.0)
    seen = []
    while len(bell.rung) < 35:
        seen.append(len(bell.rung))
        await asyncio.sleep(0)
    assert len(seen) >= 3
    assert all(later - earlier <= 10 for earlier, later in itertools.pairwise(seen))


@virtual
async def test_after_the_close_nothing_fires() -> None:
    timers, bell = make(), Bell()
    before = timers.after(1.0, bell, 1)
    timers.close()
    after = timers.after(1.0, bell, 2)
    timers.after(1.0, bell, 3)
    before.cancel()
    after.cancel()
    await asyncio.sleep(5)
    assert bell.rung == []
    assert len(timers) == 0


@virtual
async def test_a_timer_belongs_to_no_trace_and_no_turn() -> None:
    timers, seen = make(), list[object]()

    class Spy:
        def tell(self, message: object) -> None:
            seen.append((dict(TRACE.get()), CHAIN.get()))

    TRACE.set({"request_id": "of the request that set it"})
    CHAIN.set(("an actor",))
    timers.after(1.0, Spy(), None)
    await asyncio.sleep(2)
    assert seen == [({}, ())]


@pytest.mark.parametrize("seed", range(5))
def test_any_mixture_fires_what_was_not_cancelled_in_time(seed: int) -> None:
    loop = VirtualLoop(seed)

    async def main() -> None:
        chance, timers, bell = random.Random(seed), make(10**6), Bell()
        expected = []
        cancel: list[Callable[[], None]] = []
        for n in range(2000):
            delay = chance.uniform(0, 50)
            timer = timers.after(delay, bell, n)
            if chance.random() < 0.6:
                cancel.append(timer.cancel)
            else:
                expected.append((timer.when, n))
        for each in cancel:
            each()
        await asyncio.sleep(60)
        assert [message for _, message in bell.rung] == [n for _, n in sorted(expected)]
        assert all(abs(at - when) < 1e-5 for (at, _), (when, _) in zip(bell.rung, sorted(expected), strict=True))

    try:
        loop.run_until_complete(main())
    finally:
        loop.close()
