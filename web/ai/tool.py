"""The tools over HTTP and JSON: the list, one, and a call."""

import hashlib
from typing import Any, Literal
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub import strict_json
from hub.ai.call import ToolAnswer, ToolRequest
from hub.ai.limits import Limits
from hub.ai.tool import Format, Tool
from hub.ai.toolbox import TOOLS
from hub.errors import (
    AiDetached,
    AuditUnavailable,
    ConversationClosed,
    ConversationNotAccessible,
    HubError,
    IdempotencyInFlight,
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    InsufficientScope,
    Invalid,
    InvalidArguments,
    LimitReached,
    PayloadTooLarge,
    SuspiciousContent,
    ToolDisabled,
    ToolNotPermitted,
    Unauthenticated,
    UnknownTool,
    UnsupportedMedia,
)
from hub.ids import uuid7
from web import answers
from web.ai.access import AiAccess
from web.ai.body import plain_body
from web.ai.discovery import Discovery
from web.ai.pipeline import ToolPipeline
from web.body import query
from web.routes import HEADERS, Route, Section

FIELDS = frozenset({"conversation_id", "arguments"})

REFUSALS: tuple[type[HubError], ...] = (
    Unauthenticated,
    ConversationNotAccessible,
    UnknownTool,
    InsufficientScope,
    ToolDisabled,
    ToolNotPermitted,
    ConversationClosed,
    AiDetached,
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    IdempotencyInFlight,
    LimitReached,
    InvalidArguments,
    SuspiciousContent,
    AuditUnavailable,
)
"""What any call can be refused with; a tool's definition names the rest."""

ENDS = tuple(dict.fromkeys((*REFUSALS, *(error for tool in TOOLS.values() for error in tool.problems))))
"""What some call can end in."""


@frozen
class ToolsAsked:
    """In which form, and for which conversation where the caller's session has none."""

    format: Literal["mcp", "openai", "anthropic"] = "mcp"
    conversation_id: UUID | None = None


@frozen
class ToolsSeen:
    """Definitions of tools, in the order of their names."""

    tools: tuple[dict[str, Any], ...]


@frozen
class ToolSeen:
    """One definition as for MCP, with its limits and the errors that its calls can end in."""

    name: str
    title: str
    description: str
    inputSchema: dict[str, Any]
    outputSchema: dict[str, Any]
    annotations: dict[str, Any]
    scope: str
    limits: dict[str, int]
    problems: tuple[str, ...]


@frozen
class ToolCallNew:
    """A call. `conversation_id` may be left out in a session."""

    arguments: dict[str, Any]
    conversation_id: UUID | None = None


@frozen
class ToolCallSeen:
    """A call that was carried out; 202 while it waits for a person, or is being verified."""

    call_id: UUID
    tool: str
    status: Literal["ok", "pending_approval", "commit_unknown"]
    result: dict[str, Any]
    rate_limit: dict[str, int] | None
    replayed: bool


