"""Whatever happens in whatever order: no accepted message is lost, run twice or overtaken, and every ask is answered.

Hypothesis sends mail of all sorts to a few actors, lets asks be given up, lets time pass in small and large steps (so
that passivations, caps, blocks and deadlines fall between everything), on a loop that shuffles what is ready, and
drains the system in the middle of it all.
"""

import asyncio
from collections import Counter, defaultdict

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from actors.kernel import (
    Actor,
    AskTimeout,
    Blocked,
    Bound,
    Context,
    DrainReport,
    Kind,
    Limit,
    Mail,
    MailboxFull,
    Ref,
    Stopping,
    System,
)
from actors.kernel.testkit import VirtualLoop, settle

KEYS = st.integers(0, 2)
DEEDS = st.sampled_from(["quick", "quick", "slow", "crash", "crash after a while", "pass on"])
OUTCOMES = (ValueError, AskTimeout, Blocked, Stopping, MailboxFull, asyncio.CancelledError)
LIMIT = 5
IDLE = 1.0


class Subject(Actor):
    """Writes down what it handles, and reports when two of its lives or turns overlap."""

    def __init__(self, world: "Kernel", key: int, context: Context) -> None:
        self.world, self.key, self.context = world, key, context

    async def on_start(self) -> None:
        await asyncio.sleep(0.05)
        if self.key in self.world.alive:
            self.world.problems.append("two instances at once")
        self.world.alive.add(self.key)

    async def receive(self, mail: Mail) -> object:
        number, deed = mail.message
        if self.key in self.world.in_turn:
            self.world.problems.append("two turns at once")
        self.world.in_turn.add(self.key)
        self.world.handled[self.key].append(number)
        try:
            return await self.do(deed, number, mail)
        except (ValueError, asyncio.CancelledError):  # the end of this instance
            self.world.alive.discard(self.key)
            raise
        finally:
            self.world.in_turn.discard(self.key)

    async def do(self, deed: str, number: int, mail: Mail) -> object:
        if deed in ("slow", "crash after a while"):
            await asyncio.sleep(0.3)
        if deed.startswith("crash"):
            raise ValueError
        if deed == "pass on":
            self.context.system.ref("heir", self.key).forward(number, mail)
        return number

    async def on_stop(self) -> None:
        await asyncio.sleep(0.2)
        self.world.alive.discard(self.key)


class Heir(Actor):
    async def receive(self, mail: Mail) -> object:
        await asyncio.sleep(0.1)
        return mail.message


