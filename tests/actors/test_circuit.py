"""A circuit: who is let out, how often, and what those who ask are told."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from actors import kinds
from actors.circuit_messages import CallFor
from actors.circuit_world import Bounds
from actors.kernel.testkit import settle, virtual
from hub.errors import (
    Ambiguous,
    CircuitOpen,
    HubError,
    IntegrationError,
    IntegrationOverloaded,
    IntegrationTimeout,
    NotFound,
)
from hub.integration.breaker import Rules, State
from hub.integration.call import Fetched
from hub.integration.operation import Operation
from hub.integration.retry import Retries
from hub.integration.wire import Reply
from tests.actors.circuit_stage import (
    ACT,
    AWAY,
    FAILED,
    KEPT,
    LOST,
    NAME,
    NOON,
    OK,
    ONCE,
    READ,
    UNREACHABLE,
    Memory,
    Stage,
)

PATIENT = Bounds(retries=Retries(attempts=1))
"""Without repeats, where these are not the subject."""


def kinds_of(found: list[object]) -> Counter[str]:
    return Counter(type(each).__name__ for each in found)


async def error_of(stage: Stage, operation: Operation = READ, seconds: float = 30.0) -> HubError:
    with pytest.raises(HubError) as caught:
        await stage.call(operation, seconds=seconds)
    return caught.value


# The breaker


@virtual
async def test_five_failures_open_it_and_nothing_goes_out() -> None:
    stage = Stage(PATIENT)
    stage.back_end.answers = lambda wire: FAILED
    found = [await error_of(stage) for _ in range(6)]
    assert [type(error) for error in found] == [IntegrationError] * 5 + [CircuitOpen]
    assert len(stage.back_end.seen) == 5
    assert found[-1].retry_after == pytest.approx(60.0)
    assert stage.watched.moves == [State.OPEN]
    assert stage.watched.rejections == ["open"]


@virtual
async def test_of_a_hundred_that_wait_for_the_minute_exactly_one_goes_out() -> None:
    stage = Stage(PATIENT)
    await stage.opens()
    await asyncio.sleep(59.0)
    assert kinds_of(await stage.calls(100)) == {"CircuitOpen": 100}
    assert stage.back_end.seen == []
    await asyncio.sleep(1.0)
    stage.back_end.takes = 2.0
    found = await stage.calls(100)
    assert len(stage.back_end.seen) == 1
    assert kinds_of(found) == {"Fetched": 1, "CircuitOpen": 99}
    assert all((each.retry_after or 61) <= 60 for each in found if isinstance(each, CircuitOpen))
    stage.back_end.takes = 0.0
    assert kinds_of([await stage.call() for _ in range(100)]) == {"Fetched": 100}
    assert stage.watched.moves == [State.OPEN, State.HALF_OPEN, State.CLOSED]


@virtual
async def test_after_a_success_the_counting_begins_anew() -> None:
    stage = Stage(PATIENT)
    await stage.opens()
    await asyncio.sleep(60.0)
    await stage.call()
    stage.back_end.plan(FAILED, FAILED, FAILED, FAILED)
    assert [type(await error_of(stage)) for _ in range(4)] == [IntegrationError] * 4
    assert (await stage.look()).state is State.CLOSED


@virtual
async def test_a_probe_that_fails_is_the_last_for_another_minute() -> None:
    stage = Stage(PATIENT)
    await stage.opens()
    await asyncio.sleep(60.0)
    stage.back_end.answers = lambda wire: FAILED
    assert kinds_of(await stage.calls(10)) == {"IntegrationError": 1, "CircuitOpen": 9}
    await asyncio.sleep(59.0)
    assert isinstance(await error_of(stage), CircuitOpen)
    await asyncio.sleep(1.0)
    stage.back_end.answers = lambda wire: OK
    assert (await stage.call()).value == "fine"


@virtual
async def test_refusals_and_absences_do_not_open_it() -> None:
    stage = Stage(PATIENT)
    stage.back_end.plan(*[Reply(404)] * 20, *[Reply(422)] * 20, *[Reply(401)] * 20)
    found = [await error_of(stage) for _ in range(60)]
    assert kinds_of(list(found)) == {"NotFound": 20, "IntegrationError": 40}
    assert (await stage.look()).state is State.CLOSED


@virtual
async def test_callers_who_leave_do_not_open_it() -> None:
    stage = Stage(PATIENT)
    stage.back_end.takes = 5.0
    for _ in range(20):
        asked = stage.begin()
        await asyncio.sleep(0.1)
        asked.cancel()
    await asyncio.sleep(30.0)
    assert (await stage.look()).state is State.CLOSED
    assert stage.watched.words == ["ok"] * 8  # those that waited in line for nobody were not made
    assert (await stage.call()).value == "fine"


@virtual
async def test_what_was_sent_before_it_opened_says_nothing_afterwards() -> None:
    stage = Stage(PATIENT)
    stage.back_end.takes = 70.0
    slow = Operation(integration=NAME, name="slow", timeout=100.0)
    early = stage.begin(slow, seconds=200.0)
    await settle()
    stage.back_end.takes = 0.0
    await stage.opens()
    await asyncio.sleep(60.0)
    stage.back_end.takes = 20.0
    probe = stage.begin(slow, seconds=200.0)
    assert (await early).value == "fine"
    assert (await stage.look()).state is State.HALF_OPEN
    assert (await probe).value == "fine"
    assert (await stage.look()).state is State.CLOSED


@virtual
async def test_a_restart_leaves_it_open_for_the_rest_of_its_minute() -> None:
    stage = Stage(PATIENT, memory=Memory(opened_ago=45.0))
    assert (await error_of(stage)).retry_after == pytest.approx(15.0)
    await asyncio.sleep(15.0)
    assert (await stage.call()).value == "fine"


@virtual
async def test_calls_do_not_depend_on_the_database() -> None:
    stage = Stage(PATIENT, memory=Memory(away=True))
    assert (await stage.call()).value == "fine"


@virtual
async def test_a_pause_that_the_back_end_asks_for_holds_for_all_and_is_no_failure() -> None:
    stage = Stage(PATIENT)
    stage.back_end.plan(Reply(429, retry_after=30.0))
    error = await error_of(stage)
    assert isinstance(error, IntegrationOverloaded)
    assert error.retry_after == 30.0
    await asyncio.sleep(10.0)
    refused = await error_of(stage)
    assert isinstance(refused, IntegrationOverloaded)
    assert refused.retry_after == pytest.approx(20.0)
    assert len(stage.back_end.seen) == 1
    await asyncio.sleep(20.0)
    assert (await stage.call()).value == "fine"
    assert stage.watched.moves == []


@virtual
async def test_nobody_can_ask_for_a_pause_of_a_day() -> None:
    stage = Stage(PATIENT)
    stage.back_end.plan(Reply(429, retry_after=86_400.0))
    await error_of(stage)
    await asyncio.sleep(300.0)
    assert (await stage.call()).value == "fine"


@pytest.mark.parametrize("minutes", [-10, 10, 10_000])
@virtual
async def test_no_rest_and_no_copy_depends_on_the_wall_clock(minutes: int) -> None:
    stage = Stage(PATIENT)
    await stage.call(KEPT, key="a")
    await stage.opens()
    await asyncio.sleep(30.0)
    stage.wall_clock = NOON + timedelta(minutes=minutes)
    assert (await error_of(stage)).retry_after == pytest.approx(30.0)
    assert (await stage.call(KEPT, key="a")) == Fetched("fine", NOON, cached=True)
    await asyncio.sleep(30.0)
    assert (await stage.call()).value == "fine"


# Repeats


@virtual
async def test_what_may_pass_is_tried_three_times_with_growing_pauses() -> None:
    stage = Stage()
    stage.back_end.plan(AWAY, LOST)
    assert (await stage.call()).value == "fine"
    at = stage.back_end.at
    assert [at[1] - at[0], at[2] - at[1]] == [pytest.approx(0.1), pytest.approx(0.2)]
    assert stage.watched.repeats == 2


@virtual
async def test_the_third_failure_is_told() -> None:
    stage = Stage()
    stage.back_end.plan(AWAY, UNREACHABLE, LOST)
    error = await error_of(stage)
    assert isinstance(error, IntegrationTimeout)
    assert (error.attempts, error.provider_status) == (3, 503)


@virtual
async def test_each_attempt_counts_for_the_breaker() -> None:
    stage = Stage()
    stage.back_end.answers = lambda wire: AWAY
    assert isinstance(await error_of(stage), IntegrationError)
    assert isinstance(await error_of(stage), CircuitOpen)
    assert len(stage.back_end.seen) == 5


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500, 501])
@virtual
async def test_what_will_not_pass_is_tried_once(status: int) -> None:
    stage = Stage()
    stage.back_end.answers = lambda wire: Reply(status)
    await error_of(stage)
    assert len(stage.back_end.seen) == 1


@virtual
async def test_a_short_retry_after_is_waited_for() -> None:
    stage = Stage()
    stage.back_end.plan(Reply(429, retry_after=3.0))
    assert (await stage.call()).value == "fine"
    assert stage.back_end.at[1] - stage.back_end.at[0] == pytest.approx(3.0)


@virtual
async def test_the_deadline_ends_repeats_and_attempts() -> None:
    stage = Stage()
    stage.back_end.answers = lambda wire: Reply(503, retry_after=5.0)
    began = asyncio.get_running_loop().time()
    assert isinstance(await error_of(stage, seconds=3.0), IntegrationError)
    stage.back_end.takes = 100.0
    assert isinstance(await error_of(stage, seconds=4.0), IntegrationTimeout)
    assert asyncio.get_running_loop().time() - began == pytest.approx(4.0)
    assert isinstance(await error_of(stage, seconds=0.0), IntegrationTimeout)
    assert stage.watched.rejections == ["late"]


@virtual
async def test_an_attempt_ends_at_its_operations_time() -> None:
    stage = Stage(PATIENT)
    stage.back_end.takes = 100.0
    began = asyncio.get_running_loop().time()
    assert isinstance(await error_of(stage), IntegrationTimeout)
    assert asyncio.get_running_loop().time() - began == pytest.approx(10.0)


@virtual
async def test_repeats_stay_the_exception() -> None:
    stage = Stage(Bounds(rules=Rules(failures=10_000)))
    stage.back_end.answers = lambda wire: AWAY
    for _ in range(100):
        await stage.calls(1)
    spent = asyncio.get_running_loop().time()
    assert stage.watched.repeats <= 10 + 100 * 0.1 + spent


# What acts


@pytest.mark.parametrize(
    "reply", [LOST, Reply(None, "disconnected"), Reply(500), Reply(302), Reply(200, body=b"<html>")]
)
@virtual
async def test_nobody_knows_what_became_of_an_act_without_an_answer(reply: Reply) -> None:
    stage = Stage()
    stage.back_end.answers = lambda wire: reply
    assert isinstance(await error_of(stage, ACT), Ambiguous)


@virtual
async def test_an_act_is_repeated_with_the_same_key() -> None:
    stage = Stage()
    stage.back_end.plan(LOST, AWAY)
    assert (await stage.call(ACT)).value == "fine"
    assert [wire.key for wire in stage.back_end.seen] == ["key-1"] * 3


@virtual
async def test_a_refusal_after_a_lost_attempt_proves_nothing() -> None:
    stage = Stage()
    stage.back_end.plan(LOST, Reply(409))
    error = await error_of(stage, ACT)
    assert isinstance(error, Ambiguous)
    assert (error.attempts, error.provider_status) == (2, 409)


@virtual
async def test_a_circuit_that_opens_between_attempts_proves_nothing() -> None:
    stage = Stage(Bounds(rules=Rules(failures=1)))
    stage.back_end.answers = lambda wire: LOST
    assert isinstance(await error_of(stage, ACT), Ambiguous)


@pytest.mark.parametrize(
    ("reply", "kind"), [(Reply(422), IntegrationError), (Reply(404), NotFound), (UNREACHABLE, IntegrationError)]
)
@virtual
async def test_an_act_that_was_not_done_is_told_as_such(reply: Reply, kind: type[HubError]) -> None:
    stage = Stage()
    stage.back_end.answers = lambda wire: reply
    assert isinstance(await error_of(stage, ACT), kind)


@virtual
async def test_what_must_not_be_repeated_is_repeated_only_if_it_never_left() -> None:
    stage = Stage()
    stage.back_end.plan(UNREACHABLE)
    assert (await stage.call(ONCE)).value == "fine"
    stage.back_end.plan(AWAY)
    assert isinstance(await error_of(stage, ONCE), Ambiguous)


@virtual
async def test_an_act_goes_on_when_its_asker_leaves() -> None:
    stage = Stage()
    stage.back_end.takes = 3.0
    asked = stage.begin(ACT)
    await asyncio.sleep(1.0)
    asked.cancel()
    await asyncio.sleep(5.0)
    assert stage.watched.words == ["ok"]


# Places


@virtual
async def test_eight_go_at_once_and_thirty_two_wait() -> None:
    stage = Stage(PATIENT)
    stage.back_end.takes = 1.0
    found = await stage.calls(50)
    assert kinds_of(found) == {"Fetched": 40, "IntegrationOverloaded": 10}
    assert stage.back_end.most == 8
    assert max(stage.watched.loads) == (8, 32)
    assert stage.watched.loads[-1] == (0, 0)
    assert stage.watched.rejections == ["full"] * 10


@virtual
async def test_who_waits_in_line_is_told_at_the_deadline() -> None:
    stage = Stage(Bounds(retries=Retries(attempts=1), in_flight=1))
    stage.back_end.takes = 8.0
    first = stage.begin()
    began = asyncio.get_running_loop().time()
    error = await error_of(stage, ACT, seconds=2.0)
    assert isinstance(error, IntegrationTimeout)  # and not ambiguous: it never left
    assert asyncio.get_running_loop().time() - began == pytest.approx(2.0)
    await first
    assert len(stage.back_end.seen) == 1


@virtual
async def test_who_waits_in_line_is_refused_when_the_circuit_opens() -> None:
    stage = Stage(Bounds(rules=Rules(failures=1), retries=Retries(attempts=1), in_flight=5))
    stage.back_end.takes = 1.0
    stage.back_end.answers = lambda wire: FAILED
    assert kinds_of(await stage.calls(20)) == {"IntegrationError": 5, "CircuitOpen": 15}
    assert len(stage.back_end.seen) == 5


# Copies


@virtual
async def test_a_copy_answers_for_five_minutes() -> None:
    stage = Stage()
    assert await stage.call(KEPT, key="a") == Fetched("fine", NOON)
    assert await stage.call(KEPT, key="a") == Fetched("fine", NOON, cached=True)
    await stage.call(KEPT, key="b")
    await stage.call(KEPT, key="a", fresh=True)
    assert len(stage.back_end.seen) == 3
    await asyncio.sleep(300.0)
    await stage.call(KEPT, key="a")
    assert stage.watched.copies == ["miss", "hit", "miss", "miss", "miss"]


@virtual
async def test_those_who_ask_at_once_wait_for_one_call() -> None:
    stage = Stage()
    stage.back_end.takes = 1.0
    asked = [stage.begin(KEPT, key="a") for _ in range(50)]
    assert {each.value for each in await asyncio.gather(*asked)} == {"fine"}
    assert len(stage.back_end.seen) == 1


@virtual
async def test_one_who_leaves_does_not_take_the_answer_from_the_others() -> None:
    stage = Stage()
    stage.back_end.takes = 1.0
    first, second = stage.begin(KEPT, key="a"), stage.begin(KEPT, key="a")
    await settle()
    first.cancel()
    assert (await second).value == "fine"


@virtual
async def test_a_change_over_there_beats_a_call_under_way() -> None:
    stage = Stage()
    stage.back_end.takes = 5.0
    early = stage.begin(KEPT, key="a")
    await settle()
    stage.changed()
    stage.back_end.takes = 0.0
    stage.back_end.plan(Reply(200, body=b'"new"'), Reply(200, body=b'"old"'))
    assert (await stage.call(KEPT, key="a")).value == "new"  # and not the answer from before the change
    assert (await early).value == "old"
    assert (await stage.call(KEPT, key="a")) == Fetched("new", NOON, cached=True)


@virtual
async def test_failures_are_not_kept() -> None:
    stage = Stage()
    stage.back_end.plan(Reply(404))
    with pytest.raises(NotFound):
        await stage.call(KEPT, key="a")
    assert (await stage.call(KEPT, key="a")).value == "fine"


@virtual
async def test_what_acts_makes_copies_worthless_even_if_nobody_knows_whether_it_did() -> None:
    stage = Stage()
    for reply in (OK, LOST):
        await stage.call(KEPT, key="a")
        assert (await stage.call(KEPT, key="a")).cached
        stage.back_end.plan(reply, reply, reply)
        await stage.calls(1, ACT)
        stage.back_end.plan()
        assert not (await stage.call(KEPT, key="a")).cached


@virtual
async def test_an_open_circuit_shows_an_older_copy_and_says_so() -> None:
    stage = Stage(PATIENT)
    await stage.call(KEPT, key="a")
    await asyncio.sleep(400.0)
    await stage.opens()
    assert await stage.call(KEPT, key="a") == Fetched("fine", NOON, cached=True, stale=True)
    with pytest.raises(CircuitOpen):
        await stage.call(KEPT, key="a", fresh=True)
    with pytest.raises(CircuitOpen):
        await stage.call(KEPT, key="b")


@virtual
async def test_a_circuit_that_crashed_goes_on() -> None:
    stage = Stage()
    ref = stage.system.ref(kinds.CIRCUIT, NAME)
    assert (await stage.call()).value == "fine"
    with pytest.raises(AttributeError):
        await ref.ask(_broken_call(), timeout=1.0)
    assert (await stage.call()).value == "fine"


def _broken_call() -> object:
    return CallFor(None, 0.0)  # type: ignore[arg-type]


@virtual
async def test_it_tells_how_it_is() -> None:
    stage = Stage()
    await stage.call(KEPT, key="a")
    await asyncio.sleep(2.0)
    seen = await stage.look()
    assert (seen.name, seen.state, seen.copies, seen.last, seen.in_flight) == (NAME, State.CLOSED, 1, "ok", 0)
    assert seen.last_ago == pytest.approx(2.0)