@frozen
class ToolDoors:
    """The doors of tools. `body_limit` in bytes."""

    access: AiAccess
    discovery: Discovery
    pipeline: ToolPipeline
    limits: Limits
    body_limit: int

    async def index(self, request: web.Request) -> web.Response:
        """The tools that the caller may use. Raises ConversationNotAccessible."""
        caller, asked = await self.access.caller(request), query(request, ToolsAsked)
        offered = await self.discovery.offered(caller, asked.conversation_id)
        return _tagged(request, ToolsSeen(tuple(tool.definition(Format(asked.format)) for tool in offered)))

    async def get(self, request: web.Request) -> web.Response:
        """One tool. Raises UnknownTool for one that the caller may not use, ConversationNotAccessible."""
        caller, asked = await self.access.caller(request), query(request, ToolsAsked)
        for tool in await self.discovery.offered(caller, asked.conversation_id):
            if tool.name == request.match_info["name"]:
                return _tagged(request, self._seen(tool))
        raise UnknownTool

    def _seen(self, tool: Tool) -> dict[str, Any]:
        problems = {error.code for error in (*REFUSALS, *tool.problems)}
        return {
            **tool.definition(),
            "scope": tool.scope,
            "limits": {
                "conversation_calls_per_hour": self.limits.conversation.most,
                "customer_calls_per_hour": self.limits.customer.most,
                "calls_per_minute": self.limits.principal.most,
            },
            "problems": sorted(problems),
        }

    async def call(self, request: web.Request) -> web.Response:
        """Calls a tool. Everything but its body and its caller is looked at in the pipeline."""
        try:
            body = await plain_body(request)
        except (PayloadTooLarge, UnsupportedMedia) as error:
            return await self._unread(request, error)
        caller = await self.access.caller(request)
        try:
            conversation_id, arguments = _read(body)
        except HubError as error:
            return response(await self.pipeline.refuse(caller, _request(request, None, None), error))
        answer = await self.pipeline.call(caller, _request(request, conversation_id, arguments))
        if isinstance(answer.problem, InsufficientScope):
            request[HEADERS] = {"WWW-Authenticate": self.access.challenge(request, answer.problem.code)}
        return response(answer)

    async def _unread(self, request: web.Request, error: HubError) -> web.Response:
        """A body that is too large or of another kind: whoever has no business here is told so and no more."""
        try:
            caller = await self.access.caller(request)
        except Unauthenticated:
            raise error from None
        return response(await self.pipeline.refuse(caller, _request(request, None, None), error))

    def routes(self) -> list[Route]:
        """Everything under `tools`."""
        route = Section("ai agent", "/ai/v1/tools").route
        seen = (Unauthenticated, ConversationNotAccessible)
        return [
            route("GET", "", self.index, "Tools", query=ToolsAsked, returns=ToolsSeen, errors=seen),
            route(
                "GET", "/{name}", self.get, "One tool", query=ToolsAsked, returns=ToolSeen, errors=(*seen, UnknownTool)
            ),
            route(
                "POST",
                "/{name}/call",
                self.call,
                "Call a tool",
                body=ToolCallNew,
                returns=ToolCallSeen,
                also=(202,),
                errors=ENDS,
                body_limit=self.body_limit,
                description="Takes an `Idempotency-Key`, good for one call of one tool by one program, for a day.",
            ),
        ]


def _read(body: bytes) -> tuple[object, object]:
    """The conversation and the arguments, as they came. Raises InvalidJson, Invalid."""
    given = strict_json.parse(body)
    if not isinstance(given, dict):
        raise Invalid(errors=[{"path": "$", "message": "must be an object"}])
    if given.keys() - FIELDS:
        raise Invalid(errors=[{"path": "$", "message": "has other fields than conversation_id and arguments"}])
    if "arguments" not in given:
        raise Invalid(errors=[{"path": "$.arguments", "message": "is required"}])
    return given.get("conversation_id"), given["arguments"]


def _request(request: web.Request, conversation_id: object, arguments: object) -> ToolRequest:
    key = request.headers.get("Idempotency-Key")
    return ToolRequest(request.match_info["name"], conversation_id, arguments, uuid7(), key)


def response(answer: ToolAnswer) -> web.Response:
    """A call's answer over HTTP."""
    kind = "application/json" if answer.problem is None else "application/problem+json"
    return web.Response(
        body=answers.dumps(dict(answer.body)),
        status=answer.http_status,
        headers=answer.headers,
        content_type=kind,
        charset="utf-8",
    )


def _tagged(request: web.Request, seen: object) -> web.Response:
    """With its ETag, and 304 for whoever has it: what one caller may use is for nobody else's cache."""
    body = answers.dumps(seen)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in (part.strip() for part in request.headers.get("If-None-Match", "").split(",")):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, headers=headers, content_type="application/json", charset="utf-8")
