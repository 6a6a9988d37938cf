"""Signing what is delivered, so that the receiver knows who speaks and that nothing was changed.

Standard Webhooks, "Signature scheme": HMAC-SHA256 over `id.timestamp.body` with the bytes behind `whsec_`, as
`v1,<base64>`; several signatures in one header, separated by spaces, while a secret is being replaced.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence

PREFIX = "whsec_"

KEY_BYTES = 32
"""Random bytes of a secret; the specification allows 24 to 64."""


def secret_of(key: bytes) -> str:
    """A key as people pass it on."""
    return PREFIX + b64encode(key).decode()


def key_of(secret: str) -> bytes:
    """The key in a secret. Raises ValueError when it is none."""
    if not secret.startswith(PREFIX):
        raise ValueError("a secret begins with whsec_")
    return b64decode(secret.removeprefix(PREFIX), validate=True)


def signed_headers(message_id: str, timestamp: int, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The three headers of a delivery; one signature per secret, in their order."""
    content = b"%b.%d.%b" % (message_id.encode(), timestamp, body)
    signatures = [b64encode(hmac.digest(key_of(secret), content, "sha256")).decode() for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
