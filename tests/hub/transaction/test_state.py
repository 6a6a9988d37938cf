"""The table of a draft's states: what it forbids matters more than what it allows."""

import pytest

from hub.errors import DraftStateConflict
from hub.transaction.state import FINAL, OPEN, SPENT, TRANSITIONS, DraftState, Trigger, step


def reachable(start: DraftState, without: frozenset[Trigger] = frozenset()) -> set[DraftState]:
    """The states that can be reached, when some things never happen."""
    found, waiting = {start}, [start]
    while waiting:
        ways = TRANSITIONS[waiting.pop()]
        new = {state for trigger, state in ways.items() if trigger not in without} - found
        found |= new
        waiting += new
    return found


def test_every_state_has_its_row_and_is_reached() -> None:
    assert set(TRANSITIONS) == set(DraftState) == reachable(DraftState.CREATING)


def test_nothing_is_committed_without_the_customer() -> None:
    found = reachable(DraftState.CREATING, without=frozenset({Trigger.CONSENT}))
    assert found.isdisjoint({DraftState.COMMITTING, DraftState.COMMIT_UNKNOWN, DraftState.COMMITTED})


def test_what_was_escalated_is_not_committed_without_an_approval() -> None:
    found = reachable(DraftState.AWAITING_APPROVAL, without=frozenset({Trigger.APPROVE}))
    assert found == {DraftState.AWAITING_APPROVAL, DraftState.REJECTED, DraftState.CANCELLED, DraftState.EXPIRED}


@pytest.mark.parametrize("state", [DraftState.COMMITTING, DraftState.COMMIT_UNKNOWN, DraftState.MANUAL_REVIEW])
@pytest.mark.parametrize("trigger", [Trigger.CANCEL, Trigger.LAPSE, Trigger.CHANGED, Trigger.COMMIT, Trigger.REJECT])
def test_money_on_its_way_is_not_called_back(state: DraftState, trigger: Trigger) -> None:
    with pytest.raises(DraftStateConflict) as refused:
        step(state, trigger)
    assert refused.value.extra == {"current_state": state.value}


def test_a_commit_whose_answer_is_lost_fails_only_by_an_answer() -> None:
    ways = TRANSITIONS[DraftState.COMMIT_UNKNOWN]
    assert [trigger for trigger, state in ways.items() if state is DraftState.FAILED] == [Trigger.REFUSED]


def test_ends_are_ends() -> None:
    assert FINAL.isdisjoint(OPEN)
    assert frozenset(DraftState) - FINAL - OPEN == {DraftState.MANUAL_REVIEW}
    assert all(step(state, Trigger.COMMIT) is DraftState.COMMITTING for state in (DraftState.CONFIRMED,))
    assert DraftState.COMMITTED in SPENT
    assert SPENT.isdisjoint({DraftState.CANCELLED, DraftState.FAILED, DraftState.REJECTED, DraftState.EXPIRED})
