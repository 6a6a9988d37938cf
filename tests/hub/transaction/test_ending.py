"""Ends without a commit, and a supervisor's word (threats T31, T34, T35)."""

from uuid import UUID

import pytest
from attrs import evolve

from hub.errors import (
    ApprovalExpired,
    ConversationClosed,
    DraftChanged,
    DraftStateConflict,
    Forbidden,
    NotFound,
    PreconditionFailed,
    SelfApprovalForbidden,
)
from hub.events import EventType
from hub.integration.call import Call
from hub.money import Money
from hub.rights import Reader, Role
from hub.transaction.approval import ApprovalState
from hub.transaction.ending import cancel, lapse, withdrawing, withdrawn
from tests.hub.transaction.life import CALL, RULES, SUPERVISOR, Life

APPROVED, REJECTED = ApprovalState.APPROVED, ApprovalState.REJECTED


def cancels(life: Life, call: Call = CALL) -> None:
    life.take(lambda sight: cancel(sight, call, RULES))


def test_a_draft_is_given_up_once(confirmed: Life) -> None:
    cancels(confirmed)
    assert (confirmed.state, confirmed.draft.reason, confirmed.draft.withdraw) == ("cancelled", "cancelled", True)
    before = confirmed.draft
    cancels(confirmed)
    assert confirmed.draft is before


def test_what_is_on_its_way_is_not_given_up(confirmed: Life) -> None:
    confirmed.commits()
    with pytest.raises(DraftStateConflict) as refused:
        cancels(confirmed)
    assert refused.value.extra == {"current_state": "committing"}


def test_a_draft_of_another_conversation_is_not_there(confirmed: Life) -> None:
    with pytest.raises(NotFound):
        cancels(confirmed, evolve(CALL, conversation_id=UUID(int=99)))


@pytest.mark.parametrize(
    ("start", "minutes", "reason"),
    [
        ("life", 30, "draft_expired"),
        ("confirmed", 10, "confirmation_expired"),
        ("large", 15, "approval_expired"),
    ],
)
def test_every_wait_has_an_end(start: str, minutes: int, reason: str, request: pytest.FixtureRequest) -> None:
    life: Life = request.getfixturevalue(start)
    life.pass_time(minutes=minutes, seconds=-1)
    before = life.draft
    life.take(lambda sight: lapse(sight, RULES))
    assert life.draft is before
    life.pass_time(seconds=1)
    life.take(lambda sight: lapse(sight, RULES))
    assert (life.state, life.draft.reason, life.draft.withdraw) == ("expired", reason, True)


def test_a_lapsed_request_is_closed_and_told(large: Life) -> None:
    large.pass_time(minutes=15)
    large.take(lambda sight: lapse(sight, RULES))
    move = large.moves[-1]
    assert move.approval is not None
    assert (move.approval.state, move.announces) == (ApprovalState.EXPIRED, EventType.APPROVAL_DECIDED)
    with pytest.raises(ApprovalExpired):
        large.decides(APPROVED)


def test_a_supervisor_approves_once(large: Life) -> None:
    move = large.decides(APPROVED)
    assert large.state == "approved"
    assert move.approval is not None
    assert (move.approval.decided_by, move.announces) == (SUPERVISOR.user_id, EventType.APPROVAL_DECIDED)
    assert large.draft.approval_id == move.approval.id
    before = large.draft
    large.decides(APPROVED)
    assert large.draft is before
    with pytest.raises(DraftStateConflict):
        large.decides(REJECTED)


def test_a_supervisor_rejects(large: Life) -> None:
    large.decides(REJECTED)
    assert (large.state, large.draft.withdraw, large.draft.approval_id) == ("rejected", True, None)
    with pytest.raises(DraftStateConflict):
        large.decides(APPROVED)


@pytest.mark.parametrize(
    ("by", "problem"),
    [
        (Reader(UUID(int=21), Role.AGENT, frozenset()), Forbidden),
        (Reader(UUID(int=22), Role.SERVICE, frozenset()), Forbidden),
        (Reader(UUID(int=23), Role.SUPERVISOR, frozenset()), SelfApprovalForbidden),
        (Reader(UUID(int=24), Role.SUPERVISOR, frozenset()), SelfApprovalForbidden),
        (Reader(UUID(int=25), Role.ADMIN, frozenset()), SelfApprovalForbidden),
    ],
)
def test_who_took_part_does_not_decide(large: Life, by: Reader, problem: type[Exception]) -> None:
    large.standing = evolve(large.standing, owner_id=UUID(int=25), assignee_id=UUID(int=23))
    large.draft = evolve(large.draft, asked_by=UUID(int=24))
    for wanted in (APPROVED, REJECTED):
        with pytest.raises(problem):
            large.decides(wanted, by)
    assert large.state == "awaiting_approval"


def test_only_what_was_seen_is_decided(large: Life) -> None:
    with pytest.raises(PreconditionFailed):
        large.decides(APPROVED, seen="0" * 64)


def test_nobody_approves_too_late(large: Life) -> None:
    large.pass_time(minutes=15)
    with pytest.raises(ApprovalExpired):
        large.decides(APPROVED)


def test_after_the_customer_called_it_off_there_is_nothing_to_approve(large: Life) -> None:
    cancels(large)
    with pytest.raises(DraftStateConflict):
        large.decides(APPROVED)


def test_what_was_changed_is_not_approved(large: Life) -> None:
    large.draft = evolve(large.draft, amount=Money(1, "USD"))
    assert isinstance(large.decides(APPROVED).problem, DraftChanged)
    assert large.state == "cancelled"
    assert large.moves[-1].approval is not None
    assert large.moves[-1].approval.state is ApprovalState.WITHDRAWN


def test_a_closed_conversation_is_only_rejected(large: Life) -> None:
    large.standing = evolve(large.standing, open=False)
    with pytest.raises(ConversationClosed):
        large.decides(APPROVED)
    large.decides(REJECTED)
    assert large.state == "rejected"


def test_without_a_request_there_is_nothing_to_decide(confirmed: Life) -> None:
    with pytest.raises(NotFound):
        confirmed.decides(APPROVED)


def test_the_back_end_is_told_that_it_is_given_up(confirmed: Life) -> None:
    cancels(confirmed)
    confirmed.take(lambda sight: withdrawing(sight, RULES))
    assert confirmed.draft.search.tries == 1
    confirmed.take(lambda sight: withdrawn(sight, RULES))
    assert (confirmed.draft.withdraw, confirmed.draft.due, confirmed.state) == (False, None, "cancelled")
