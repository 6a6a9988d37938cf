"""The OAuth2 issuer (RFC 6749 section 4.4): `POST /oauth/token` with `grant_type=client_credentials`."""

import base64
import binascii
import hmac
import secrets
import time
from urllib.parse import parse_qsl, unquote_plus

from aiohttp import web
from attrs import frozen

from hub.demo.back_office.credentials import Credentials
from hub.demo.back_office.door import Door, answered
from hub.demo.back_office.faults import Faults
from hub.demo.back_office.refusal import Refusal

FOREVER = 10 * 365 * 86400.0


@frozen
class Token:
    """What was given out."""

    client_id: str
    scopes: frozenset[str]
    expires_at: float
    """Of the monotonic clock."""


class Tokens:
    """The issuer, and the back ends' check of what it issued."""

    def __init__(self, credentials: Credentials, faults: Faults, issued: dict[str, Token]) -> None:
        self._credentials, self._faults, self._tokens = credentials, faults, issued

    def revoke(self) -> None:
        """Every token that is out is no longer good."""
        self._tokens.clear()

    def check(self, request: web.Request, scope: str) -> None:
        """Raises Refusal 401 without a good token, 403 when its scope is not enough."""
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        token = self._tokens.get(given) if scheme.lower() == "bearer" else None
        if token is None or token.expires_at <= time.monotonic():
            raise Refusal(401, "invalid_token", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        if scope not in token.scopes:
            raise Refusal(403, "insufficient_scope", headers={"WWW-Authenticate": 'Bearer error="insufficient_scope"'})

    def add_to(self, app: web.Application, door: Door) -> None:
        """Every path of this module."""
        app.router.add_post("/oauth/token", door.handler("token", self._anybody, self._issue))

    def _anybody(self, request: web.Request, body: bytes) -> None:
        """Who asks stands in the form or in a header; `_issue` looks."""

    def _issue(self, request: web.Request, body: bytes) -> web.Response:
        form = dict(parse_qsl(body.decode("latin-1"), keep_blank_values=True))
        client_id, secret = _basic(request) or (form.get("client_id", ""), form.get("client_secret", ""))
        expected = self._credentials.clients.get(client_id, "")
        if not expected or not hmac.compare_digest(expected.encode(), secret.encode()):
            return answered({"error": "invalid_client"}, status=401)
        if form.get("grant_type") != "client_credentials":
            return answered({"error": "unsupported_grant_type"}, status=400)
        allowed = self._credentials.scopes(client_id)
        wished = frozenset(form.get("scope", "").split()) or allowed
        if not wished <= allowed:
            return answered({"error": "invalid_scope"}, status=400)
        return self._granted(client_id, wished)

    def _granted(self, client_id: str, scopes: frozenset[str]) -> web.Response:
        wishes = self._faults.tokens
        token = secrets.token_urlsafe(24)
        life = FOREVER if wishes.expires_in is None else wishes.expires_in
        if not wishes.forgets:
            self._forget_expired()
            self._tokens[token] = Token(client_id, scopes, time.monotonic() + life)
        said = {"access_token": token, "token_type": "Bearer", "scope": " ".join(sorted(scopes))}
        return answered(said if wishes.expires_in is None else {**said, "expires_in": int(life)})

    def _forget_expired(self) -> None:
        now = time.monotonic()
        for token in [token for token, granted in self._tokens.items() if granted.expires_at <= now]:
            del self._tokens[token]


def _basic(request: web.Request) -> tuple[str, str] | None:
    """The client of an Authorization header; each half form-encoded, as RFC 6749 section 2.3.1 has it."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refusal(400, "invalid_request") from None
    return unquote_plus(name), unquote_plus(secret)
