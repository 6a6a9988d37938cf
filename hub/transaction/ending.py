"""How a draft ends without a commit, and a supervisor's word on it."""

from attrs import evolve, frozen

from hub.audit import Phase
from hub.dead_letter import NewLetter
from hub.errors import DraftChanged, NotFound
from hub.events import EventType
from hub.integration.call import Call
from hub.rights import Reader
from hub.transaction.approval import (
    Approval,
    ApprovalState,
    Involved,
    check_decidable,
    check_decider,
    check_seen,
)
from hub.transaction.commit import APPROVAL_LAPSED, CONFIRMATION_LAPSED, DRAFT_LAPSED, check_standing
from hub.transaction.draft import Draft
from hub.transaction.state import DraftState, Trigger
from hub.transaction.terms import unchanged
from hub.transaction.turn import Move, Rules, Sight, ended, moved, revised
from hub.transaction.turn import unchanged as nothing


@frozen
class Verdict:
    """A supervisor's decision. `seen` is the hash of the terms that he was shown."""

    by: Reader
    wanted: ApprovalState
    seen: str
    reason: str | None = None


def cancel(sight: Sight, call: Call, rules: Rules) -> Move:
    """The AI, or an agent, gives it up. Raises NotFound, DraftStateConflict."""
    if sight.draft.conversation_id != call.conversation_id:
        raise NotFound
    if sight.draft.state is DraftState.CANCELLED:
        return nothing(sight, "cancelled")
    return ended(sight, Trigger.CANCEL, rules, "cancelled")


def lapse(sight: Sight, rules: Rules) -> Move:
    """Its time is over, if it is."""
    draft = sight.draft
    if draft.due is None or sight.now < draft.due:
        return nothing(sight, "lapse")
    if draft.state is DraftState.AWAITING_APPROVAL:
        reason = APPROVAL_LAPSED
    else:
        reason = DRAFT_LAPSED if sight.now >= draft.expires_at else CONFIRMATION_LAPSED
    return ended(sight, Trigger.LAPSE, rules, reason)


def decide(sight: Sight, verdict: Verdict, rules: Rules) -> Move:
    """A supervisor approves or rejects. The same decision again changes nothing.

    Raises NotFound, Forbidden, SelfApprovalForbidden, PreconditionFailed, ApprovalExpired, DraftStateConflict, and what
    stands against the conversation now.
    """
    approval, now = sight.approval, sight.standing
    if approval is None:
        raise NotFound
    check_decider(verdict.by, Involved(now.owner_id, sight.draft.asked_by, now.assignee_id))
    check_seen(approval, verdict.seen)
    if not check_decidable(approval, verdict.wanted, sight.now):
        return nothing(sight, verdict.wanted.value)
    if verdict.wanted is ApprovalState.APPROVED:
        return _approved(sight, approval, verdict, rules)
    draft = moved(sight, Trigger.REJECT, rules, withdraw=True, reason="rejected")
    return _decided(sight, draft, approval, verdict)


def _approved(sight: Sight, approval: Approval, verdict: Verdict, rules: Rules) -> Move:
    check_standing(sight)
    if not unchanged(sight.draft, approval.terms):
        return ended(sight, Trigger.CHANGED, rules, "draft_changed", DraftChanged())
    return _decided(sight, moved(sight, Trigger.APPROVE, rules, approval_id=approval.id), approval, verdict)


def _decided(sight: Sight, draft: Draft, approval: Approval, verdict: Verdict) -> Move:
    decided = evolve(
        approval, state=verdict.wanted, decided_by=verdict.by.user_id, decided_at=sight.now, reason=verdict.reason
    )
    return Move(draft=draft, decision=verdict.wanted.value, approval=decided, announces=EventType.APPROVAL_DECIDED)


def withdrawing(sight: Sight, rules: Rules) -> Move:
    """The back end is about to be told that its draft is given up."""
    search = evolve(sight.draft.search, tries=sight.draft.search.tries + 1)
    return Move(draft=revised(sight, rules, search=search), decision="withdraw", phase=Phase.INTENT)


def withdrawn(sight: Sight, rules: Rules, letter: NewLetter | None = None) -> Move:
    """It was told; or it will not be, and a person is (`letter`). There, too, a draft that nobody commits lapses."""
    decision = "withdrawn" if letter is None else "given_up"
    return Move(draft=revised(sight, rules, withdraw=False), decision=decision, phase=Phase.OUTCOME, letter=letter)
