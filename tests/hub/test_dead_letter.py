"""Where a letter can go."""

from hub.dead_letter import OPEN_STATES, TRANSITIONS, LetterState, Step


def test_settled_letters_stay_settled_and_open_ones_can_be_settled() -> None:
    assert set(TRANSITIONS) == set(LetterState)
    assert {state for state, steps in TRANSITIONS.items() if steps} == OPEN_STATES
    reached = {state for steps in TRANSITIONS.values() for state in steps.values()}
    assert reached == set(LetterState)


def test_only_what_nobody_works_on_can_be_discarded() -> None:
    assert {state for state, steps in TRANSITIONS.items() if Step.DISCARD in steps} == {LetterState.DEAD}
