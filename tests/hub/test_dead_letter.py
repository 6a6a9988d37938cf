"""Where a letter can go."""

from hub.dead_letter import OPEN_STATES, TRANSITIONS, LetterState, Step


def test_settled_letters_stay_settled_and_open_ones_can_be_settled() -> None:
    leaving = {state for state, _ in TRANSITIONS}
    assert leaving == OPEN_STATES
    assert set(TRANSITIONS.values()) - leaving == {LetterState.REDRIVEN, LetterState.SKIPPED, LetterState.DISCARDED}


def test_only_what_nobody_works_on_can_be_discarded() -> None:
    assert {state for state, step in TRANSITIONS if step is Step.DISCARD} == {LetterState.DEAD}
