"""A draft's turn: what a decision looks at, and what it leads to. Storage shows the one, writes the other, and both
under one lock, so that what was decided on still holds when it is written.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from attrs import evolve, frozen

from hub.audit import Entry, Phase
from hub.dead_letter import NewLetter
from hub.errors import HubError
from hub.events import EventType
from hub.integration.call import Call
from hub.money import Money
from hub.transaction.approval import Approval, ApprovalState
from hub.transaction.consent import Consent
from hub.transaction.draft import Draft, Search
from hub.transaction.duty import due_of
from hub.transaction.risk import Limit
from hub.transaction.state import Trigger, step
from hub.transaction.token import Token


@frozen(kw_only=True)
class Rules:
    """The settings that decisions need. `words`: agreeing in words is enough. `patience` is how long a lost answer is
    looked for before a person has to."""

    limit: Limit
    draft_ttl: timedelta = timedelta(minutes=30)
    confirmation_ttl: timedelta = timedelta(minutes=10)
    approval_ttl: timedelta = timedelta(minutes=15)
    patience: timedelta = timedelta(minutes=15)
    words: bool = True


@frozen(kw_only=True)
class Standing:
    """How the draft's conversation stands now. `open`: it is not over; `sales`: its team sells; `attached`: the AI
    still takes part in it. `owner_id` is who made the AI's key."""

    customer_id: UUID
    team_id: UUID | None = None
    assignee_id: UUID | None = None
    owner_id: UUID | None = None
    open: bool = True
    sales: bool = True
    attached: bool = True


@frozen(kw_only=True)
class Sight:
    """All that decisions look at, read under the lock. `now` is the database's clock: replicas' clocks may differ.

    `token` is the stored one whose hash was presented, of whichever draft; `issued` the one that belongs to the draft's
    consent. `spent` are the customer's other amounts within the window, `waiting` counts pending approvals of the
    conversation and of the team; both are looked at where a commit may begin, of a confirmed draft.
    """

    now: datetime
    draft: Draft
    standing: Standing
    token: Token | None = None
    issued: Token | None = None
    approval: Approval | None = None
    spent: tuple[Money, ...] = ()
    waiting: tuple[int, int] = (0, 0)


@frozen(kw_only=True)
class Move:
    """What a decision leads to: the draft as it will be, the rows that go with it, one row of the audit, and what the
    asker is told (`problem`: an error, after all is written). `letter` asks a person to see to it.

    A move whose draft is the one that was seen writes nothing. `used` is the call that uses up the presented token.
    """

    draft: Draft
    decision: str
    phase: Phase = Phase.DECISION
    problem: HubError | None = None
    consent: Consent | None = None
    token: Token | None = None
    used: UUID | None = None
    approval: Approval | None = None
    announces: EventType | None = None
    letter: NewLetter | None = None
    provider_status: int | None = None
    latency_ms: int | None = None


def moved(sight: Sight, trigger: Trigger, rules: Rules, **changes: Any) -> Draft:
    """The draft after this happened. Raises DraftStateConflict where it cannot happen."""
    state = step(sight.draft.state, trigger)
    return revised(sight, rules, **{"state": state, "search": Search(), **changes})


def revised(sight: Sight, rules: Rules, **changes: Any) -> Draft:
    """The draft with these changes, as its next version, due when it then is."""
    draft = evolve(sight.draft, **{"version": sight.draft.version + 1, **changes})
    return evolve(draft, due=due_of(draft, sight.now, rules.patience))


def ended(
    sight: Sight, trigger: Trigger, rules: Rules, reason: str, problem: HubError | None = None, **changes: Any
) -> Move:
    """The draft ends without a commit: the back end is to be told, and a request for approval is void."""
    draft = moved(sight, trigger, rules, reason=reason, withdraw=True, **changes)
    approval = sight.approval
    if approval is None or approval.state is not ApprovalState.PENDING:
        return Move(draft=draft, decision=reason, problem=problem)
    state = ApprovalState.EXPIRED if trigger is Trigger.LAPSE else ApprovalState.WITHDRAWN
    return Move(
        draft=draft,
        decision=reason,
        problem=problem,
        approval=evolve(approval, state=state, decided_at=sight.now),
        announces=EventType.APPROVAL_DECIDED,
    )


def unchanged(sight: Sight, decision: str, problem: HubError | None = None) -> Move:
    """Nothing happens."""
    return Move(draft=sight.draft, decision=decision, problem=problem)


def entry_of(sight: Sight, move: Move, call: Call, tool: str, customer: str) -> Entry:
    """The audit's row of a move. `customer` is the pseudonym."""
    draft = move.draft
    return Entry(
        at=sight.now,
        call_id=call.id,
        phase=move.phase,
        actor=call.principal,
        tool=tool,
        decision=move.decision,
        conversation_id=draft.conversation_id,
        customer=customer,
        problem=move.problem.code if move.problem else None,
        args_redacted=draft.amount.view(),
        provider_status=move.provider_status,
        latency_ms=move.latency_ms,
        draft_id=draft.id,
        state_before=sight.draft.state.value,
        state_after=draft.state.value,
        approval_id=move.approval.id if move.approval else None,
        consent_id=move.consent.id if move.consent else draft.consent_id,
    )


def begun_entry(draft: Draft, call: Call, tool: str, customer: str) -> Entry:
    """The audit's row of a draft that begins: the back end is about to be asked for it."""
    return Entry(
        at=draft.created_at,
        call_id=call.id,
        phase=Phase.INTENT,
        actor=call.principal,
        tool=tool,
        decision="draft",
        conversation_id=draft.conversation_id,
        customer=customer,
        args_redacted=draft.amount.view(),
        draft_id=draft.id,
        state_after=draft.state.value,
    )
