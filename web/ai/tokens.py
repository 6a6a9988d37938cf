"""Sessions' tokens: JWTs of one algorithm, for one conversation, good at the AI agent's doors and nowhere else."""

import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import jwt
from attrs import field, frozen

from hub.ai.session import AiScope, SessionClaims
from hub.errors import Unauthenticated
from web.keys import KeyRing
from web.shapes import as_uuid

ALGORITHM = "HS256"
AUDIENCE = "hub/ai"
ISSUER = "hub"
LEEWAY = 5
"""Seconds by which the clocks of replicas may differ."""

MOST_CHARACTERS = 4096

# PyJWT reads the clock by itself: the times are checked below, by the clock that was handed in.
_OPTIONS: Any = {
    "require": ["exp", "iat", "aud", "iss", "sub", "jti", "conv", "epoch", "scope"],
    **dict.fromkeys(("verify_exp", "verify_iat", "verify_nbf"), False),
}


def fingerprint(token: str) -> str:
    """By which a token is told from another, and which opens nothing."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()[:16]


@frozen
class SessionTokens:
    """Signs and checks the tokens. `life` in seconds."""

    keys: KeyRing = field(repr=False)
    life: int
    clock: Callable[[], float] = time.time

    def issue(
        self, principal_id: UUID, conversation_id: UUID, ai_epoch: int, scopes: frozenset[AiScope]
    ) -> tuple[str, datetime]:
        """A new token, and when it ends."""
        now = int(self.clock())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(principal_id),
            "conv": str(conversation_id),
            "epoch": ai_epoch,
            "scope": " ".join(sorted(scopes)),
            "jti": uuid4().hex,
            "iat": now,
            "exp": now + self.life,
        }
        token = jwt.encode(claims, self.keys.signing, ALGORITHM, headers={"kid": self.keys.signing_id})
        return token, datetime.fromtimestamp(now + self.life, UTC)

    def verify(self, token: str) -> SessionClaims:
        """What the token says. Raises Unauthenticated, always the same, for whatever is wrong with it."""
        try:
            return self._claims(token)
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
            raise Unauthenticated from None

    def _claims(self, token: str) -> SessionClaims:
        if len(token) > MOST_CHARACTERS:
            raise ValueError("too long")
        key = self.keys.by_id[jwt.get_unverified_header(token)["kid"]]
        claims = jwt.decode(token, key, [ALGORITHM], audience=AUDIENCE, issuer=ISSUER, options=_OPTIONS)
        issued, expires, epoch, now = claims["iat"], claims["exp"], claims["epoch"], self.clock()
        if not all(type(number) is int for number in (issued, expires, epoch)):
            raise ValueError("not a number")
        if not issued - LEEWAY <= now < expires:
            raise ValueError("not now")
        return SessionClaims(
            as_uuid(claims["sub"]),
            as_uuid(claims["conv"]),
            epoch,
            frozenset(AiScope(word) for word in claims["scope"].split()),
            datetime.fromtimestamp(expires, UTC),
        )
