"""What the customer agrees to, as one hash: consent and approval are given for it, and are void for anything else."""

import hashlib
import hmac

from hub.canonical_json import canonical
from hub.transaction.draft import Draft


def terms_of(draft: Draft) -> bytes:
    """The SHA-256 of the canonical JSON (RFC 8785) of what would be committed.

    The state is no part of it, the back end's id of the draft is: a hash is made once the back end has one.
    """
    facts = {
        "id": str(draft.id),
        "conversation_id": str(draft.conversation_id),
        "customer_id": str(draft.customer_id),
        "customer_ref": draft.customer_ref,
        "amount_minor": draft.amount.minor,
        "currency": draft.amount.currency,
        "description": draft.description,
        "external_id": draft.external_id,
    }
    return hashlib.sha256(canonical(facts).encode()).digest()


def unchanged(draft: Draft, agreed: bytes | None) -> bool:
    """Whether what would be committed is what was agreed to."""
    return agreed is not None and hmac.compare_digest(terms_of(draft), agreed)
