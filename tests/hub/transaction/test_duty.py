"""Every state that is not an end has a moment at which somebody sees to it."""

from datetime import timedelta

import pytest
from attrs import evolve

from hub.transaction.draft import Search
from hub.transaction.duty import Duty, due_of, duty_of, looks, pause
from hub.transaction.state import FINAL, DraftState
from tests.hub.transaction.life import NOON, begin_life

PATIENCE = timedelta(minutes=15)
DRAFT = evolve(begin_life().draft, approval_until=NOON + timedelta(minutes=5))


@pytest.mark.parametrize("state", sorted(set(DraftState) - FINAL - {DraftState.MANUAL_REVIEW}))
def test_no_state_waits_for_ever(state: DraftState) -> None:
    draft = evolve(DRAFT, state=state)
    assert duty_of(draft, PATIENCE) is not None
    due = due_of(draft, NOON, PATIENCE)
    assert due is not None
    assert due <= NOON + timedelta(minutes=30)


@pytest.mark.parametrize("state", sorted(FINAL))
def test_an_end_has_no_duty_but_to_tell_the_back_end(state: DraftState) -> None:
    assert duty_of(evolve(DRAFT, state=state), PATIENCE) is None
    assert due_of(evolve(DRAFT, state=state), NOON, PATIENCE) is None
    given_up = evolve(DRAFT, state=state, withdraw=True)
    assert (duty_of(given_up, PATIENCE), due_of(given_up, NOON, PATIENCE)) == (Duty.WITHDRAW, NOON)


def test_what_a_person_reviews_has_none() -> None:
    assert due_of(evolve(DRAFT, state=DraftState.MANUAL_REVIEW), NOON, PATIENCE) is None


def test_looks_end_with_patience() -> None:
    assert looks(PATIENCE) == (2, 5, 15, 60, 300, 600, 900)
    assert looks(timedelta(seconds=4)) == (2, 4)
    assert looks(timedelta(seconds=1)) == (1,)


def test_a_commit_is_looked_for_from_when_its_answer_was_lost() -> None:
    unknown = evolve(DRAFT, state=DraftState.COMMIT_UNKNOWN, search=Search(since=NOON, tries=2))
    assert due_of(unknown, NOON + timedelta(seconds=9), PATIENCE) == NOON + timedelta(seconds=15)
    tired = evolve(unknown, search=Search(since=NOON, tries=7))
    assert duty_of(tired, PATIENCE) is Duty.GIVE_UP
    assert due_of(tired, NOON, PATIENCE) == NOON


def test_pauses_double_up_to_a_minute() -> None:
    assert [pause(tries).total_seconds() for tries in (0, 1, 2, 3, 7, 60)] == [0, 1, 2, 4, 60, 60]
