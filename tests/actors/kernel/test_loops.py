"""The same small life on both event loops the hub runs on, in real time."""

import asyncio
from collections.abc import Callable

import pytest
import uvloop

from actors.kernel import TRACE, Actor, AskTimeout, Child, Context, Kind, Limit, Mail, Stopping, Supervisor, System

LOOPS = pytest.mark.parametrize("factory", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
Factory = Callable[[], asyncio.AbstractEventLoop]


class Account(Actor):
    """Adds up; `fail` makes it crash, `sleep` keeps it busy."""

    def __init__(self, stopped: list[int]) -> None:
        self.sum, self.stopped = 0, stopped

    async def receive(self, mail: Mail) -> object:
        match mail.message:
            case "fail":
                raise LookupError
            case "sleep":
                await asyncio.sleep(30)
            case "trace":
                return TRACE.get()
            case int(amount):
                self.sum += amount
        return self.sum

    async def on_stop(self) -> None:
        self.stopped.append(self.sum)


def accounts(stopped: list[int], idle_after: float | None = None) -> Kind:
    def create(key: int, context: Context) -> Account:
        return Account(stopped)

    return Kind("account", create, idle_after=idle_after)


@LOOPS
def test_a_life_in_short(factory: Factory) -> None:
    async def main() -> None:
        stopped: list[int] = []
        system = System()
        system.register(accounts(stopped))
        account = system.ref("account", 1)
        for amount in range(150):
            account.tell(amount)
        assert await account.ask(0, timeout=30) == sum(range(150))
        TRACE.set({"request_id": "r1"})
        assert await account.ask("trace", timeout=30) == {"request_id": "r1"}
        with pytest.raises(LookupError):
            await account.ask("fail", timeout=30)
        assert await account.ask(7, timeout=30) == 7
        assert (await system.drain(30)).clean
        assert stopped == [7]
        with pytest.raises(Stopping):
            account.tell(1)

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main())


@LOOPS
def test_deadlines_and_a_drain_by_force(factory: Factory) -> None:
    async def main() -> None:
        system = System()
        system.register(accounts([]))
        waiting = system.ref("account", 1).ask_nowait("sleep", timeout=30)
        with pytest.raises(AskTimeout):
            await system.ref("account", 1).ask(1, timeout=0.01)
        report = await system.drain(0.01)
        assert (report.unanswered, report.orphans) == (1, 0)
        with pytest.raises(Stopping):
            await waiting

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main())


@LOOPS
def test_timers_and_idleness(factory: Factory) -> None:
    async def main() -> None:
        stopped: list[int] = []
        system = System()
        system.register(accounts(stopped, idle_after=0.01))
        system.timers.after(0.01, system.ref("account", 1), 5)
        while not stopped:
            await asyncio.sleep(0.005)
        assert stopped == [5]
        await system.drain(30)

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main())


@LOOPS
def test_supervision(factory: Factory) -> None:
    async def main() -> None:
        starts: list[str] = []

        async def fails_once() -> None:
            starts.append("fails once")
            if len(starts) == 1:
                raise ConnectionError
            await asyncio.Event().wait()

        async def stays() -> None:
            starts.append("stays")
            await asyncio.Event().wait()

        supervisor = Supervisor("s", [Child("a", fails_once), Child("b", stays)], Limit(3, 60.0))
        await supervisor.start()
        while starts[-1] != "stays" or supervisor.restarts == 0:
            await asyncio.sleep(0.005)
        assert starts[-2:] == ["fails once", "stays"]
        await supervisor.stop()
        assert len(asyncio.all_tasks()) == 1

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main())