class Kernel(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.handled: dict[int, list[int]] = defaultdict(list)
        self.accepted: dict[int, list[int]] = defaultdict(list)
        self.asks: dict[int, asyncio.Future[object]] = {}
        self.alive: set[int] = set()
        self.in_turn: set[int] = set()
        self.refused = 0
        self.number = 0
        self.report: DrainReport | None = None
        self.problems: list[object] = []

    @initialize(seed=st.integers(0, 2**16), quantum=st.integers(1, 3), cap=st.sampled_from([None, 1, 2]))
    def begin(self, seed: int, quantum: int, cap: int | None) -> None:
        self.loop = VirtualLoop(seed)
        self.loop.set_exception_handler(lambda loop, context: self.problems.append(context))
        self.system = System(self.loop.time, quantum)
        self.system.register(Kind("heir", lambda key, context: Heir(), bound=Bound(1000)))
        self.system.register(
            Kind(
                "subject",
                lambda key, context: Subject(self, key, context),
                bound=Bound(LIMIT),
                idle_after=IDLE,
                cap=cap,
                crashes=Limit(2, within=2.0),
                block_base=0.5,
            )
        )

    def run(self, seconds: float) -> None:
        self.loop.run_until_complete(asyncio.sleep(seconds))

    def post(self, key: int, deed: str, timeout: float | None) -> None:
        self.number += 1

        async def send() -> None:
            ref: Ref = self.system.ref("subject", key)
            if timeout is None:
                ref.tell((self.number, deed))
            else:
                self.asks[self.number] = ref.ask_nowait((self.number, deed), timeout=timeout)

        try:
            self.loop.run_until_complete(send())
        except (MailboxFull, Blocked, Stopping):
            self.refused += 1
        else:
            self.accepted[key].append(self.number)

    @precondition(lambda self: self.report is None)
    @rule(key=KEYS, deed=DEEDS, times=st.integers(1, 4))
    def tell(self, key: int, deed: str, times: int) -> None:
        for _ in range(times):
            self.post(key, deed, None)

    @precondition(lambda self: self.report is None)
    @rule(key=KEYS, deed=DEEDS, timeout=st.sampled_from([0.01, 0.2, 5.0]))
    def ask(self, key: int, deed: str, timeout: float) -> None:
        self.post(key, deed, timeout)

    @precondition(lambda self: any(not ask.done() for ask in self.asks.values()))
    @rule(pick=st.integers(0, 100))
    def give_up(self, pick: int) -> None:
        waiting = [ask for ask in self.asks.values() if not ask.done()]
        waiting[pick % len(waiting)].cancel()

    @precondition(lambda self: self.report is None)
    @rule(key=KEYS, lateness=st.sampled_from([-0.01, 0.0, 0.01, 0.1, 0.19, 0.21]), deed=DEEDS)
    def race_a_passivation(self, key: int, lateness: float, deed: str) -> None:
        """Mail for an actor about to leave memory, leaving it, or just gone."""
        self.run(3.0)
        self.post(key, "quick", None)
        self.run(0.05 + IDLE + lateness)
        self.post(key, deed, None)
        self.post(key, "quick", 5.0)
        self.run(0.2)

    @rule(seconds=st.sampled_from([0.0, 0.05, 0.2, 0.3, 0.8, 1.0, 1.0000001, 1.2, 4.0]))
    def pass_time(self, seconds: float) -> None:
        self.run(seconds)

    @precondition(lambda self: self.report is None)
    @rule(timeout=st.sampled_from([0.0, 0.1, 0.5, 100.0, 100.0]))
    def drain(self, timeout: float) -> None:
        self.report = self.loop.run_until_complete(self.system.drain(timeout))
        assert self.report.orphans == 0

    @invariant()
    def order_is_kept_and_nothing_runs_twice(self) -> None:
        for key, numbers in self.handled.items():
            assert numbers == sorted(set(numbers)), "in order, each once"
            assert set(numbers) <= set(self.accepted[key])
        assert not self.problems

    def teardown(self) -> None:
        if not hasattr(self, "loop"):
            return
        try:
            if self.report is None:
                self.drain(1000.0)
            self.loop.run_until_complete(settle())
            self.order_is_kept_and_nothing_runs_twice()
            self.everybody_is_answered()
            self.everything_is_accounted_for()
        finally:
            self.loop.close()

    def everybody_is_answered(self) -> None:
        for number, ask in self.asks.items():
            assert ask.done()
            error = asyncio.CancelledError() if ask.cancelled() else ask.exception()
            assert isinstance(error, OUTCOMES) if error is not None else ask.result() == number

    def everything_is_accounted_for(self) -> None:
        """What was accepted was handled, skipped for want of an asker, thrown out by a block, or cut off by the end."""
        assert self.report is not None
        stats, subject = self.system.stats(), self.system.stats()["subject"]
        assert Counter(kind.busy + kind.depth for kind in stats.values()) == {0: 2}
        accepted = sum(map(len, self.accepted.values()))
        missing = accepted - sum(map(len, self.handled.values()))
        excused = subject.expired + (subject.rejected - self.refused)
        if self.report.clean:
            assert missing == excused
        else:
            assert missing >= excused


Kernel.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestKernel = Kernel.TestCase
