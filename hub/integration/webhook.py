"""Webhooks of back ends: who sent one, when, and what it is about.

Standard Webhooks ("Signature scheme", "Verifying webhooks"): HMAC-SHA256 over `id.timestamp.body`, several signatures
in one header, and a time that may be five minutes off. What a webhook says is not believed: it only says that something
has changed, and what that is will be asked.
"""

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from attrs import frozen

from hub.errors import Unauthenticated
from hub.integration import answer
from hub.integration.profile import Profile
from hub.webhook.signature import key_of

AGE = 300.0
"""Seconds by which a webhook's time may be off, either way."""

SIGNATURES_MOST = 8
"""Signatures in one header that are looked at."""

_ID = re.compile(r"[\x21-\x7e]{1,255}")
_SECONDS = re.compile(r"[0-9]{1,12}")


class Taken(StrEnum):
    """What became of a webhook: new; known already; older than what is known of the same thing."""

    NEW = "new"
    DUPLICATE = "duplicate"
    OLDER = "older"


@frozen
class Told:
    """A webhook that is the back end's. `subject` is what it is about, empty when it does not say; `event_at` when that
    happened, by the back end's clock. One that is not `readable` is no JSON object."""

    id: str
    subject: str
    event_at: datetime
    sha256: bytes
    readable: bool = True


class IntegrationWebhooks(Protocol):
    """Where webhooks are kept so that each counts once. Every method raises Unavailable when the database is away."""

    async def take(self, integration: str, told: Told) -> Taken:
        """Notes it. One that was noted before, but of which replicas were not told, is new again."""

    async def told(self, integration: str, id: str) -> None:
        """Replicas were told."""


def verified(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> str:
    """The id of a webhook that one of the secrets has signed, not longer ago than AGE. Raises Unauthenticated."""
    id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if _ID.fullmatch(id) is None or _SECONDS.fullmatch(timestamp) is None:
        raise Unauthenticated("The webhook's id or time is missing.")
    given = headers.get("webhook-signature", "").split(" ", SIGNATURES_MOST)[:SIGNATURES_MOST]
    content = b"%b.%b.%b" % (id.encode(), timestamp.encode(), body)
    wanted = [b"v1," + b64encode(hmac.digest(key_of(secret), content, "sha256")) for secret in secrets]
    # Every pair is compared, so that the time it takes does not tell which one fits.
    fits = [hmac.compare_digest(one.encode(), other) for one in given for other in wanted]
    if not any(fits):
        raise Unauthenticated("The webhook's signature is missing or wrong.")
    if abs(now.timestamp() - int(timestamp)) > AGE:
        raise Unauthenticated("The webhook is too old, or from the future.")
    return id


def read(id: str, body: bytes, profile: Profile, now: datetime) -> Told:
    """What a webhook is about: `{"timestamp", "data": {…}}`, the data with the profile's names. One that does not say
    what it is about is about everything."""
    try:
        given = answer.parse(body)
    except answer.WrongAnswer:
        given = None
    said = given if isinstance(given, dict) else {}
    subject = profile.value(said.get("data"), "id")
    named = subject if isinstance(subject, str) and answer.is_id(subject) else ""
    # A time that lies ahead of ours would make every later word look old.
    event_at = min(answer.moment(said.get("timestamp")) or now, now)
    return Told(id, named, event_at, hashlib.sha256(body).digest(), readable=isinstance(given, dict))
