"""The circuit breaker: what opens it, what does not, and that one call tries."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hub.integration.breaker import (
    TRANSITIONS,
    Breaker,
    Refusal,
    Rules,
    Signal,
    State,
    Verdict,
    let_out,
    paused,
    refusal,
    restored,
    settled,
)

RULES = Rules(failures=5, open=60.0)


def after(current: Breaker, verdict: Verdict, now: float = 0.0) -> Breaker:
    """One attempt goes out and ends."""
    assert refusal(current, RULES, now) is None
    current = let_out(current)
    return settled(current, RULES, current.generation, verdict, now)


def opened(now: float = 0.0) -> Breaker:
    current = Breaker()
    for _ in range(5):
        current = after(current, Verdict.FAILURE, now)
    return current


def test_five_failures_in_a_row_open_it() -> None:
    current = Breaker()
    for _ in range(4):
        current = after(current, Verdict.FAILURE)
    assert current.state is State.CLOSED
    current = after(current, Verdict.FAILURE, 7.0)
    assert (current.state, current.opened_at) == (State.OPEN, 7.0)
    assert refusal(current, RULES, 17.0) == Refusal(50.0)


def test_a_success_in_between_begins_anew() -> None:
    current = Breaker()
    for verdict in [*[Verdict.FAILURE] * 4, Verdict.SUCCESS, *[Verdict.FAILURE] * 4]:
        current = after(current, verdict)
    assert current.state is State.CLOSED


def test_what_says_nothing_neither_opens_nor_forgives() -> None:
    current = Breaker()
    for verdict in [*[Verdict.FAILURE] * 4, *[Verdict.NOTHING] * 20]:
        current = after(current, verdict)
    assert (current.state, current.failures) == (State.CLOSED, 4)


def test_after_its_rest_one_call_tries_and_the_others_are_refused() -> None:
    current = opened()
    assert refusal(current, RULES, 59.9) is not None
    assert refusal(current, RULES, 60.0) is None
    trying = let_out(current)
    assert trying.state is State.HALF_OPEN
    assert refusal(trying, RULES, 60.0) == Refusal(1.0)


def test_a_probe_that_succeeds_closes_it_with_the_window_reset() -> None:
    current = after(opened(), Verdict.SUCCESS, 60.0)
    assert (current.state, current.failures) == (State.CLOSED, 0)
    for _ in range(4):
        current = after(current, Verdict.FAILURE, 61.0)
    assert current.state is State.CLOSED


def test_a_probe_that_fails_leaves_it_open_for_as_long_again() -> None:
    current = after(opened(), Verdict.FAILURE, 60.0)
    assert current.state is State.OPEN
    assert refusal(current, RULES, 119.0) == Refusal(1.0)
    assert refusal(current, RULES, 120.0) is None


def test_a_probe_that_was_given_up_lets_the_next_call_try() -> None:
    current = after(opened(), Verdict.NOTHING, 60.0)
    assert refusal(current, RULES, 60.0) is None
    assert let_out(current).state is State.HALF_OPEN


@pytest.mark.parametrize("verdict", list(Verdict))
def test_what_was_let_out_earlier_says_nothing_any_more(verdict: Verdict) -> None:
    current = opened()
    assert settled(current, RULES, current.generation - 1, verdict, 1.0) == current
    trying = let_out(current)
    assert settled(trying, RULES, current.generation, verdict, 61.0) == trying


def test_a_pause_is_kept_and_the_longest_counts() -> None:
    current = paused(paused(Breaker(), 30.0, 0.0), 5.0, 10.0)
    assert refusal(current, RULES, 29.0) == Refusal(1.0, paused=True)
    assert refusal(current, RULES, 30.0) is None


@pytest.mark.parametrize(("ago", "rest"), [(None, None), (0.0, 60.0), (20.0, 40.0), (600.0, None), (-86_400.0, 60.0)])
def test_a_restart_neither_forgets_nor_exceeds_the_rest(ago: float | None, rest: float | None) -> None:
    refused = refusal(restored(RULES, ago, 1000.0), RULES, 1000.0)
    assert (refused.seconds if refused else None) == rest


def test_every_transition_leads_somewhere_and_nothing_else_is_allowed() -> None:
    moves = [(before, signal, after) for before, found in TRANSITIONS.items() for signal, after in found.items()]
    assert {before for before, _, _ in moves} == {after for _, _, after in moves} == set(State)
    assert {signal for _, signal, _ in moves} == set(Signal)
    assert all(before is not after for before, _, after in moves)


@settings(max_examples=200)
@given(st.lists(st.sampled_from(list(Verdict)), max_size=40))
def test_it_is_open_exactly_after_five_failures_without_a_success_between(verdicts: list[Verdict]) -> None:
    current, row = Breaker(), 0
    for verdict in verdicts:
        current = after(current, verdict)
        row = {Verdict.FAILURE: row + 1, Verdict.SUCCESS: 0, Verdict.NOTHING: row}[verdict]
        assert (current.state is State.OPEN) is (row == 5)
        if row == 5:
            return


class Crowd(RuleBasedStateMachine):
    """Many callers at once, whose attempts end in any order, at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.breaker = 0.0, Breaker()
        self.out: list[int] = []

    @rule(seconds=st.sampled_from([0.0, 1.0, 30.0, 60.0]))
    def time_goes_on(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def somebody_calls(self) -> None:
        if refusal(self.breaker, RULES, self.now) is None:
            self.breaker = let_out(self.breaker)
            self.out.append(self.breaker.generation)

    @precondition(lambda self: self.out)
    @rule(data=st.data(), verdict=st.sampled_from(list(Verdict)))
    def an_attempt_ends(self, data: st.DataObject, verdict: Verdict) -> None:
        generation = self.out.pop(data.draw(st.integers(0, len(self.out) - 1)))
        before = self.breaker
        self.breaker = settled(self.breaker, RULES, generation, verdict, self.now)
        assert generation == before.generation or self.breaker == before

    @invariant()
    def at_most_one_tries(self) -> None:
        if self.breaker.state is State.HALF_OPEN:
            assert self.out.count(self.breaker.generation) == 1

    @invariant()
    def it_never_stays_open_for_ever(self) -> None:
        refused = refusal(self.breaker, RULES, self.now)
        assert refused is None or refused.seconds <= RULES.open


Crowd.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
TestCrowd = Crowd.TestCase
