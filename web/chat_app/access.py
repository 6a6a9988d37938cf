"""Who is at the Chat App's doors: the app's back end with its key, or a customer with a token; and from which page."""

from collections.abc import Mapping
from datetime import UTC, datetime

from aiohttp import web
from attrs import field, frozen

from hub.api_key import Scope, presented
from hub.chat_app.inbox import AppCustomer
from hub.config import ChatAppChannel
from hub.errors import Forbidden, Invalid, Unauthenticated
from web.accounts import bearer
from web.chat_app.pace import Pace
from web.chat_app.tokens import CustomerTokens, said_channel
from web.key_access import KeyAccess
from web.routes import HEADERS

ANY = "*"


@frozen
class ChatLine:
    """One Chat App channel as its doors need it."""

    name: str
    tokens: CustomerTokens = field(repr=False)
    origins: frozenset[str]
    pace: Pace

    @classmethod
    def of(cls, name: str, given: ChatAppChannel) -> "ChatLine":
        """The line of the channel called `name`."""
        secrets = tuple(secret.reveal() for secret in given.jwt_secret)
        origins = frozenset(origin.lower() for origin in given.allowed_origins)
        tokens = CustomerTokens(name, secrets, int(given.token_ttl))
        return cls(name, tokens, origins, Pace.per_minute(given.messages_per_minute))

    def admits(self, origin: str | None) -> bool:
        """Whether pages of this origin may connect; None is no page."""
        return origin is None or ANY in self.origins or origin.lower() in self.origins


@frozen
class Caller:
    """Who asks: `customer` for a customer's own token, good until `until`; None for the app's back end."""

    customer: AppCustomer | None = None
    until: datetime | None = None
    name: str | None = None

    @property
    def trusted(self) -> bool:
        """Whether it may say who a customer is."""
        return self.customer is None


@frozen
class ChatAccess:
    """The checks at the doors of all Chat App channels."""

    lines: Mapping[str, ChatLine]
    keys: KeyAccess

    def line(self, name: str | None) -> ChatLine:
        """The channel of this name, or the only one there is. Raises Invalid."""
        if name is None and len(self.lines) == 1:
            return next(iter(self.lines.values()))
        found = self.lines.get(name) if name is not None else None
        if found is None:
            names = ", ".join(sorted(self.lines))
            raise Invalid(errors=[{"path": "$.channel", "message": f"must be one of {names}"}])
        return found

    async def caller(self, request: web.Request) -> Caller:
        """Who asks. Raises Unauthenticated, Forbidden."""
        self.greet(request)
        token = bearer(request)
        if presented(token) is None:
            return self.customer(request, token)
        await self.keys.principal(token, Scope.CHAT_APP)
        return Caller()

    async def back_end(self, request: web.Request) -> Caller:
        """The app's back end and nobody else. Raises Unauthenticated, Forbidden."""
        caller = await self.caller(request)
        if not caller.trusted:
            raise Forbidden("This is for the app's back end: send an API key of the scope chat_app.")
        return caller

    def customer(self, request: web.Request, token: str) -> Caller:
        """The customer whose token this is. Raises Unauthenticated; Forbidden for a page that may not connect."""
        try:
            line = self.line(said_channel(token))
        except Invalid:
            raise Unauthenticated from None
        claims = line.tokens.verify(token)
        if not line.admits(request.headers.get("Origin")):
            raise Forbidden("Pages of this origin may not connect.")
        return Caller(claims.customer, datetime.fromtimestamp(claims.expires_at, UTC), claims.name)

    def named(self, caller: Caller, customer_id: str | None, channel: str | None) -> AppCustomer:
        """The customer that a request is about. Raises Invalid when the back end names none; Forbidden when a customer
        names somebody else."""
        mine = caller.customer
        if mine is not None:
            if customer_id not in (None, mine.customer_id) or channel not in (None, mine.channel):
                raise Forbidden("A customer's token is for that customer alone.")
            return mine
        if customer_id is None:
            raise Invalid(errors=[{"path": "$.customer_id", "message": "is required"}])
        return AppCustomer(self.line(channel).name, customer_id)

    # Pages of other origins

    def greet(self, request: web.Request) -> None:
        """Lets pages of allowed origins read the answer, an error's too (WHATWG Fetch, "CORS protocol")."""
        origin = request.headers.get("Origin")
        if origin is not None and any(line.admits(origin) for line in self.lines.values()):
            request[HEADERS] = {
                "Access-Control-Allow-Origin": origin,
                "Access-Control-Expose-Headers": "Retry-After, X-Request-Id",
                "Cross-Origin-Resource-Policy": "cross-origin",
                "Vary": "Origin",
            }

    async def preflight(self, request: web.Request) -> web.Response:
        """Answers a browser's question whether a page may ask. Raises Forbidden."""
        self.greet(request)
        if HEADERS not in request:
            raise Forbidden("Pages of this origin may not connect.")
        allowed = {
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, Last-Event-ID, X-Request-Id",
            "Access-Control-Max-Age": "600",
        }
        return web.Response(status=204, headers=allowed)
