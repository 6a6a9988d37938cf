"""Start, restart and stop of long-running children: type of restart × strategy × how a child ends."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable

import pytest

from actors.kernel import Child, Escalated, Limit, Supervisor
from actors.kernel.supervisor import FIRST_PAUSE, LONGEST_PAUSE, Restart, Strategy
from actors.kernel.testkit import settle, virtual

ROOMY = Limit(100, within=1.0)


class Plant:
    """Makes children that note their starts and ends and can be told how to end."""

    def __init__(self) -> None:
        self.diary: list[str] = []
        self._fates: dict[str, asyncio.Future[None]] = {}

    def child(
        self,
        name: str,
        restart: Restart = "permanent",
        shutdown: float = 5.0,
        ready: Callable[[], Awaitable[object]] | None = None,
    ) -> Child:
        async def life() -> None:
            self._fates[name] = asyncio.get_running_loop().create_future()
            self.diary.append(f"+{name}")
            try:
                await self._fates[name]
            finally:
                self.diary.append(f"-{name}")

        return Child(name, life, restart, shutdown, ready)

    def fail(self, name: str) -> None:
        self._fates[name].set_exception(ConnectionError("secret"))

    def finish(self, name: str) -> None:
        self._fates[name].set_result(None)

    def cut(self, name: str) -> None:
        self._fates[name].cancel()

    def read(self) -> list[str]:
        """What was noted since the last look."""
        diary, self.diary = self.diary, []
        return diary


def supervise(*children: Child | Supervisor, limit: Limit = ROOMY, strategy: Strategy = "rest_for_one") -> Supervisor:
    return Supervisor("plant", children, limit, strategy, clock=asyncio.get_running_loop().time)


@virtual
async def test_children_start_in_order_and_stop_in_reverse() -> None:
    plant = Plant()
    supervisor = supervise(plant.child("a"), plant.child("b"), plant.child("c"))
    await supervisor.start()
    await settle()
    assert plant.read() == ["+a", "+b", "+c"]
    await supervisor.stop()
    assert plant.read() == ["-c", "-b", "-a"]
    await supervisor.wait()


RESTARTS = {
    # (restart, how it ends): is it started again
    ("permanent", "fail"): True,
    ("permanent", "finish"): True,
    ("permanent", "cut"): True,
    ("transient", "fail"): True,
    ("transient", "finish"): False,
    ("transient", "cut"): True,
    ("temporary", "fail"): False,
    ("temporary", "finish"): False,
    ("temporary", "cut"): False,
}


@pytest.mark.parametrize("strategy", ["rest_for_one", "one_for_one"])
@pytest.mark.parametrize(("restart", "end"), RESTARTS)
@virtual
async def test_the_matrix_of_restarts(restart: Restart, end: str, strategy: Strategy) -> None:
    plant = Plant()
    supervisor = supervise(plant.child("a"), plant.child("b", restart), plant.child("c"), strategy=strategy)
    await supervisor.start()
    await settle()
    plant.read()
    getattr(plant, end)("b")
    await asyncio.sleep(10)
    expected = ["-b"]
    if RESTARTS[restart, end]:
        expected += ["-c", "+b", "+c"] if strategy == "rest_for_one" else ["+b"]
    assert plant.read() == expected
    assert supervisor.restarts == RESTARTS[restart, end]
    await supervisor.stop()


@virtual
async def test_the_rest_is_started_again_but_for_the_temporary() -> None:
    plant = Plant()
    supervisor = supervise(plant.child("a"), plant.child("b", "temporary"), plant.child("c", "transient"))
    await supervisor.start()
    await settle()
    plant.finish("c")
    await asyncio.sleep(1)
    plant.read()
    plant.fail("a")
    await asyncio.sleep(10)
    assert plant.read() == ["-a", "-b", "+a", "+c"]
    await supervisor.stop()


@virtual
async def test_a_common_fall_is_one_restart_of_the_eldest() -> None:
    plant = Plant()
    supervisor = supervise(plant.child("a"), plant.child("b"), plant.child("c"))
    await supervisor.start()
    await settle()
    plant.read()
    for name in ("c", "b", "a"):
        plant.fail(name)
    await asyncio.sleep(10)
    assert plant.read()[3:] == ["+a", "+b", "+c"]
    assert supervisor.restarts == 1
    await supervisor.stop()


@pytest.mark.parametrize("strategy", ["rest_for_one", "one_for_one"])
@virtual
async def test_above_the_limit_all_are_stopped_and_the_failure_goes_up(strategy: Strategy) -> None:
    plant = Plant()
    supervisor = supervise(
        plant.child("a"), plant.child("b"), plant.child("c"), limit=Limit(2, within=60.0), strategy=strategy
    )
    running = asyncio.create_task(supervisor.run())
    for _ in range(3):
        await asyncio.sleep(5)
        assert not running.done()
        plant.fail("b")
    with pytest.raises(Escalated) as escalated:
        await running
    assert (escalated.value.supervisor, escalated.value.child) == ("plant", "b")
    assert isinstance(escalated.value.__cause__, ConnectionError)
    assert plant.read()[-3:] == ["-b", "-c", "-a"]


@virtual
async def test_failures_far_apart_never_exceed_the_limit() -> None:
    plant = Plant()
    supervisor = supervise(plant.child("a"), limit=Limit(1, within=10.0))
    await supervisor.start()
    for _ in range(10):
        await asyncio.sleep(11)
        plant.fail("a")
    await asyncio.sleep(1)
    assert supervisor.restarts == 10
    await supervisor.stop()


@virtual
async def test_each_restart_waits_longer_than_the_one_before() -> None:
    loop, starts = asyncio.get_running_loop(), list[float]()

    async def broken() -> None:
        starts.append(loop.time())
        raise ConnectionError

    supervisor = supervise(Child("broken", broken), limit=Limit(9, within=1000.0))
    with pytest.raises(Escalated):
        await supervisor.run()
    pauses = [later - earlier for earlier, later in itertools.pairwise(starts)]
    assert pauses == pytest.approx([min(LONGEST_PAUSE, FIRST_PAUSE * 2**n) for n in range(9)])


@virtual
async def test_a_stop_cuts_a_pause_short() -> None:
    plant = Plant()
    supervisor = supervise(plant.child("a"), limit=Limit(9, within=1000.0))
    await supervisor.start()
    for _ in range(6):
        await asyncio.sleep(10)
        plant.fail("a")
    await asyncio.sleep(0.5)
    begun = asyncio.get_running_loop().time()
    await supervisor.stop()
    assert asyncio.get_running_loop().time() == begun


@virtual
async def test_the_next_child_starts_when_the_one_before_is_ready() -> None:
    plant, opened = Plant(), asyncio.Event()
    supervisor = supervise(plant.child("pool", ready=opened.wait), plant.child("tail"))
    starting = asyncio.create_task(supervisor.start())
    await asyncio.sleep(3)
    assert plant.read() == ["+pool"]
    assert not starting.done()
    opened.set()
    await starting
    await settle()
    assert plant.read() == ["+tail"]
    await supervisor.stop()


@virtual
async def test_a_child_that_fails_before_it_is_ready_is_restarted_before_the_next_starts() -> None:
    plant, opened = Plant(), asyncio.Event()
    supervisor = supervise(plant.child("pool", ready=opened.wait), plant.child("tail"), strategy="one_for_one")
    starting = asyncio.create_task(supervisor.start())
    await asyncio.sleep(1)
    plant.fail("pool")
    await asyncio.sleep(1)
    assert plant.read() == ["+pool", "-pool", "+pool"]
    opened.set()
    await starting
    await settle()
    assert plant.read() == ["+tail"]
    await supervisor.stop()


@virtual
async def test_a_failing_ready_is_a_failure_of_the_child() -> None:
    plant = Plant()

    async def never() -> None:
        raise ConnectionError

    supervisor = supervise(plant.child("pool", ready=never), plant.child("tail"), limit=Limit(1, within=60.0))
    with pytest.raises(Escalated):
        await supervisor.start()
    await supervisor.stop()
    assert "+tail" not in plant.read()


@virtual
async def test_a_stop_does_not_wait_for_a_child_to_become_ready() -> None:
    plant = Plant()
    supervisor = supervise(plant.child("pool", ready=asyncio.Event().wait), plant.child("tail"))
    starting = asyncio.create_task(supervisor.start())
    await asyncio.sleep(1)
    await supervisor.stop()
    await starting
    assert plant.read() == ["+pool", "-pool"]


@virtual
async def test_a_child_that_ignores_its_cancellation_is_left_behind_in_time(caplog: pytest.LogCaptureFixture) -> None:
    plant, loop = Plant(), asyncio.get_running_loop()

    async def stubborn() -> None:
        until = loop.time() + 60
        while (left := until - loop.time()) > 0:
            try:
                await asyncio.sleep(left)
            except asyncio.CancelledError:
                continue

    supervisor = supervise(plant.child("a"), Child("stubborn", stubborn, shutdown=2.0), plant.child("c"))
    await supervisor.start()
    await asyncio.sleep(1)
    await supervisor.stop()
    assert loop.time() == pytest.approx(3.0)
    assert plant.read() == ["+a", "+c", "-c", "-a"]
    assert supervisor.deaf == 1
    assert "plant/stubborn ignores its cancellation" in caplog.text
    await asyncio.sleep(60)
    assert supervisor.deaf == 0


@virtual
async def test_a_child_gets_its_time_to_end_well() -> None:
    ended = []

    async def careful() -> None:
        try:
            await asyncio.sleep(1e6)
        finally:
            await asyncio.sleep(3)
            ended.append("well")

    supervisor = supervise(Child("careful", careful, shutdown=4.0))
    await supervisor.start()
    await settle()
    await supervisor.stop()
    assert ended == ["well"]


@virtual
async def test_a_cancelled_supervisor_stops_its_children_and_stays_cancelled() -> None:
    plant = Plant()
    running = asyncio.create_task(supervise(plant.child("a"), plant.child("b")).run())
    await settle()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert plant.read() == ["+a", "+b", "-b", "-a"]


@virtual
async def test_a_second_cancellation_waits_for_nobody() -> None:
    plant = Plant()

    async def slow() -> None:
        try:
            await asyncio.sleep(1e6)
        finally:
            await asyncio.sleep(100)

    running = asyncio.create_task(supervise(plant.child("a"), Child("slow", slow, shutdown=1000.0)).run())
    await asyncio.sleep(1)
    for _ in range(2):
        running.cancel()
        await asyncio.sleep(1)
    assert running.cancelled()
    assert plant.read() == ["+a", "-a"]
    await asyncio.sleep(200)


@virtual
async def test_a_nested_supervisor_starts_and_stops_in_its_place() -> None:
    plant = Plant()
    inner = Supervisor("inner", [plant.child("b"), plant.child("c")], ROOMY)
    supervisor = supervise(plant.child("a"), inner, plant.child("d"))
    await supervisor.start()
    await settle()
    assert plant.read() == ["+a", "+b", "+c", "+d"]
    await supervisor.stop()
    assert plant.read() == ["-d", "-c", "-b", "-a"]


@virtual
async def test_the_escalation_of_a_nested_supervisor_is_a_failure_there() -> None:
    plant, loop = Plant(), asyncio.get_running_loop()
    inner = Supervisor("inner", [plant.child("b"), plant.child("c")], Limit(1, within=60.0), clock=loop.time)
    supervisor = supervise(plant.child("a"), inner, plant.child("d"), limit=Limit(1, within=60.0))
    await supervisor.start()
    running = asyncio.create_task(supervisor.wait())
    await settle()
    plant.read()
    for _ in range(2):
        plant.fail("c")
        await asyncio.sleep(5)
    assert plant.read() == ["-c", "+c", "-c", "-b", "-d", "+b", "+c", "+d"]
    for _ in range(2):
        plant.fail("b")
        await asyncio.sleep(5)
    with pytest.raises(Escalated) as escalated:
        await running
    assert escalated.value.child == "inner"
    assert plant.read()[-1] == "-a"


@virtual
async def test_a_supervisor_can_run_again() -> None:
    plant = Plant()
    supervisor = supervise(plant.child("a", "temporary"), limit=Limit(0, within=60.0))
    for _ in range(2):
        await supervisor.start()
        await settle()
        await supervisor.stop()
    assert plant.read() == ["+a", "-a"] * 2


@virtual
async def test_stopping_twice_or_before_the_start_does_nothing() -> None:
    plant = Plant()
    supervisor = supervise(plant.child("a"))
    await supervisor.stop()
    await supervisor.start()
    await supervisor.stop()
    await supervisor.stop()
    await supervisor.wait()


@virtual
async def test_the_log_names_child_and_error_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    plant = Plant()
    supervisor = supervise(plant.child("a"))
    with caplog.at_level(logging.DEBUG):
        await supervisor.start()
        await settle()
        plant.fail("a")
        await settle()
        await supervisor.stop()
    assert "plant/a failed: ConnectionError" in caplog.text
    assert "secret" not in caplog.text
