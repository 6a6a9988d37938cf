"""Drafts that a person has to see to, as dead letters."""

from hub.dead_letter import LetterKind, NewLetter
from hub.integration.call import Integration
from hub.transaction.draft import Draft

CREATE, COMMIT, CANCEL = "create_draft", "commit_draft", "cancel_draft"
"""The operations of a back end on drafts."""

_KINDS = {CREATE: LetterKind.REVIEW, COMMIT: LetterKind.REVIEW, CANCEL: LetterKind.WRITE}


def letter_of(draft: Draft, operation: str) -> NewLetter:
    """The letter about one call for a draft. Its key is that of the call, so that doing it again is the same call."""
    key = {CREATE: draft.key_create, COMMIT: draft.key_commit, CANCEL: draft.key_cancel}[operation]
    return NewLetter(
        integration=Integration.TRANSACTION_CREATE.value,
        operation=operation,
        kind=_KINDS[operation],
        problem=draft.reason or "integration_ambiguous",
        ref_id=draft.id,
        conversation_id=draft.conversation_id,
        idempotency_key=str(key),
        attempts=max(draft.search.tries, 1),
        payload={"draft_id": str(draft.id), "external_id": draft.external_id, "state": draft.state.value},
    )
