"""Whether a webhook really comes from Meta: the signature of a body, and the handshake that opens a subscription.

Meta, "Create a webhook endpoint": `X-Hub-Signature-256: sha256=<hex HMAC-SHA256 of the body with the app secret>`. The
bytes are signed as sent (with escaped unicode), so they must be checked before anything parses them.
"""

import hmac
import re
from collections.abc import Mapping, Sequence

_SIGNATURE = re.compile(r"sha256=([0-9a-fA-F]{64})")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{1,256}")


def verify(body: bytes, header_values: Sequence[str], secrets: Sequence[str]) -> bool:
    """Whether `body` is signed with one of `secrets`.

    `header_values` are all values of the signature header: anything but exactly one well-formed value is a no. Every
    secret is tried (two are valid while one replaces the other), so the time does not tell which one matched. An
    empty secret never matches.
    """
    found = _SIGNATURE.fullmatch(header_values[0]) if len(header_values) == 1 else None
    if found is None:
        return False
    given, matched = bytes.fromhex(found[1]), False
    for secret in filter(None, secrets):
        matched |= hmac.compare_digest(hmac.digest(secret.encode(), body, "sha256"), given)
    return matched


def handshake(query: Mapping[str, str], verify_token: str) -> str | None:
    """The challenge to answer a `hub.mode=subscribe` request with, or None to refuse it.

    Only a challenge of `[A-Za-z0-9_-]{1,256}` is echoed (Meta's are digits), so the answer cannot carry markup. An
    empty `verify_token` refuses everybody.
    """
    given, challenge = query.get("hub.verify_token", ""), query.get("hub.challenge", "")
    known = hmac.compare_digest(_bytes(given), _bytes(verify_token)) and bool(verify_token)
    if not known or query.get("hub.mode") != "subscribe" or not _CHALLENGE.fullmatch(challenge):
        return None
    return challenge


def _bytes(text: str) -> bytes:
    """For comparing: `compare_digest` takes no text beyond ASCII, and a query can decode to lone surrogates."""
    return text.encode("utf-8", "surrogatepass")
