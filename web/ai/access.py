"""Who is at the AI agent's doors: a program with its key, or with the token of a session.

Whatever else is shown is refused alike, a person's token too: it is for other doors. Refusals are recorded under the
fingerprint of what was shown, as many as `RECORDED` allows.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web
from attrs import field, frozen

from hub.ai.session import AiCaller
from hub.api_key import Scope, presented
from hub.errors import Forbidden, LimitReached, Unauthenticated
from web.accounts import bearer
from web.ai.tokens import SessionTokens, fingerprint
from web.chat_app.pace import Pace
from web.key_access import KeyAccess
from web.routes import HEADERS

RECORDED = 60
"""Refusals that are recorded a minute, on each replica. More are only counted: nobody fills the audit from outside."""

METADATA = "/.well-known/oauth-protected-resource"
"""Where the doors say how to sign in (RFC 9728)."""


@frozen
class AiAccess:
    """The check of requests. `counted` is told of each refusal; `refused` of those that are recorded: the fingerprint
    of what was shown, and the form of the address."""

    keys: KeyAccess
    tokens: SessionTokens
    public_url: str
    counted: Callable[[], None]
    refused: Callable[[str, str], Awaitable[None]]
    _pace: Pace = field(factory=lambda: Pace.per_minute(RECORDED))

    async def caller(self, request: web.Request) -> AiCaller:
        """Who asks. Raises Unauthenticated."""
        shown = request.headers.get("Authorization", "")
        try:
            return await self._caller(bearer(request))
        except (Unauthenticated, Forbidden):
            request[HEADERS] = {"WWW-Authenticate": self.challenge(request)}
            place = request.match_info.route.resource
            await self._record(fingerprint(shown), place.canonical if place else "")
            raise Unauthenticated("Send the AI agent's key, or the token of a session.") from None

    def challenge(self, request: web.Request, error: str = "invalid_token") -> str:
        """What a 401 or 403 tells a client of how to do better (RFC 6750, RFC 9728)."""
        origin = self.public_url.rstrip("/") or f"{request.scheme}://{request.host}"
        return f'Bearer error="{error}", resource_metadata="{origin}{METADATA}"'

    async def _caller(self, token: str) -> AiCaller:
        if presented(token) is not None:
            key = await self.keys.principal(token, Scope.AI)
            return AiCaller(key.user_id, fingerprint(token), name=key.name)
        claims = self.tokens.verify(token)
        live = await self.keys.live(claims.principal_id, Scope.AI)
        return AiCaller(
            claims.principal_id, fingerprint(token), claims.scopes, claims.conversation_id, claims.ai_epoch, live.name
        )

    async def _record(self, shown: str, path: str) -> None:
        self.counted()
        try:
            self._pace.take("")
        except LimitReached:
            return
        await self.refused(shown, path)
