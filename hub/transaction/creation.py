"""From the AI's wish to a draft that the back end holds: what its answer means for ours."""

from datetime import datetime
from uuid import UUID

from attrs import evolve, frozen

from hub.audit import Phase
from hub.errors import HubError, IntegrationError, Invalid
from hub.integration.call import Call
from hub.integration.transaction import DraftRequest, ProviderDraft
from hub.integration.transaction import DraftState as ProviderState
from hub.money import Money
from hub.transaction.draft import Asked, Draft, Search
from hub.transaction.duty import LEASE
from hub.transaction.letter import CREATE, letter_of
from hub.transaction.prompt import MOST_DESCRIPTION
from hub.transaction.state import DraftState, Trigger
from hub.transaction.terms import terms_of
from hub.transaction.turn import Move, Rules, Sight, moved, revised

MISMATCH = "draft_mismatch"
"""The back end drafted something else than it was asked for."""


@frozen
class Fresh:
    """What is drawn by chance for a new draft: its id, the keys of its two calls, the buttons' nonce and the code."""

    id: UUID
    key_create: UUID
    key_commit: UUID
    nonce: str
    code: str


@frozen
class Wish:
    """What the AI asks for, and for whom; `asked_by` is the agent who has the conversation."""

    customer_id: UUID
    customer_ref: str
    amount: Money
    description: str
    asked_by: UUID | None = None


def begun(call: Call, wish: Wish, fresh: Fresh, replica: int, now: datetime, rules: Rules) -> Draft:
    """The draft before the back end is asked. Raises Invalid for a description that the customer cannot be shown."""
    if call.conversation_id is None or not 0 < len(wish.description.strip()) <= MOST_DESCRIPTION:
        raise Invalid(errors=[{"path": "$.description", "message": f"must have 1 to {MOST_DESCRIPTION} characters"}])
    return Draft(
        id=fresh.id,
        conversation_id=call.conversation_id,
        customer_id=wish.customer_id,
        customer_ref=wish.customer_ref,
        principal=call.principal,
        amount=wish.amount,
        description=wish.description,
        key_create=fresh.key_create,
        key_commit=fresh.key_commit,
        asked=Asked(fresh.nonce, fresh.code),
        created_at=now,
        expires_at=now + rules.draft_ttl,
        asked_by=wish.asked_by,
        search=Search(replica=replica),
        due=now + LEASE,
    )


def request_of(draft: Draft) -> DraftRequest:
    """What the back end is asked for."""
    return DraftRequest(draft.customer_ref, draft.amount.decimal, draft.amount.currency, draft.description)


def same_terms(draft: Draft, told: ProviderDraft) -> bool:
    """Whether the back end's draft is what was asked for, in all that it tells of it."""
    return (
        told.amount in (None, draft.amount.decimal)
        and told.currency in (None, draft.amount.currency)
        and told.customer_ref in (None, draft.customer_ref)
    )


def made(sight: Sight, told: ProviderDraft, rules: Rules) -> Move:
    """The back end has made it. One with other terms is never shown to the customer: it is withdrawn."""
    draft = evolve(sight.draft, external_id=told.external_id)
    if not same_terms(draft, told) or told.state not in (ProviderState.OPEN, ProviderState.UNKNOWN):
        return _mismatched(sight, told, rules)
    made = moved(sight, Trigger.CREATED, rules, external_id=told.external_id, terms=terms_of(draft))
    return Move(draft=made, decision="created", phase=Phase.OUTCOME)


def _mismatched(sight: Sight, told: ProviderDraft, rules: Rules) -> Move:
    draft = moved(sight, Trigger.REFUSED, rules, external_id=told.external_id, reason=MISMATCH, withdraw=True)
    problem = IntegrationError(extra={"reason": MISMATCH})
    return Move(draft=draft, decision=MISMATCH, phase=Phase.OUTCOME, problem=problem, letter=letter_of(draft, CREATE))


def refused(sight: Sight, problem: HubError, rules: Rules) -> Move:
    """The back end will not make it, or was not asked."""
    draft = moved(sight, Trigger.REFUSED, rules, reason=problem.code)
    status = getattr(problem, "provider_status", None)
    return Move(draft=draft, decision="refused", phase=Phase.OUTCOME, problem=problem, provider_status=status)


def lost(sight: Sight, rules: Rules) -> Move:
    """No answer came, or nobody is left to hear it: it is looked for from now on, or still."""
    if sight.draft.state is DraftState.CREATE_UNKNOWN:
        draft = revised(sight, rules)
    else:
        draft = moved(sight, Trigger.LOST, rules, search=Search(since=sight.now))
    return Move(draft=draft, decision="unknown", phase=Phase.OUTCOME)
