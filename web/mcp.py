"""MCP's door: one POST, one message, one answer as JSON. Nothing is kept between two of them.

Calls go through the same pipeline as those of `/ai/v1/tools`, so that both doors decide alike. What a program has to
mend is a JSON-RPC error; what a model can do something about (a wrong argument, a limit, a conversation that is over)
is a result with `isError`; who may not come in at all is told so by HTTP.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, TypeAlias
from uuid import UUID

from aiohttp import web
from attrs import field, frozen

from hub import strict_json
from hub.ai.call import ToolAnswer, ToolRequest
from hub.ai.session import AiCaller
from hub.config import Config
from hub.errors import (
    ConversationNotAccessible,
    HubError,
    InsufficientScope,
    InvalidJson,
    Unauthenticated,
    UnknownTool,
)
from hub.ids import uuid7
from hub.mcp import answer, envelope, message
from hub.mcp.fault import Code, Fault
from hub.mcp.message import Notification, Request
from hub.mcp.version import Era, agreed
from web import answers
from web.ai.access import AiAccess
from web.ai.body import plain_body
from web.ai.discovery import Discovery
from web.ai.gateway import AiGateway
from web.ai.pipeline import ToolPipeline
from web.mcp_place import McpPlace
from web.oauth_resource import OauthResourceDoors
from web.routes import HEADERS, Route
from web.shapes import as_uuid

PATH = "/mcp"

CONVERSATION = "hub/conversationId"
"""The member of `_meta` that names the conversation, for a caller whose token does not."""

IDEMPOTENCY_KEY = "hub/idempotencyKey"
"""The member of `_meta` under which a repetition is known."""

LONGEST_NAME = 128
"""Characters of a tool's name that is repeated in an answer."""

_PASSED_ON = frozenset({"RateLimit", "RateLimit-Policy"})
"""What of a call's headers is said here too: the others stand for a status that this answer does not have."""


@frozen
class Exchange:
    """A request that is being answered."""

    http: web.Request
    caller: AiCaller
    era: Era
    request: Request
    headers: dict[str, str] = field(factory=dict)
    """Of the answer."""


Method: TypeAlias = Callable[["McpDoor", Exchange], Awaitable[Mapping[str, Any]]]


