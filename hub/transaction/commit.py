"""Carrying a draft out: who may, what stands against it, whether a person has to look first, and what came of it."""

import hmac
from uuid import UUID

from attrs import frozen

from hub.audit import Phase
from hub.errors import (
    AiDetached,
    ApprovalDenied,
    ApprovalExpired,
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
from hub.transaction.answer import CommitStatus
from hub.transaction.approval import Approval, ApprovalState, check_room
from hub.transaction.draft import Draft, Search
from hub.transaction.risk import risks
from hub.transaction.state import DraftState, Trigger
from hub.transaction.terms import unchanged
from hub.transaction.turn import Move, Rules, Sight, ended, moved, revised
from hub.transaction.turn import unchanged as nothing

MOST_MISTAKES = 5
"""Wrong tokens for one draft; with the last of them it ends."""

STANDS: dict[DraftState, CommitStatus] = {
    DraftState.COMMITTED: CommitStatus.OK,
    DraftState.AWAITING_APPROVAL: CommitStatus.PENDING_APPROVAL,
    DraftState.APPROVED: CommitStatus.PENDING_APPROVAL,
    DraftState.COMMIT_UNKNOWN: CommitStatus.COMMIT_UNKNOWN,
    DraftState.MANUAL_REVIEW: CommitStatus.COMMIT_UNKNOWN,
}
"""What a commit is answered that was carried out, or begun, before."""

APPROVAL_LAPSED, CONFIRMATION_LAPSED, DRAFT_LAPSED = "approval_expired", "confirmation_expired", "draft_expired"
"""Why a draft expired."""


@frozen
class Attempt:
    """A commit as the AI asks for it. `digest` is the presented token's hash; None when it gave none.
    `approval_id` is that of the request for approval, should one be needed."""

    call: Call
    digest: bytes | None
    suspicion: int
    approval_id: UUID


def standing(sight: Sight, attempt: Attempt) -> CommitStatus | None:
    """How it stands already; None when it may be carried out now. Raises what stands against it."""
    draft = sight.draft
    if draft.conversation_id != attempt.call.conversation_id:
        raise NotFound
    _refuse_ended(draft)
    if attempt.digest is None:
        raise ConfirmationRequired(extra={"confirmation": {"status": draft.state.value}})
    if not opens(sight, attempt):
        raise ConfirmationInvalid
    if draft.state is DraftState.COMMITTING:
        raise RequestInProgress(retry_after=2)
    return STANDS.get(draft.state)


def opens(sight: Sight, attempt: Attempt) -> bool:
    """Whether the presented token is that of this draft's consent, and its bearer the one it was made for."""
    draft, token, call = sight.draft, sight.token, attempt.call
    return (
        token is not None
        and attempt.digest is not None
        and hmac.compare_digest(token.digest, attempt.digest)
        and token.draft_id == draft.id
        and token.consent_id == draft.consent_id
        and token.principal == call.principal == draft.principal
        and token.conversation_id == call.conversation_id
    )


def _refuse_ended(draft: Draft) -> None:
    """Raises what became of a draft that ended without a commit."""
    match draft.state:
        case DraftState.REJECTED:
            raise ApprovalDenied
        case DraftState.EXPIRED:
            raise {APPROVAL_LAPSED: ApprovalExpired, CONFIRMATION_LAPSED: ConfirmationExpired}.get(
                draft.reason or "", DraftExpired
            )
        case DraftState.CANCELLED | DraftState.FAILED | DraftState.CREATE_FAILED:
            extra = {"current_state": draft.state.value, "reason": draft.reason}
            raise DraftStateConflict(extra=extra)
        case _:
            return


def begin(sight: Sight, attempt: Attempt, replica: int, rules: Rules) -> Move:
    """Begins it, or asks a person first. Where it is begun or over already nothing happens. Raises what stands against
    it and leaves the draft as it is; what ends it is written, and told afterwards."""
    try:
        if standing(sight, attempt) is not None:
            return nothing(sight, "replay")
    except ConfirmationInvalid as problem:
        return _mistaken(sight, problem, rules)
    if (ended := _lapsed(sight, rules)) is not None:
        return ended
    assert sight.token is not None
    if not unchanged(sight.draft, sight.token.terms):
        return changed(sight, rules)
    check_standing(sight)
    if not sight.standing.attached:
        raise AiDetached
    found = risks(sight.draft.amount, sight.spent, attempt.suspicion, rules.limit)
    if found:
        return _escalated(sight, attempt, tuple(found), rules)
    return _sent(sight, replica, rules, attempt)


def _mistaken(sight: Sight, problem: ConfirmationInvalid, rules: Rules) -> Move:
    """A token that is none, or another draft's. Guesses are counted while there is something to guess."""
    guessed = sight.token is None and sight.draft.state in (DraftState.AWAITING_CONFIRMATION, DraftState.CONFIRMED)
    if not guessed:
        return nothing(sight, "denied", problem)
    failures = sight.draft.failures + 1
    if failures < MOST_MISTAKES:
        return Move(draft=revised(sight, rules, failures=failures), decision="denied", problem=problem)
    return ended(sight, Trigger.CANCEL, rules, "wrong_tokens", problem, failures=failures)


def _lapsed(sight: Sight, rules: Rules) -> Move | None:
    draft = sight.draft
    if sight.now >= draft.expires_at:
        return ended(sight, Trigger.LAPSE, rules, DRAFT_LAPSED, DraftExpired())
    if draft.confirmed_until is not None and sight.now >= draft.confirmed_until:
        return ended(sight, Trigger.LAPSE, rules, CONFIRMATION_LAPSED, ConfirmationExpired())
    return None


def changed(sight: Sight, rules: Rules) -> Move:
    """What would be committed is not what the customer agreed to: it ends, and what was agreed to is void."""
    return ended(sight, Trigger.CHANGED, rules, "draft_changed", DraftChanged())


def check_standing(sight: Sight) -> None:
    """Raises ConversationClosed, ToolNotPermitted or CustomerMismatch when the conversation is not what it was."""
    now = sight.standing
    if now.customer_id != sight.draft.customer_id:
        raise CustomerMismatch
    if not now.open:
        raise ConversationClosed
    if not now.sales:
        raise ToolNotPermitted


def _escalated(sight: Sight, attempt: Attempt, found: tuple[str, ...], rules: Rules) -> Move:
    check_room(*sight.waiting)
    until = sight.now + rules.approval_ttl
    draft = moved(sight, Trigger.ESCALATE, rules, risk=found, approval_until=until, spent_at=sight.now)
    assert draft.terms is not None
    approval = Approval(
        id=attempt.approval_id, draft_id=draft.id, terms=draft.terms, requested_at=sight.now, expires_at=until
    )
    return Move(
        draft=draft,
        decision="escalated",
        used=attempt.call.id,
        approval=approval,
        announces=EventType.APPROVAL_REQUESTED,
    )


def _sent(sight: Sight, replica: int, rules: Rules, attempt: Attempt | None = None) -> Move:
    draft = moved(
        sight, Trigger.COMMIT, rules, spent_at=sight.draft.spent_at or sight.now, search=Search(replica=replica)
    )
    return Move(draft=draft, decision="commit", phase=Phase.INTENT, used=attempt.call.id if attempt else None)


def carry_out(sight: Sight, replica: int, rules: Rules) -> Move:
    """Commits what was approved. What was not, or is not the same any more, ends. The AI is not needed for it: customer
    and supervisor have agreed, and an agent may well have taken the conversation meanwhile."""
    draft, approval = sight.draft, sight.approval
    if approval is None or approval.state is not ApprovalState.APPROVED or not unchanged(draft, approval.terms):
        return changed(sight, rules)
    try:
        check_standing(sight)
    except HubError as problem:
        return ended(sight, Trigger.CANCEL, rules, problem.code, problem)
    return _sent(sight, replica, rules)


def postponed(sight: Sight, problem: HubError, rules: Rules) -> Move:
    """Nothing was sent, because the back end could not be asked: the same again a little later."""
    search = Search(tries=sight.draft.search.tries + 1)
    return Move(draft=revised(sight, rules, search=search), decision="postponed", problem=problem)
