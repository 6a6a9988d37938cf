"""Who may carry a draft out, and what stands against it."""

from typing import Any
from uuid import UUID

import pytest
from attrs import evolve

from hub.audit import Phase
from hub.errors import (
    AiDetached,
    ApprovalDenied,
    ApprovalExpired,
    ApprovalQueueFull,
    ConfirmationExpired,
    ConfirmationInvalid,
    ConfirmationRequired,
    ConversationClosed,
    CustomerMismatch,
    DraftChanged,
    DraftExpired,
    DraftStateConflict,
    HubError,
    NotFound,
    RequestInProgress,
    ToolNotPermitted,
)
from hub.events import EventType
from hub.integration.call import Call
from hub.money import Money
from hub.transaction.answer import CommitStatus
from hub.transaction.approval import ApprovalState
from hub.transaction.commit import MOST_MISTAKES, Attempt, carry_out, postponed, standing
from hub.transaction.risk import Risk
from hub.transaction.state import DraftState
from hub.transaction.token import digest_of, token_of
from hub.transaction.turn import Move
from tests.hub.transaction.life import APPROVAL, CALL, CONSENT, NOON, RULES, TOKEN, Life, begin_life, pressed

WRONG = token_of(b"other", CONSENT)


def refusal(life: Life, **given: Any) -> type[HubError] | None:
    """What stands against a commit."""
    try:
        move = life.commits(**given)
    except HubError as error:
        return type(error)
    return type(move.problem) if move.problem else None


def stands(life: Life, token: str = TOKEN) -> CommitStatus | None:
    """What a commit is answered without being carried out."""
    return standing(life.sight(digest_of(token)), Attempt(CALL, digest_of(token), 0, APPROVAL))


def test_a_confirmed_draft_is_carried_out(confirmed: Life) -> None:
    move = confirmed.commits()
    assert (confirmed.draft.state, move.phase, move.used) == (DraftState.COMMITTING, Phase.INTENT, CALL.id)
    assert confirmed.draft.spent_at == NOON
    assert confirmed.draft.search.replica == 1


def test_without_a_token_the_customers_word_is_asked_for(life: Life) -> None:
    assert refusal(life, token=None) is ConfirmationRequired
    assert life.draft.failures == 0


@pytest.mark.parametrize("start", ["life", "confirmed"])
def test_guessed_tokens_are_counted_and_end_it(start: str, request: pytest.FixtureRequest) -> None:
    life: Life = request.getfixturevalue(start)
    for count in range(1, MOST_MISTAKES):
        assert refusal(life, token=WRONG) is ConfirmationInvalid
        assert life.draft.failures == count
    assert life.draft.open
    assert refusal(life, token=WRONG) is ConfirmationInvalid
    assert (life.draft.state, life.draft.reason) == (DraftState.CANCELLED, "wrong_tokens")
    assert refusal(life, token=WRONG) is DraftStateConflict


def test_the_token_of_another_draft_opens_nothing_and_counts_for_nothing(confirmed: Life) -> None:
    other = begin_life(id=UUID(int=77))
    other.made()
    other.tokens = confirmed.tokens
    assert refusal(other) is ConfirmationInvalid
    assert (other.draft.failures, confirmed.draft.failures) == (0, 0)
    assert refusal(confirmed) is None


def test_another_ai_cannot_use_it(confirmed: Life) -> None:
    assert refusal(confirmed, call=evolve(CALL, principal="ai:2")) is ConfirmationInvalid
    assert confirmed.draft.failures == 0


def test_from_another_conversation_there_is_no_such_draft(confirmed: Life) -> None:
    assert refusal(confirmed, call=Call(UUID(int=5), "ai:1", UUID(int=99))) is NotFound


def test_the_consent_lapses_and_so_does_the_draft(confirmed: Life) -> None:
    confirmed.pass_time(minutes=10)
    assert refusal(confirmed) is ConfirmationExpired
    assert (confirmed.draft.state, confirmed.draft.withdraw) == (DraftState.EXPIRED, True)
    assert refusal(confirmed) is ConfirmationExpired


def test_the_draft_lapses(confirmed: Life) -> None:
    confirmed.pass_time(minutes=30)
    assert refusal(confirmed) is DraftExpired
    assert refusal(confirmed) is DraftExpired


@pytest.mark.parametrize("changes", [{"amount": Money(600_000, "USD")}, {"description": "Three"}, {"external_id": "e"}])
def test_what_was_changed_after_the_consent_is_not_committed(confirmed: Life, changes: dict[str, Any]) -> None:
    confirmed.draft = evolve(confirmed.draft, **changes)
    assert refusal(confirmed) is DraftChanged
    assert confirmed.state == DraftState.CANCELLED


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"open": False}, ConversationClosed),
        ({"sales": False}, ToolNotPermitted),
        ({"attached": False}, AiDetached),
        ({"customer_id": UUID(int=99)}, CustomerMismatch),
    ],
)
def test_the_conversation_is_looked_at_again(confirmed: Life, changes: dict[str, Any], problem: type[HubError]) -> None:
    confirmed.standing = evolve(confirmed.standing, **changes)
    assert refusal(confirmed) is problem
    assert confirmed.state == DraftState.CONFIRMED


