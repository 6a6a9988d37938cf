"""Signing requests to the transactions' back end, so that it knows who speaks, that nothing was changed, and when.

Two schemes. `simple`: `X-Timestamp` and `X-Signature: v1=<hex>`, HMAC-SHA256 over
`timestamp.method.path.sha256hex(body).idempotency_key`, the path as it stands in the request line, without query.
`rfc9421`: HTTP Message Signatures (RFC 9421) with hmac-sha256 over method, target address, Content-Digest (RFC 9530)
and idempotency key. Each attempt is signed anew, with its own time.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import urlsplit

from attrs import field, frozen

from hub.integration.wire import Wire


@frozen
class Signer:
    """Signs with one key. `scheme` is `simple` or `rfc9421`. While a key is being replaced the back end accepts both,
    and the hub changes over by putting the new one first."""

    key: bytes = field(repr=False)
    scheme: str = "simple"

    @property
    def key_id(self) -> str:
        """By which the back end finds the key among several: the beginning of its hash."""
        return hashlib.sha256(self.key).hexdigest()[:16]

    def headers(self, wire: Wire, timestamp: int, nonce: str) -> dict[str, str]:
        """The headers that prove this request. `timestamp` in seconds since 1970; `nonce` is new each time."""
        if self.scheme == "simple":
            return {
                "X-Timestamp": str(timestamp),
                "X-Signature": f"v1={hmac.digest(self.key, simple_base(wire, timestamp), 'sha256').hex()}",
            }
        return self._message_signature(wire, timestamp, nonce)

    def _message_signature(self, wire: Wire, timestamp: int, nonce: str) -> dict[str, str]:
        digest = content_digest(wire.body)
        covered = {"@method": wire.method, "@target-uri": wire.url, "content-digest": digest}
        if wire.key is not None:
            covered["idempotency-key"] = wire.key
        names = " ".join(f'"{name}"' for name in covered)
        parameters = f'({names});created={timestamp};keyid="{self.key_id}";nonce="{nonce}";alg="hmac-sha256"'
        made = hmac.digest(self.key, message_base(covered, parameters), "sha256")
        return {
            "Content-Digest": digest,
            "Signature-Input": f"sig1={parameters}",
            "Signature": f"sig1=:{b64encode(made).decode()}:",
        }


def simple_base(wire: Wire, timestamp: int) -> bytes:
    """What the simple scheme signs."""
    digest = hashlib.sha256(wire.body).hexdigest()
    return f"{timestamp}.{wire.method}.{urlsplit(wire.url).path}.{digest}.{wire.key or ''}".encode()


def content_digest(body: bytes) -> str:
    """The Content-Digest field of a body (RFC 9530 §2)."""
    return f"sha-256=:{b64encode(hashlib.sha256(body).digest()).decode()}:"


def message_base(covered: Mapping[str, str], parameters: str) -> bytes:
    """The signature base (RFC 9421 §2.5) of components with their values, in order."""
    lines = [f'"{name}": {value}' for name, value in covered.items()]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()
