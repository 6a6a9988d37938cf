"""The states of a transaction's draft, as a table: what may happen in each, and what it leads to.

`unknown` means that the back end was asked and its answer did not come: it may have done it. Such a state is left only
by finding out, with the same idempotency key; never by a guess.
"""

from enum import StrEnum

from hub.errors import DraftStateConflict


class DraftState(StrEnum):
    """Where a draft stands. `manual_review`: nobody could find out in time, a person has to."""

    CREATING = "creating"
    CREATE_UNKNOWN = "create_unknown"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    CONFIRMED = "confirmed"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    COMMITTING = "committing"
    COMMIT_UNKNOWN = "commit_unknown"
    MANUAL_REVIEW = "manual_review"
    COMMITTED = "committed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    CREATE_FAILED = "create_failed"


class Trigger(StrEnum):
    """What can happen to a draft.

    `created`, `done`, `refused`, `lost` are the back end's answers; `lost` is the lack of one. `changed`: what would be
    committed is not what the customer saw. `escalate`: the commit needs a person's approval. `give_up`: the time for
    finding out is over.
    """

    CREATED = "created"
    REFUSED = "refused"
    LOST = "lost"
    CONSENT = "consent"
    COMMIT = "commit"
    ESCALATE = "escalate"
    APPROVE = "approve"
    REJECT = "reject"
    DONE = "done"
    CANCEL = "cancel"
    LAPSE = "lapse"
    CHANGED = "changed"
    GIVE_UP = "give_up"


_S, _T = DraftState, Trigger
_ENDS = {_T.CANCEL: _S.CANCELLED, _T.LAPSE: _S.EXPIRED, _T.CHANGED: _S.CANCELLED}
_MADE = {_T.CREATED: _S.AWAITING_CONFIRMATION, _T.REFUSED: _S.CREATE_FAILED}
_SENT = {_T.DONE: _S.COMMITTED, _T.REFUSED: _S.FAILED}

TRANSITIONS: dict[DraftState, dict[Trigger, DraftState]] = {
    _S.CREATING: {**_MADE, _T.LOST: _S.CREATE_UNKNOWN},
    _S.CREATE_UNKNOWN: {**_MADE, _T.CANCEL: _S.CANCELLED, _T.LAPSE: _S.EXPIRED, _T.GIVE_UP: _S.CREATE_FAILED},
    _S.AWAITING_CONFIRMATION: {_T.CONSENT: _S.CONFIRMED, **_ENDS},
    _S.CONFIRMED: {_T.COMMIT: _S.COMMITTING, _T.ESCALATE: _S.AWAITING_APPROVAL, **_ENDS},
    _S.AWAITING_APPROVAL: {_T.APPROVE: _S.APPROVED, _T.REJECT: _S.REJECTED, **_ENDS},
    _S.APPROVED: {_T.COMMIT: _S.COMMITTING, **_ENDS},
    _S.COMMITTING: {**_SENT, _T.LOST: _S.COMMIT_UNKNOWN},
    _S.COMMIT_UNKNOWN: {**_SENT, _T.GIVE_UP: _S.MANUAL_REVIEW},
    _S.MANUAL_REVIEW: _SENT,
    _S.COMMITTED: {},
    _S.FAILED: {},
    _S.CANCELLED: {},
    _S.EXPIRED: {},
    _S.REJECTED: {},
    _S.CREATE_FAILED: {},
}
"""From each state what may happen and where it leads. What is not here does not happen: money on its way
(`committing`, `commit_unknown`) cannot be cancelled and does not lapse."""

FINAL = frozenset(state for state, ways in TRANSITIONS.items() if not ways)
"""The states in which nothing happens any more."""

OPEN = frozenset(DraftState) - FINAL - {DraftState.MANUAL_REVIEW}
"""The states of a draft that is under way: a conversation has at most one such."""

UNANSWERED = frozenset({DraftState.CREATING, DraftState.COMMITTING})
"""The states in which a replica waits for the back end. Whoever finds such a draft, but no such replica, takes the
answer for lost."""

SPENT = frozenset({_S.APPROVED, _S.COMMITTING, _S.COMMIT_UNKNOWN, _S.MANUAL_REVIEW, _S.COMMITTED, _S.AWAITING_APPROVAL})
"""The states in which the amount counts as spent, or about to be, when a customer's amounts are added up."""


def step(state: DraftState, trigger: Trigger) -> DraftState:
    """The state that this leads to. Raises DraftStateConflict, with the `current_state`, where it cannot happen."""
    following = TRANSITIONS[state].get(trigger)
    if following is None:
        raise DraftStateConflict(extra={"current_state": state.value})
    return following
