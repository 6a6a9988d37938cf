"""What every Graph request passes: the token, the planned faults, and the shape of a refusal."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from aiohttp import web
from attrs import define

from hub.demo.whatsapp.errors import GraphError
from hub.demo.whatsapp.fault_answers import Answer, spoiled
from hub.demo.whatsapp.faults import Fault
from hub.demo.whatsapp.surroundings import Surroundings

VERSION = r"/{version:v\d+\.\d+}"

Json = dict[str, Any]
Act = Callable[[Fault | None], Awaitable[Answer]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@define
class Credentials:
    """What the business authenticates with. The token may be changed while the world runs."""

    access_token: str


class Door:
    """The common part of the Graph side's handlers."""

    def __init__(self, world: Surroundings, credentials: Credentials) -> None:
        self._world, self._credentials = world, credentials

    def add(self, app: web.Application, method: str, path: str, handler: Handler) -> None:
        """Route a path under any version prefix."""
        app.router.add_route(method, VERSION + path, self.guarded(handler))

    def guarded(self, handler: Handler) -> Handler:
        """A handler whose refusals are answered in Graph's shape, and which needs the token."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                self._authorise(request)
                return await handler(request)
            except GraphError as refusal:
                return self._refuse(refusal)

        return guarded

    def _refuse(self, refusal: GraphError) -> web.Response:
        headers = {"x-fb-request-id": self._world.ids.token(11)}
        if refusal.http == 401:
            headers["WWW-Authenticate"] = f'OAuth "Facebook Platform" "invalid_token" "(#{refusal.code})"'
        if refusal.retry_after is not None:
            headers["Retry-After"] = str(int(refusal.retry_after) or 1)
        body = orjson.dumps(refusal.body(self._world.ids.token()))
        headers["Content-Type"] = "application/json; charset=UTF-8"
        return web.Response(status=refusal.http, body=body, headers=headers)

    def _authorise(self, request: web.Request) -> None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        token = given if scheme.lower() == "bearer" else request.query.get("access_token", "")
        if request.path.endswith("/oauth/access_token"):
            return
        if self._world.faults.token_revoked or token != self._credentials.access_token:
            raise GraphError(190, "The access token could not be decrypted or has been invalidated.", subcode=460)

    async def under_fault(self, request: web.Request, operation: str, act: Act) -> web.StreamResponse:
        """The answer of `act`, or what the fault planned for this operation makes of it."""
        fault = self._world.faults.take(operation)
        if fault is not None and not fault.commits:
            return await spoiled(request, fault, Answer(b""))
        answer = await act(fault)
        return answer.response() if fault is None else await spoiled(request, fault, answer)

    def require_phone(self, request: web.Request) -> None:
        """Raises GraphError 100 unless the path names the business number."""
        if request.match_info["node"] != self._world.account.phone_number_id:
            raise unknown(request)

    def require_waba(self, request: web.Request) -> None:
        """Raises GraphError 100 unless the path names the business account."""
        if request.match_info["node"] != self._world.account.waba_id:
            raise unknown(request)


def unknown(request: web.Request) -> GraphError:
    """The refusal for an id that is nobody's."""
    node = request.match_info["node"]
    details = f"Object with ID '{node}' does not exist, cannot be loaded, or does not support this operation."
    return GraphError(100, f"Unsupported {request.method.lower()} request. {details}", subcode=33)


async def json_body(request: web.Request) -> Json:
    """The body as an object. Raises GraphError 100."""
    try:
        body = orjson.loads(await request.read())
    except orjson.JSONDecodeError:
        raise GraphError(100, "The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise GraphError(100, "The request body must be a JSON object.")
    return body
