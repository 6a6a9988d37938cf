"""Customers' tokens: JWTs, HS256 with the channel's own secret, made here or by the app's back end.

Claims: `sub` is the `customer_id` and `exp` the end, both required; `channel` names the channel where there are
several; `name` is what the customer is called; `aud`, if there is one, is `hub:chat`; `nbf` is kept. Others are not
looked at.
"""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import jwt
from attrs import field, frozen

from hub.chat_app.inbox import AppCustomer
from hub.errors import Unauthenticated

ALGORITHM = "HS256"
AUDIENCE = "hub:chat"
ISSUER = "hub"
LEEWAY = 5
"""Seconds by which the app's clock and ours may differ."""

MOST_CHARACTERS = 4096
LONGEST_ID = 128
"""Characters of a `customer_id`."""

LONGEST_NAME = 200

# PyJWT reads the clock by itself: the times are checked below, by the clock that was handed in.
_OPTIONS: Any = {
    "require": ["exp", "sub"],
    **dict.fromkeys(("verify_exp", "verify_nbf", "verify_iat", "verify_aud"), False),
}


@frozen
class CustomerClaims:
    """What a token says: who it is, and until when (seconds since 1970)."""

    customer: AppCustomer
    expires_at: int
    name: str | None = None


@frozen
class CustomerTokens:
    """The tokens of one channel. The first secret signs, each of them verifies (rotation). `life` in seconds."""

    channel: str
    secrets: tuple[str, ...] = field(repr=False)
    life: int = 3600
    clock: Callable[[], float] = time.time

    def issue(self, customer_id: str, name: str | None = None) -> str:
        """A new token."""
        now = int(self.clock())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": customer_id,
            "channel": self.channel,
            "jti": uuid4().hex,
            "iat": now,
            "exp": now + self.life,
        }
        return jwt.encode({**claims, "name": name} if name else claims, self.secrets[0], ALGORITHM)

    def verify(self, token: str) -> CustomerClaims:
        """What the token says. Raises Unauthenticated, always the same, for whatever is wrong with it."""
        for secret in self.secrets:
            try:
                return self._claims(jwt.decode(token, secret, [ALGORITHM], options=_OPTIONS))
            except (jwt.PyJWTError, ValueError, TypeError):
                continue
        raise Unauthenticated

    def _claims(self, claims: dict[str, object]) -> CustomerClaims:
        expires, begins, now = claims["exp"], claims.get("nbf", 0), self.clock()
        if type(expires) is not int or type(begins) is not int or not begins - LEEWAY <= now < expires + LEEWAY:
            raise ValueError("not now")
        if claims.get("channel", self.channel) != self.channel or not _meant_for_us(claims.get("aud", AUDIENCE)):
            raise ValueError("not for this channel")
        name = claims.get("name")
        shown = name[:LONGEST_NAME] if isinstance(name, str) and _printable(name[:LONGEST_NAME]) else None
        return CustomerClaims(AppCustomer(self.channel, customer_id(claims["sub"])), expires, shown)


def customer_id(value: object) -> str:
    """A `customer_id`: 1 to 128 printable characters. Raises ValueError for anything else."""
    if (
        not isinstance(value, str)
        or not 1 <= len(value) <= LONGEST_ID
        or not _printable(value)
        or value != value.strip()
    ):
        raise ValueError("not a customer_id")
    return value


def _meant_for_us(audience: object) -> bool:
    return audience == AUDIENCE or (isinstance(audience, list) and AUDIENCE in audience)


def _printable(text: str) -> bool:
    return bool(text) and text.isprintable()


def said_channel(token: str) -> str | None:
    """The channel that a token names, before anything is proved. Raises Unauthenticated for what is no JWT."""
    try:
        if len(token) > MOST_CHARACTERS:
            raise ValueError("too long")
        said = jwt.decode(token, options={"verify_signature": False}).get("channel")
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
        raise Unauthenticated from None
    return said if isinstance(said, str) else None
