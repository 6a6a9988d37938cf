"""From the hub's question to the customer's consent, or to their refusal."""

from collections.abc import Sequence
from uuid import UUID

from attrs import evolve, frozen

from hub.transaction.consent import Consent, Heard, Method, Reading, called_off, read
from hub.transaction.draft import Asked
from hub.transaction.prompt import MOST_PROMPTS
from hub.transaction.state import DraftState, Trigger
from hub.transaction.terms import terms_of, unchanged
from hub.transaction.token import Token, digest_of, token_of
from hub.transaction.turn import Move, Rules, Sight, ended, moved, revised
from hub.transaction.turn import unchanged as nothing

LISTENING = frozenset({DraftState.AWAITING_CONFIRMATION, DraftState.CONFIRMED, DraftState.AWAITING_APPROVAL})
"""The states in which the customer's messages are read: also after they agreed they can take it back."""


@frozen
class Minting:
    """What a consent is made with: its id, and the hub's key for tokens."""

    consent_id: UUID
    key: bytes


def asked(sight: Sight, message_id: UUID, seq: int, rules: Rules) -> Move:
    """The customer is asked: the prompt is a message of the conversation."""
    known = sight.draft.asked
    if sight.draft.state is not DraftState.AWAITING_CONFIRMATION or message_id in known.message_ids:
        return nothing(sight, "asked")
    prompt = evolve(
        known, message_ids=(*known.message_ids, message_id), first=known.first or seq, last=seq, spoke=False
    )
    return Move(draft=revised(sight, rules, asked=prompt), decision="asked")


def unaskable(sight: Sight, reason: str, rules: Rules) -> Move:
    """The customer cannot be asked: nothing can come of the draft."""
    return ended(sight, Trigger.CANCEL, rules, reason)


def hear(sight: Sight, heard: Sequence[Heard], minting: Minting, rules: Rules) -> Move:
    """Reads what came since the last time, in order, up to the first message that decides something. While a prompt is
    still to be sent nothing is read: whether words answer it depends on where it stands."""
    state, known = sight.draft.state, sight.draft.asked
    fresh = [message for message in heard if message.seq > known.heard]
    if state not in LISTENING or known.pending or not fresh or sight.now >= sight.draft.expires_at:
        return nothing(sight, "heard")
    if state is DraftState.AWAITING_CONFIRMATION:
        return _answered(sight, fresh, minting, rules)
    if any(called_off(known, message) for message in fresh):
        return _declined(sight, _read_up_to(known, fresh[-1]), rules)
    return Move(draft=revised(sight, rules, asked=_read_up_to(known, fresh[-1])), decision="heard")


def _answered(sight: Sight, fresh: Sequence[Heard], minting: Minting, rules: Rules) -> Move:
    known, unclear = sight.draft.asked, False
    for message in fresh:
        answer = read(known, message, words=rules.words)
        known = _read_up_to(known, message)
        if answer.reading is Reading.YES and answer.method is not None:
            return _consented(sight, known, message, answer.method, minting, rules)
        if answer.reading is Reading.NO:
            return _declined(sight, known, rules)
        unclear = unclear or answer.reading is Reading.UNCLEAR
    again = unclear and known.wanted < MOST_PROMPTS
    known = evolve(known, wanted=known.wanted + 1) if again else known
    return Move(draft=revised(sight, rules, asked=known), decision="unclear" if unclear else "heard")


def _read_up_to(known: Asked, message: Heard) -> Asked:
    spoke = known.spoke or (message.by_customer and message.seq > known.last)
    return evolve(known, heard=message.seq, spoke=spoke)


def _consented(sight: Sight, known: Asked, message: Heard, method: Method, minting: Minting, rules: Rules) -> Move:
    draft = sight.draft
    if not unchanged(draft, draft.terms):
        return ended(sight, Trigger.CHANGED, rules, "draft_changed", asked=known)
    until = min(sight.now + rules.confirmation_ttl, draft.expires_at)
    terms = terms_of(draft)
    consent = Consent(minting.consent_id, draft.id, terms, known.message_ids[-1], message.id, method)
    after = moved(sight, Trigger.CONSENT, rules, asked=known, consent_id=consent.id, confirmed_until=until)
    digest = digest_of(token_of(minting.key, consent.id))
    token = Token(digest, draft.id, terms, consent.id, draft.principal, draft.conversation_id, until)
    return Move(draft=after, decision="consent", consent=consent, token=token)


def _declined(sight: Sight, known: Asked, rules: Rules) -> Move:
    return ended(sight, Trigger.CANCEL, rules, "customer_declined", asked=known)
