"""The two tokens of a sign-in: a short-lived signed one for requests, a long-lived rotating one in a cookie."""

import binascii
import hashlib
import hmac
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID, uuid4

import jwt
from attrs import frozen

from hub.errors import Unauthenticated
from web.keys import KeyRing
from web.shapes import as_uuid

ISSUER = "hub"
AUDIENCE = "hub:api"
ALGORITHM = "HS256"
LEEWAY = 5  # seconds by which the clocks of replicas may differ
LONGEST_LIFE = 86400  # seconds; a signed token that claims more is not one of ours
MOST_CHARACTERS = 4096

_REQUIRED = ["exp", "iat", "sub", "aud", "iss", "jti", "typ", "ver", "sid"]


MOST_REMEMBERED = 10_000
"""Tokens whose signature is remembered; above it the oldest is checked again."""


@frozen
class AccessClaims:
    """What an access token says: whose it is, of which sign-in, and of which version of the user's rights."""

    user_id: UUID
    session_id: UUID
    token_version: int
    expires_at: int


class AccessTokens:
    """Signs and checks access tokens (JWT, HS256). `life` in seconds."""

    def __init__(self, keys: KeyRing, life: float = 900.0, clock: Callable[[], float] = time.time) -> None:
        self._keys, self.life, self._clock = keys, int(life), clock
        # Signatures that were found good, so that each of a page's requests does not pay for them again.
        self._good: OrderedDict[str, tuple[int, AccessClaims]] = OrderedDict()

    def issue(self, user_id: UUID, session_id: UUID, token_version: int) -> str:
        """A new token."""
        now = int(self._clock())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "typ": "access",
            "sub": str(user_id),
            "sid": str(session_id),
            "ver": token_version,
            "jti": uuid4().hex,
            "iat": now,
            "exp": now + self.life,
        }
        return jwt.encode(claims, self._keys.signing, ALGORITHM, headers={"kid": self._keys.signing_id})

    def verify(self, token: str) -> AccessClaims:
        """What the token says. Raises Unauthenticated, always the same, for whatever is wrong with it."""
        known = self._good.get(token)
        if known is not None and known[0] <= self._clock() < known[1].expires_at:
            return known[1]
        try:
            known = self._good[token] = self._claims(token)
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError):
            self._good.pop(token, None)
            raise Unauthenticated from None
        while len(self._good) > MOST_REMEMBERED:
            self._good.popitem(last=False)
        return known[1]

    def _claims(self, token: str) -> tuple[int, AccessClaims]:
        """From when it holds, and what it says."""
        if len(token) > MOST_CHARACTERS:
            raise ValueError("too long")
        claims = jwt.decode(
            token,
            self._keys.by_id[jwt.get_unverified_header(token)["kid"]],
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            # PyJWT reads the clock by itself: the times are checked below, by the clock that was handed in.
            options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        expires, issued = claims["exp"], claims["iat"]
        version, now = claims["ver"], self._clock()
        if claims["typ"] != "access" or not all(type(number) is int for number in (expires, issued, version)):
            raise ValueError("not an access token")
        begins = max(issued, claims.get("nbf", issued))
        if not begins - LEEWAY <= now < expires + LEEWAY or expires - issued > LONGEST_LIFE:
            raise ValueError("not now")
        return begins, AccessClaims(as_uuid(claims["sub"]), as_uuid(claims["sid"]), version, expires)


def digest(token: str) -> bytes:
    """What is stored of a refresh token."""
    return hashlib.sha256(token.encode()).digest()


class RefreshTokens:
    """Makes and reads refresh tokens: session id, 128 random bits and a MAC.

    The MAC proves that a token was once ours even when its hash is no longer stored: so a token used up long ago is
    told from an invented one, and only the former ends the session.
    """

    _NOISE, _MAC = 16, 32

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    def issue(self, session_id: UUID) -> str:
        """A new token of this sign-in."""
        body = session_id.bytes + secrets.token_bytes(self._NOISE)
        return urlsafe_b64encode(body + hmac.digest(self._keys.signing, body, hashlib.sha256)).decode().rstrip("=")

    def session_of(self, token: str) -> UUID:
        """The sign-in a token is of. Raises Unauthenticated when it is not one of ours."""
        try:
            raw = urlsafe_b64decode(token + "=" * (-len(token) % 4)) if len(token) <= MOST_CHARACTERS else b""
        except (binascii.Error, ValueError):
            raise Unauthenticated from None
        body, mac = raw[: -self._MAC], raw[-self._MAC :]
        if len(body) != 16 + self._NOISE or not any(
            hmac.compare_digest(mac, hmac.digest(key, body, hashlib.sha256)) for key in self._keys.by_id.values()
        ):
            raise Unauthenticated
        return UUID(bytes=body[:16])
