"""How one actor lives: turns, activation, crashes, passivation."""

import asyncio
import contextvars
import logging
from collections.abc import Sequence

import pytest

from actors.kernel import Actor, ActorFailed, Blocked, Bound, Context, Kind, Limit, Mail, Stopping, System
from actors.kernel.cell import STOP_WITHIN
from actors.kernel.testkit import kind_from, settle, virtual, virtual_system


class Diary:
    """What the actors of a test went through, with the time."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, line: str) -> None:
        self.lines.append(f"{asyncio.get_running_loop().time():g} {line}")


class Witness(Actor):
    """Writes down its life. A message is what to do: an error to raise, seconds to sleep, or nothing."""

    def __init__(self, diary: Diary, context: Context, start: float = 0.0, stop: float = 0.0) -> None:
        self.diary, self.context, self.start, self.stop = diary, context, start, stop

    async def on_start(self) -> None:
        self.diary("start")
        await asyncio.sleep(self.start)
        self.diary("started")

    async def receive(self, mail: Mail) -> object:
        self.diary(f"got {mail.message!r}")
        if isinstance(mail.message, Exception):
            raise mail.message
        if isinstance(mail.message, float):
            await asyncio.sleep(mail.message)
            self.diary(f"done {mail.message!r}")
        return mail.message

    async def on_stop(self) -> None:
        self.diary("stop")
        await asyncio.sleep(self.stop)
        self.diary("stopped")


def witnesses(diary: Diary, start: float = 0.0, stop: float = 0.0, **options: object) -> Kind:
    return Kind("w", lambda key, context: Witness(diary, context, start, stop), **options)  # type: ignore[arg-type]


@virtual
async def test_no_task_runs_while_nothing_waits() -> None:
    system = virtual_system()
    system.register(kind_from("k", lambda mail: asyncio.sleep(0)))
    before = len(asyncio.all_tasks())
    refs = [system.ref("k", n) for n in range(100)]
    assert system.stats()["k"].live == 0, "a ref alone makes no actor"
    for ref in refs:
        ref.tell(1)
    assert system.stats()["k"].busy == 100
    await settle()
    assert len(asyncio.all_tasks()) == before
    assert (system.stats()["k"].live, system.stats()["k"].busy) == (100, 0)


@virtual
async def test_a_burst_is_one_task() -> None:
    system = virtual_system()
    tasks = set()

    async def handler(mail: Mail) -> None:
        tasks.add(asyncio.current_task())

    system.register(kind_from("k", handler))
    for n in range(50):
        system.ref("k", 1).tell(n)
    await settle()
    assert len(tasks) == 1


@virtual
async def test_turns_never_overlap_and_keep_their_order() -> None:
    diary, system = Diary(), virtual_system()
    system.register(witnesses(diary))
    for seconds in (3.0, 2.0, 1.0):
        system.ref("w", 1).tell(seconds)
    await asyncio.sleep(10)
    assert diary.lines == [
        "0 start", "0 started", "0 got 3.0", "3 done 3.0", "3 got 2.0", "5 done 2.0", "5 got 1.0", "6 done 1.0",
    ]  # fmt: skip


@virtual
async def test_actors_of_different_keys_run_side_by_side() -> None:
    diary, system = Diary(), virtual_system()
    system.register(witnesses(diary))
    for key in range(3):
        system.ref("w", key).tell(2.0)
    await asyncio.sleep(5)
    assert diary.lines.count("2 done 2.0") == 3


@virtual
async def test_after_a_quantum_the_loop_gets_its_turn() -> None:
    system, handled = virtual_system(quantum=4), list[int]()

    async def handler(mail: Mail) -> None:
        handled.append(mail.message)

    system.register(kind_from("k", handler))
    for n in range(10):
        system.ref("k", 1).tell(n)
    seen = []
    while len(handled) < 10:
        await asyncio.sleep(0)
        seen.append(len(handled))
    assert seen == [4, 8, 10]


@virtual
async def test_mail_that_comes_during_the_start_waits_for_it() -> None:
    diary, system = Diary(), virtual_system()
    system.register(witnesses(diary, start=2.0))
    system.ref("w", 1).tell("first")
    await asyncio.sleep(1)
    assert system.stats()["w"].live == 0, "half-built is not there"
    system.ref("w", 1).tell("second")
    await asyncio.sleep(5)
    assert diary.lines == ["0 start", "2 started", "2 got 'first'", "2 got 'second'"]
    assert system.stats()["w"].activations == 1


@virtual
async def test_a_failed_start_fails_the_mail_that_asked_for_it_and_the_next_tries_again() -> None:
    attempts = []

    class Moody(Actor):
        async def on_start(self) -> None:
            attempts.append(1)
            if len(attempts) == 1:
                raise ConnectionError

        async def receive(self, mail: Mail) -> object:
            return mail.message

    system = virtual_system()
    system.register(Kind("m", lambda key, context: Moody()))
    first = system.ref("m", 1).ask_nowait("first", timeout=9.0)
    second = system.ref("m", 1).ask_nowait("second", timeout=9.0)
    with pytest.raises(ConnectionError):
        await first
    assert await second == "second"
    stats = system.stats()["m"]
    assert (stats.crashes, stats.activations, stats.live) == (1, 1, 1)


@virtual
async def test_a_failed_creation_is_a_crash_like_any() -> None:
    def create(key: int, context: Context) -> Actor:
        raise ConnectionError

    system = virtual_system()
    system.register(Kind("m", create))
    with pytest.raises(ConnectionError):
        await system.ref("m", 1).ask("x", timeout=9.0)
    assert (system.stats()["m"].crashes, system.stats()["m"].live) == (1, 0)


@virtual
async def test_a_crash_drops_the_instance_and_keeps_the_rest_of_the_mail_in_order() -> None:
    diary, system = Diary(), virtual_system()
    system.register(witnesses(diary))
    ref = system.ref("w", 1)
    ref.tell(1)
    poison = ref.ask_nowait(ValueError("poison"), timeout=9.0)
    ref.tell(2)
    ref.tell(3)
    with pytest.raises(ValueError, match="poison"):
        await poison
    await settle()
    assert diary.lines == [
        "0 start", "0 started", "0 got 1", "0 got ValueError('poison')", "0 start", "0 started", "0 got 2", "0 got 3",
    ]  # fmt: skip
    stats = system.stats()["w"]
    assert (stats.crashes, stats.activations, stats.live) == (1, 2, 1)


@virtual
async def test_a_cancellation_from_within_is_a_crash_and_not_the_end() -> None:
    async def handler(mail: Mail) -> object:
        if mail.message == "cut":
            await asyncio.get_running_loop().create_task(_cancelled())
        return mail.message

    async def _cancelled() -> None:
        raise asyncio.CancelledError

    system = virtual_system()
    system.register(kind_from("k", handler))
    cut = system.ref("k", 1).ask_nowait("cut", timeout=9.0)
    after = system.ref("k", 1).ask_nowait("after", timeout=9.0)
    with pytest.raises(ActorFailed):
        await cut
    assert await after == "after"
    assert system.stats()["k"].crashes == 1


@virtual
async def test_a_cancellation_from_outside_answers_everybody() -> None:
    system = virtual_system()
    tasks: list[asyncio.Task[object] | None] = []

    async def handler(mail: Mail) -> None:
        tasks.append(asyncio.current_task())
        await asyncio.sleep(60)

    system.register(kind_from("k", handler))
    in_work = system.ref("k", 1).ask_nowait(1, timeout=99.0)
    waiting = system.ref("k", 1).ask_nowait(2, timeout=99.0)
    await settle()
    assert tasks[0] is not None
    tasks[0].cancel()
    for answer in (in_work, waiting):
        with pytest.raises(Stopping):
            await answer
    assert system.stats()["k"].busy == 0
    assert system.stats()["k"].live == 0


@virtual
async def test_too_many_crashes_block_the_key_alone() -> None:
    system = virtual_system()
    handled = []

    async def handler(mail: Mail) -> None:
        handled.append(mail.message)
        if mail.message == "poison":
            raise ValueError

    system.register(kind_from("k", handler, crashes=Limit(3, within=5.0), block_base=2.0))
    ref, other = system.ref("k", 1), system.ref("k", 2)
    for _ in range(4):
        ref.tell("poison")
    waiting = ref.ask_nowait("never handled", timeout=9.0)
    ref.tell("thrown out")
    with pytest.raises(Blocked) as blocked:
        await waiting
    assert blocked.value.retry_after == 2.0
    await asyncio.sleep(0.5)
    with pytest.raises(Blocked) as refused:
        ref.tell("too early")
    assert refused.value.retry_after == pytest.approx(1.5)
    assert system.stats()["k"].blocked == 1
    other.tell("fine")
    await asyncio.sleep(1.5)
    ref.tell("well again")
    await settle()
    assert handled == ["poison"] * 4 + ["fine", "well again"]
    stats = system.stats()["k"]
    assert (stats.crashes, stats.rejected, stats.blocked) == (4, 3, 0)


@virtual
async def test_each_block_is_longer_than_the_one_before() -> None:
    system = virtual_system()

    async def handler(mail: Mail) -> None:
        raise ValueError

    system.register(kind_from("k", handler, crashes=Limit(0, within=5.0), block_base=1.0, block_max=3.0))
    blocks = []
    for _ in range(4):
        system.ref("k", 1).tell("poison")
        await settle()
        with pytest.raises(Blocked) as blocked:
            system.ref("k", 1).tell("?")
        blocks.append(blocked.value.retry_after)
        await asyncio.sleep(blocks[-1])
    assert blocks == pytest.approx([1.0, 2.0, 3.0, 3.0])


@virtual
async def test_the_history_of_crashes_outlives_the_instance_and_its_cell() -> None:
    system = virtual_system()

    async def handler(mail: Mail) -> None:
        raise ValueError

    system.register(kind_from("k", handler, crashes=Limit(3, within=5.0)))
    for _ in range(4):
        system.ref("k", 1).tell("poison")
        await asyncio.sleep(0.5)
        assert system.stats()["k"].busy == 0, "nothing of the actor is left between two messages"
    with pytest.raises(Blocked):
        system.ref("k", 1).tell("poison")


@virtual
async def test_the_log_names_kind_and_error_and_never_the_message(caplog: pytest.LogCaptureFixture) -> None:
    async def handler(mail: Mail) -> None:
        raise ValueError(f"cannot handle {mail.message}")

    system = virtual_system()
    system.register(kind_from("customer", handler))
    with caplog.at_level(logging.DEBUG):
        with pytest.raises(ValueError, match="secret"):
            await system.ref("customer", "+49151").ask("secret text", timeout=9.0)
        system.ref("customer", "+49151").ask_nowait("secret text", timeout=9.0)  # an asker who does not look
        await settle()
    assert "customer crashed in receive: ValueError" in caplog.text
    assert "in handler" in caplog.text, "the place is there"
    assert "secret text" not in caplog.text
    assert "+49151" not in caplog.text


@virtual
async def test_an_idle_actor_leaves_memory_and_comes_back_with_its_next_mail() -> None:
    diary, system = Diary(), virtual_system()
    system.register(witnesses(diary, idle_after=10.0))
    system.ref("w", 1).tell(1)
    await asyncio.sleep(9)
    system.ref("w", 1).tell(2)
    await asyncio.sleep(9)
    assert system.stats()["w"].live == 1
    await asyncio.sleep(2)
    assert system.stats()["w"].live == 0
    system.ref("w", 1).tell(3)
    await settle()
    assert diary.lines == [
        "0 start", "0 started", "0 got 1", "9 got 2", "19 stop", "19 stopped", "20 start", "20 started", "20 got 3",
    ]  # fmt: skip


@virtual
async def test_mail_that_races_a_passivation_waits_for_the_end_of_the_old_instance() -> None:
    diary, system = Diary(), virtual_system()
    system.register(witnesses(diary, stop=2.0, idle_after=10.0))
    system.ref("w", 1).tell(1)
    await asyncio.sleep(11)
    for n in (2, 3):
        system.ref("w", 1).tell(n)
    answer = await system.ref("w", 1).ask(4, timeout=9.0)
    assert answer == 4
    assert diary.lines[3:] == [
        "10 stop", "12 stopped", "12 start", "12 started", "12 got 2", "12 got 3", "12 got 4",
    ]  # fmt: skip


@virtual
async def test_a_stop_that_hangs_is_cut_off_and_one_that_fails_is_counted() -> None:
    diary, system = Diary(), virtual_system()
    system.register(witnesses(diary, stop=1000.0, idle_after=10.0))
    system.ref("w", 1).tell(1)
    await asyncio.sleep(11)
    answer = await system.ref("w", 1).ask(2, timeout=9.0)
    assert answer == 2
    assert asyncio.get_running_loop().time() == pytest.approx(10 + STOP_WITHIN)
    assert system.stats()["w"].crashes == 1


@virtual
async def test_a_batch_takes_what_waits_up_to_its_size() -> None:
    batches = []

    class Clerk(Actor):
        async def receive_batch(self, mails: Sequence[Mail]) -> None:
            batches.append([mail.message for mail in mails])
            await asyncio.sleep(1)
            mails[0].reply("answered")

    system = virtual_system()
    system.register(Kind("clerk", lambda key, context: Clerk(), bound=Bound(100), batch=4))
    answers = [system.ref("clerk", 1).ask_nowait(n, timeout=99.0) for n in range(6)]
    assert await asyncio.gather(*answers) == ["answered", None, None, None, "answered", None]
    assert batches == [[0, 1, 2, 3], [4, 5]]


@virtual
async def test_a_failed_batch_fails_those_not_answered_yet() -> None:
    class Clerk(Actor):
        async def receive_batch(self, mails: Sequence[Mail]) -> None:
            mails[0].reply("done")
            mails[1].fail(KeyError("own error"))
            raise OSError

    system = virtual_system()
    system.register(Kind("clerk", lambda key, context: Clerk(), batch=4))
    answers = [system.ref("clerk", 1).ask_nowait(n, timeout=99.0) for n in range(4)]
    outcomes = await asyncio.gather(*answers, return_exceptions=True)
    assert outcomes[0] == "done"
    assert [type(outcome) for outcome in outcomes[1:]] == [KeyError, OSError, OSError]
    assert system.stats()["clerk"].live == 0


@virtual
async def test_a_batch_kind_without_a_batch_handler_takes_them_one_by_one() -> None:
    async def handler(mail: Mail) -> object:
        return -mail.message

    system = virtual_system()
    system.register(kind_from("k", handler, batch=3))
    answers = [system.ref("k", 1).ask_nowait(n, timeout=9.0) for n in range(5)]
    assert await asyncio.gather(*answers) == [0, -1, -2, -3, -4]


@virtual
async def test_the_context_of_the_sender_stays_outside() -> None:
    private: contextvars.ContextVar[str] = contextvars.ContextVar("private", default="nothing")
    seen = []

    async def handler(mail: Mail) -> None:
        seen.append(private.get())

    system = virtual_system()
    system.register(kind_from("k", handler))
    private.set("of the request")
    system.ref("k", 1).tell(1)
    await settle()
    assert seen == ["nothing"]


@virtual
async def test_waits_and_turns_are_observed() -> None:
    waits, turns = list[float](), list[float]()

    class Stopwatch:
        def of(self, kind: str) -> "Stopwatch":
            assert kind == "k"
            return self

        def waited(self, seconds: float) -> None:
            waits.append(seconds)

        def turned(self, seconds: float) -> None:
            turns.append(seconds)

    async def handler(mail: Mail) -> None:
        await asyncio.sleep(mail.message)

    system: System = virtual_system(observer=Stopwatch())
    system.register(kind_from("k", handler))
    for seconds in (2.0, 3.0):
        system.ref("k", 1).tell(seconds)
    await asyncio.sleep(10)
    assert waits == [0.0, 2.0]
    assert turns == [2.0, 3.0]
