"""The confirmation token: what the AI shows to commit. It is made of the customer's consent and of nothing else.

It is derived with a key of the hub's, so any replica can tell the AI again what it is, and only its hash is stored.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from attrs import frozen

PREFIX = "cft_"


@frozen
class Token:
    """A token as it is stored: what it opens, for whom and until when. `used_by` is the call that committed with it."""

    digest: bytes
    draft_id: UUID
    terms: bytes
    consent_id: UUID
    principal: str
    conversation_id: UUID
    expires_at: datetime
    used_by: UUID | None = None


def token_of(key: bytes, consent_id: UUID) -> str:
    """The token of a consent: 256 bits that nobody without the key can make."""
    mac = hmac.new(key, b"confirmation token\0" + consent_id.bytes, hashlib.sha256).digest()
    return PREFIX + base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def digest_of(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def recovered(keys: Iterable[bytes], token: Token) -> str | None:
    """The token itself, by whichever of the keys (newest first) it was made with; None when that key is gone."""
    made = (token_of(key, token.consent_id) for key in keys)
    return next((text for text in made if hmac.compare_digest(digest_of(text), token.digest)), None)
