"""Checks what the hub signs, by a reading of the rules of its own.

`X-Timestamp` (seconds) and `X-Signature: v1=<hex>`: HMAC-SHA256 of `timestamp.method.path.sha256hex(body).key`, where
path is the one requested (with the prefix of the base address, without query) and key the `Idempotency-Key`. Or, when
`Signature-Input` is there, RFC 9421 with `Content-Digest` of RFC 9530 over the components that the input names, of
which those in COVERED must be among them.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence

from hub.demo.back_office.refusal import Refusal

AGE = 300.0
"""Seconds by which a timestamp may be off."""
COVERED = frozenset({"@method", "@target-uri", "content-digest", "idempotency-key"})

_INPUT = re.compile(r'(?P<label>[\w-]+)=(?P<params>\((?P<names>[^)]*)\)(?P<rest>(?:;[\w-]+=(?:"[^"]*"|\d+))*))')
_PARAMETER = re.compile(r';(?P<name>[\w-]+)=(?:"(?P<text>[^"]*)"|(?P<number>\d+))')


def check(
    method: str, url: str, path: str, headers: dict[str, str], body: bytes, secrets: Sequence[str], now: float
) -> None:
    """Raises Refusal 401 unless one of the secrets made the signature, not longer ago than AGE.

    `headers` have names in lower case.
    """
    if "signature-input" in headers:
        base, given, created = _standard(method, url, headers, body)
    else:
        base, given, created = _simple(method, path, headers, body)
    if abs(now - created) > AGE:
        raise Refusal(401, "signature_expired")
    if not any(hmac.compare_digest(hmac.digest(secret.encode(), base, "sha256"), given) for secret in secrets):
        raise Refusal(401, "bad_signature")


def _simple(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[bytes, bytes, float]:
    timestamp, shown = headers.get("x-timestamp", ""), headers.get("x-signature", "")
    if not re.fullmatch(r"\d{1,12}", timestamp, re.ASCII) or not re.fullmatch(r"v1=[0-9a-f]{64}", shown):
        raise Refusal(401, "signature_missing")
    parts = (timestamp, method, path, hashlib.sha256(body).hexdigest(), headers.get("idempotency-key", ""))
    return ".".join(parts).encode(), bytes.fromhex(shown[3:]), float(timestamp)


def _standard(method: str, url: str, headers: dict[str, str], body: bytes) -> tuple[bytes, bytes, float]:
    found = _INPUT.fullmatch(headers["signature-input"])
    if found is None:
        raise Refusal(401, "signature_input_malformed")
    names = re.findall(r'"([^"]+)"', found["names"])
    if not set(names) >= COVERED:
        raise Refusal(401, "signature_covers_too_little")
    parameters = {p["name"]: p["text"] or p["number"] or "" for p in _PARAMETER.finditer(found["rest"])}
    if parameters.get("alg") != "hmac-sha256" or not parameters.get("created") or not parameters.get("nonce"):
        raise Refusal(401, "signature_input_malformed")
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    if headers.get("content-digest") != f"sha-256=:{digest}:":
        raise Refusal(401, "bad_digest")
    derived = {"@method": method, "@target-uri": url}
    lines = [f'"{name}": {derived.get(name, headers.get(name, ""))}' for name in names]
    lines.append(f'"@signature-params": {found["params"]}')
    given = re.fullmatch(re.escape(found["label"]) + r"=:([A-Za-z0-9+/=]+):", headers.get("signature", ""))
    if given is None:
        raise Refusal(401, "signature_missing")
    return "\n".join(lines).encode(), base64.b64decode(given[1]), float(parameters["created"])
