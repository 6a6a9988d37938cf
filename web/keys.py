"""Keys of their own for each purpose, derived from the secrets of the configuration.

One secret signs access tokens, refresh tokens and cursors, yet a signature of one purpose is worthless for another:
each key is an HMAC of the purpose's name. During a rotation several secrets verify and the first one signs.
"""

import hashlib
import hmac
from collections.abc import Sequence

from attrs import frozen

SHORTEST = 32
"""Bytes of a secret, at least: as many as the hash that HS256 stands on."""


@frozen
class KeyRing:
    """The keys of one purpose. `signing` is used for what is new; `by_id` holds every key that still verifies."""

    signing: bytes
    signing_id: str
    by_id: dict[str, bytes]


def ring(secrets: Sequence[str], purpose: str) -> KeyRing:
    """The keys of a purpose. Raises ValueError without a secret or for one that is too short."""
    if not secrets or any(len(secret.encode()) < SHORTEST for secret in secrets):
        raise ValueError(f"a signing secret has at least {SHORTEST} bytes")
    keys = [hmac.digest(secret.encode(), f"hub {purpose}".encode(), hashlib.sha256) for secret in secrets]
    ids = [hashlib.sha256(key).hexdigest()[:12] for key in keys]
    return KeyRing(keys[0], ids[0], dict(zip(ids, keys, strict=True)))
