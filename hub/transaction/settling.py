"""What the back end's answer to a commit means, and how a commit whose answer was lost is found out."""

from enum import StrEnum

from attrs import evolve, frozen

from hub.audit import Phase
from hub.errors import HubError
from hub.integration.transaction import DraftState as ProviderState
from hub.integration.transaction import ProviderCommit, ProviderDraft
from hub.transaction.creation import same_terms
from hub.transaction.draft import Draft, Search
from hub.transaction.letter import COMMIT, CREATE, letter_of
from hub.transaction.state import DraftState, Trigger
from hub.transaction.turn import Move, Rules, Sight, moved, revised

MISMATCH = "commit_mismatch"
"""The back end says that it has moved another amount: only a person can put that right."""


@frozen(kw_only=True)
class Result:
    """What is known of a commit: `done`, `refused` for good, or `lost`; with what goes into the audit."""

    trigger: Trigger
    transaction_id: str | None = None
    reason: str | None = None
    problem: HubError | None = None
    provider_status: int | None = None
    latency_ms: int | None = None


def result_of(draft: Draft, told: ProviderCommit) -> Result:
    """The back end's answer to the commit itself."""
    same = told.amount in (None, draft.amount.decimal) and told.currency in (None, draft.amount.currency)
    if not same:
        return Result(trigger=Trigger.LOST, reason=MISMATCH, transaction_id=told.transaction_id)
    return Result(trigger=Trigger.DONE, transaction_id=told.transaction_id)


def timed(result: Result, milliseconds: int) -> Result:
    """The result with how long it took."""
    return evolve(result, latency_ms=milliseconds)


class Look(StrEnum):
    """What a look at the back end's draft leads to: it is done, nothing will come of it, or it has to be asked again
    with the same key."""

    DONE = "done"
    OVER = "over"
    AGAIN = "again"
    WRONG = "wrong"


def look(draft: Draft, told: ProviderDraft) -> Look:
    """What the back end's draft says of a commit whose answer was lost. A word of its own, or a transaction without an
    id, is no answer: the commit is repeated, which the key makes safe."""
    if not same_terms(draft, told):
        return Look.WRONG
    if told.state is ProviderState.COMMITTED and told.transaction_id is not None:
        return Look.DONE
    over = told.state in (ProviderState.FAILED, ProviderState.CANCELLED, ProviderState.EXPIRED)
    return Look.OVER if over else Look.AGAIN


def settled(sight: Sight, result: Result, rules: Rules) -> Move:
    """Writes what became of it. An answer that comes late, after it was found out, changes nothing."""
    draft = sight.draft
    if draft.state is DraftState.COMMIT_UNKNOWN and result.trigger is Trigger.LOST:
        after = revised(sight, rules, reason=result.reason or draft.reason)
    elif result.trigger is Trigger.LOST:
        after = moved(sight, Trigger.LOST, rules, search=Search(since=sight.now), reason=result.reason)
    else:
        after = moved(sight, result.trigger, rules, transaction_id=result.transaction_id, reason=result.reason)
    return Move(
        draft=after,
        decision=result.trigger.value,
        phase=Phase.OUTCOME,
        problem=result.problem,
        provider_status=result.provider_status,
        latency_ms=result.latency_ms,
    )


def looking(sight: Sight, rules: Rules) -> Move:
    """Another look begins: it is counted before anything is asked."""
    search = evolve(sight.draft.search, tries=sight.draft.search.tries + 1)
    return Move(draft=revised(sight, rules, search=search), decision="look", phase=Phase.INTENT)


def given_up(sight: Sight, rules: Rules) -> Move:
    """Nobody found out in time. A commit is then a person's to find out; of a draft nothing comes."""
    operation = COMMIT if sight.draft.state is DraftState.COMMIT_UNKNOWN else CREATE
    tries = sight.draft.search
    draft = moved(sight, Trigger.GIVE_UP, rules, reason=sight.draft.reason or "no_answer", search=tries)
    return Move(draft=draft, decision="given_up", letter=letter_of(draft, operation))