@frozen
class McpDoor:
    """`/mcp`."""

    place: McpPlace
    access: AiAccess
    discovery: Discovery
    pipeline: ToolPipeline
    body_limit: int

    async def post(self, http: web.Request) -> web.Response:
        """One message. Raises Forbidden for a foreign name or page, Unauthenticated, InsufficientScope, and what a body
        is refused for before it is read."""
        self.place.check(http)
        try:
            source = await plain_body(http)
        except HubError as error:
            with suppress(Unauthenticated):  # whoever has no business here is told of the body and no more
                await self._refused(await self.access.caller(http), http, error)
            raise
        return await self._answered(http, await self.access.caller(http), source)

    async def _answered(self, http: web.Request, caller: AiCaller, source: bytes) -> web.Response:
        value: object = None
        try:
            value = await self._parsed(http, caller, source)
            return await self._exchanged(http, caller, value)
        except Fault as fault:
            status = fault.status(envelope.era(http.headers, value))
            return answers.json(message.error(message.read_id(value), fault), status)

    async def _exchanged(self, http: web.Request, caller: AiCaller, value: object) -> web.Response:
        routing = envelope.routing(http.headers.items())
        said, era = message.read(value), envelope.era(routing, value)
        if isinstance(said, Notification):
            return _taken(routing, era)
        if era is Era.STATELESS:
            envelope.check(routing, said)
        exchange = Exchange(http, caller, era, said)
        result = answer.dressed(await self._answer(exchange), era)
        return answers.json(message.result(said.id, result), headers=exchange.headers)

    async def _parsed(self, http: web.Request, caller: AiCaller, source: bytes) -> Any:
        try:
            return strict_json.parse(source)
        except InvalidJson as error:
            await self._refused(caller, http, error)
            raise Fault(Code.PARSE_ERROR, error.detail) from None

    async def _refused(self, caller: AiCaller, http: web.Request, error: HubError) -> None:
        """Has it recorded that a body could not be read; the header says which tool was meant."""
        tool = http.headers.get(envelope.NAME_HEADER, "")
        await self.pipeline.refuse(caller, ToolRequest(tool, None, None, uuid7()), error)

    async def _answer(self, exchange: Exchange) -> Mapping[str, Any]:
        method = METHODS[exchange.era].get(exchange.request.method)
        if method is None:
            raise Fault(Code.METHOD_NOT_FOUND, "There is no such method.")
        return await method(self, exchange)

    # Methods

    async def initialize(self, exchange: Exchange) -> Mapping[str, Any]:
        """Agrees on a revision; nobody remembers it but the client."""
        return answer.initialized(agreed(exchange.request.params.get("protocolVersion")))

    async def ping(self, exchange: Exchange) -> Mapping[str, Any]:
        """Says that somebody is there."""
        return {}

    async def discover(self, exchange: Exchange) -> Mapping[str, Any]:
        """Says what there is."""
        return answer.discovered()

    async def tools(self, exchange: Exchange) -> Mapping[str, Any]:
        """The tools that this caller may use; all of them stand on one page."""
        if exchange.request.params.get("cursor") is not None:
            raise Fault(Code.INVALID_PARAMS, "There is no such page.")
        try:
            offered = await self.discovery.offered(exchange.caller, _conversation(exchange.request))
        except ConversationNotAccessible as error:
            raise Fault(Code.INVALID_PARAMS, error.detail) from None
        return answer.listed(offered, exchange.era)

    async def call(self, exchange: Exchange) -> Mapping[str, Any]:
        """Has a tool do something. Raises InsufficientScope, Unauthenticated."""
        params, meta = exchange.request.params, exchange.request.meta
        name, key = params.get("name"), meta.get(IDEMPOTENCY_KEY)
        if not isinstance(name, str):
            raise Fault(Code.INVALID_PARAMS, "Name the tool.")
        wanted = ToolRequest(
            name,
            meta.get(CONVERSATION),
            params.get("arguments", {}),
            uuid7(),
            key if key is None or isinstance(key, str) else "",  # which is refused as no key
        )
        made = await self.pipeline.call(exchange.caller, wanted)
        self._refuse(exchange, made, name)
        exchange.headers.update({name: value for name, value in made.headers.items() if name in _PASSED_ON})
        return answer.called(answers.value(made.body), failed=made.problem is not None)

    def _refuse(self, exchange: Exchange, made: ToolAnswer, name: str) -> None:
        """Raises what is no matter of the model's."""
        problem = made.problem
        if isinstance(problem, UnknownTool):
            is_plain = len(name) <= LONGEST_NAME and name.isprintable()
            raise Fault(Code.INVALID_PARAMS, f"Unknown tool: {name}" if is_plain else "Unknown tool")
        if isinstance(problem, Unauthenticated | InsufficientScope):
            error = "invalid_token" if isinstance(problem, Unauthenticated) else "insufficient_scope"
            exchange.http[HEADERS] = {"WWW-Authenticate": self.access.challenge(exchange.http, error)}
            raise problem

    def routes(self) -> list[Route]:
        """The one door. It is none of the REST API and not in its description."""
        return [
            Route(
                method="POST",
                path=PATH,
                handler=self.post,
                summary="MCP",
                permission=None,
                body_limit=self.body_limit,
                tags=("ai",),
                hidden=True,
            )
        ]


def _taken(routing: Mapping[str, str], era: Era) -> web.Response:
    """The answer to a notification: none of them asks for anything here."""
    if era is Era.STATELESS:
        envelope.check_version(routing.get(envelope.VERSION_HEADER))
    return web.Response(status=202)


def _conversation(request: Request) -> UUID | None:
    """The conversation that a request names. Raises ConversationNotAccessible where there can be none of that name."""
    said = request.meta.get(CONVERSATION)
    try:
        return None if said is None else as_uuid(str(said))
    except ValueError:
        raise ConversationNotAccessible from None


def routes(gateway: AiGateway, config: Config) -> list[Route]:
    """The door over this gateway, and where programs find out how to come in."""
    place = McpPlace(config.server.public_url)
    door = McpDoor(place, gateway.access, gateway.discovery, gateway.pipeline, config.ai.argument_bytes)
    return [*door.routes(), *OauthResourceDoors(place, ("", PATH)).routes()]


METHODS: dict[Era, dict[str, Method]] = {
    Era.STATELESS: {"server/discover": McpDoor.discover, "tools/list": McpDoor.tools, "tools/call": McpDoor.call},
    Era.HANDSHAKE: {
        "initialize": McpDoor.initialize,
        "ping": McpDoor.ping,
        "tools/list": McpDoor.tools,
        "tools/call": McpDoor.call,
    },
}
"""What each wire has."""