@pytest.mark.parametrize(("minor", "state"), [(100_000, "committing"), (100_001, "awaiting_approval")])
def test_strictly_above_the_limit_a_person_has_to_look(minor: int, state: str) -> None:
    life = begin_life(Money(minor, "USD"))
    life.made()
    life.asked()
    life.hears(pressed(life.draft))
    life.commits()
    assert life.draft.state == state


def test_amounts_are_added_up(confirmed: Life) -> None:
    confirmed.spent = (Money(94_001, "USD"),)
    move = confirmed.commits()
    assert confirmed.draft.risk == (Risk.AGGREGATE,)
    assert move.approval is not None
    assert move.approval.terms == confirmed.draft.terms
    assert move.announces is EventType.APPROVAL_REQUESTED
    assert confirmed.draft.due == NOON + RULES.approval_ttl


def test_suspicion_asks_for_a_person(confirmed: Life) -> None:
    confirmed.commits(suspicion=1)
    assert confirmed.state == DraftState.AWAITING_APPROVAL


@pytest.mark.parametrize("waiting", [(3, 3), (0, 20)])
def test_a_full_queue_leaves_it_confirmed(confirmed: Life, waiting: tuple[int, int]) -> None:
    confirmed.waiting = waiting
    assert refusal(confirmed, suspicion=1) is ApprovalQueueFull
    assert confirmed.state == DraftState.CONFIRMED


@pytest.mark.parametrize(
    ("state", "reason", "problem"),
    [
        (DraftState.REJECTED, "rejected", ApprovalDenied),
        (DraftState.EXPIRED, "approval_expired", ApprovalExpired),
        (DraftState.EXPIRED, "draft_expired", DraftExpired),
        (DraftState.FAILED, "refused", DraftStateConflict),
        (DraftState.CANCELLED, "cancelled", DraftStateConflict),
        (DraftState.CREATE_FAILED, "draft_mismatch", DraftStateConflict),
        (DraftState.COMMITTING, None, RequestInProgress),
    ],
)
def test_what_has_ended_says_how(
    confirmed: Life, state: DraftState, reason: str | None, problem: type[HubError]
) -> None:
    confirmed.draft = evolve(confirmed.draft, state=state, reason=reason)
    assert refusal(confirmed) is problem


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (DraftState.COMMITTED, CommitStatus.OK),
        (DraftState.AWAITING_APPROVAL, CommitStatus.PENDING_APPROVAL),
        (DraftState.APPROVED, CommitStatus.PENDING_APPROVAL),
        (DraftState.COMMIT_UNKNOWN, CommitStatus.COMMIT_UNKNOWN),
        (DraftState.MANUAL_REVIEW, CommitStatus.COMMIT_UNKNOWN),
        (DraftState.CONFIRMED, None),
    ],
)
def test_the_same_token_again_is_told_how_it_stands(
    confirmed: Life, state: DraftState, status: CommitStatus | None
) -> None:
    confirmed.draft = evolve(confirmed.draft, state=state)
    assert stands(confirmed) is status
    with pytest.raises(ConfirmationInvalid):
        stands(confirmed, WRONG)


def carried_out(life: Life) -> Move:
    return life.take(lambda sight: carry_out(sight, 1, RULES))


def test_what_was_approved_is_carried_out_also_when_an_agent_has_taken_over(large: Life) -> None:
    large.decides(ApprovalState.APPROVED)
    large.standing = evolve(large.standing, attached=False)
    carried_out(large)
    assert large.state == DraftState.COMMITTING


def test_what_was_approved_and_then_changed_is_not(large: Life) -> None:
    large.decides(ApprovalState.APPROVED)
    large.draft = evolve(large.draft, amount=Money(999_999, "USD"))
    assert isinstance(carried_out(large).problem, DraftChanged)
    assert large.state == DraftState.CANCELLED


def test_an_approval_that_is_none_carries_nothing_out(large: Life) -> None:
    large.draft = evolve(large.draft, state=DraftState.APPROVED)
    carried_out(large)
    assert large.state == DraftState.CANCELLED


def test_a_conversation_that_is_closed_by_then_ends_it(large: Life) -> None:
    large.decides(ApprovalState.APPROVED)
    large.standing = evolve(large.standing, open=False)
    assert isinstance(carried_out(large).problem, ConversationClosed)
    assert (large.draft.state, large.draft.reason) == (DraftState.CANCELLED, "conversation_closed")


def test_what_could_not_be_asked_is_tried_again_later(large: Life) -> None:
    large.decides(ApprovalState.APPROVED)
    large.take(lambda sight: postponed(sight, HubError(), RULES))
    assert large.state == DraftState.APPROVED
    assert large.draft.due is not None
    assert large.draft.due > NOON
