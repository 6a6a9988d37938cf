"""The HTTP server: what every request passes on its way in and out, and the listening socket.

One middleware does it all, in this order: an id for the request, the trace it belongs to, the handler with its checks,
errors to problem documents, figures. Headers that every answer carries are added when it is prepared, so that streams
have them as well.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeAlias

from aiohttp import web
from aiohttp.web_server import Server
from attrs import frozen
from multidict import istr

from actors.kernel.mail import TRACE
from hub.errors import Forbidden
from web import problems, request_id
from web.acceptor import Site, bind
from web.body import LIMITS, BodyLimits
from web.connections import Connections, fitting, raise_file_limit
from web.gates import Gates
from web.health import Flags
from web.metrics import UNMATCHED, Requests
from web.principal import PRINCIPAL, Principal
from web.routes import HEADERS as ANSWER_HEADERS
from web.routes import ROUTE, Handler, Route, register

log = logging.getLogger("hub.web")

Authenticate: TypeAlias = Callable[[web.Request], Awaitable[Principal]]
Replay: TypeAlias = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]

CLIENT_LEFT = 499
"""The status under which a request is counted whose client went away before the answer."""

REQUEST_ID = web.RequestKey("request_id", str)
GATES = web.AppKey("gates", Gates)

_TRACE_PARENT = istr("traceparent")
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
"""On every answer, unless the handler said otherwise (the page has a policy of its own)."""

STRICT_TRANSPORT = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


@frozen(kw_only=True)
class ServerLimits:
    """What a listening server takes. Connections above `connections` are cut; an idle one, and one that does not send
    its request's head, is closed after `keepalive` seconds; lines and headers above `header_bytes` get 400; after an
    answer to a request whose body still comes in, it is read for `lingering` seconds, then the connection is closed.
    """

    connections: int = 4000
    keepalive: float = 75.0
    header_bytes: int = 8192
    headers: int = 64
    lingering: float = 2.0


def build(
    routes: Iterable[Route],
    *,
    authenticate: Authenticate,
    replay: Replay,
    requests: Requests,
    flags: Flags,
    body_limits: BodyLimits | None = None,
    secure: bool = False,
) -> web.Application:
    """The application of these routes.

    `authenticate` finds who is asking (or raises Unauthenticated); `replay` runs a handler at most once per
    Idempotency-Key; `secure` says that people reach it over https.
    """
    limits, routes = body_limits or BodyLimits(), list(routes)
    app = web.Application(middlewares=[_edge(requests, flags)], client_max_size=limits.size)
    app[LIMITS] = limits
    always = {**HEADERS, **STRICT_TRANSPORT} if secure else HEADERS
    # Names of this type need not be folded to lower case for every answer.
    headers = [(istr(name), value) for name, value in always.items()]

    async def dress(request: web.Request, response: web.StreamResponse) -> None:
        given = response.headers
        if ANSWER_HEADERS in request:
            given.update(request[ANSWER_HEADERS])
        for name, value in headers:
            given.setdefault(name, value)
        given[request_id.HEADER] = request.get(REQUEST_ID, "")

    app.on_response_prepare.append(dress)
    if any(route.gates for route in routes):
        app[GATES] = Gates(routes, requests, always, flags)
    register(app, routes, lambda route: _checked(route, authenticate, replay))
    return app


def _checked(route: Route, authenticate: Authenticate, replay: Replay) -> Handler:
    """The route's handler behind its checks: who asks, may he, was this answered before."""
    handler, permission = route.handler, route.permission
    if permission is None and not route.idempotent:

        async def public(request: web.Request) -> web.StreamResponse:
            request[ROUTE] = route
            return await handler(request)

        return public

    async def guarded(request: web.Request) -> web.StreamResponse:
        request[ROUTE] = route
        if permission is not None:
            who = request[PRINCIPAL] = await authenticate(request)
            if not who.may(permission):
                log.info("denied", extra={"principal": who.key, "permission": str(permission)})
                raise Forbidden
        return await (replay(request, handler) if route.idempotent else handler(request))

    return guarded


def _edge(requests: Requests, flags: Flags) -> Any:
    @web.middleware
    async def edge(request: web.Request, handler: Handler) -> web.StreamResponse:
        began = requests.begin()
        status = CLIENT_LEFT
        try:
            response = await _answer(request, handler, _identify(request))
            status = response.status
            if flags.draining:
                response.force_close()
            return response
        finally:
            route: Route | None = request.get(ROUTE)
            if route is None:
                requests.end(request.method, UNMATCHED, status, began)
            else:
                requests.end(request.method, route.path, status, began, stream=route.stream)

    return edge


async def _answer(request: web.Request, handler: Handler, id: str) -> web.StreamResponse:
    """The handler's answer, or the problem document of what it raised."""
    try:
        return await handler(request)
    except Exception as error:
        if isinstance(error, ConnectionError) and (request.transport is None or request.transport.is_closing()):
            raise  # the client has left, perhaps in this moment
        problem = problems.response(error, id)
        if request.writer.output_size > 0:
            raise ConnectionResetError("the answer had begun") from error
        return problem


def _identify(request: web.Request) -> str:
    """The caller's id of the request, or a new one; and the trace, for everything that is done on its behalf."""
    id = request[REQUEST_ID] = request_id.of(request.headers)
    trace = {"request_id": id}
    parent = request.headers.get(_TRACE_PARENT)
    if parent is not None and _TRACEPARENT.fullmatch(parent):
        trace["traceparent"] = parent
    TRACE.set(trace)
    return id


class Runner(web.AppRunner):
    """aiohttp's runner with our connections in it."""

    def __init__(self, app: web.Application, limits: ServerLimits, requests: Requests, shutdown_timeout: float) -> None:
        super().__init__(app, shutdown_timeout=shutdown_timeout)
        self._limits, self._requests = limits, requests

    async def _make_server(self) -> Server:
        made, limits = await super()._make_server(), self._limits
        options = {
            "keepalive_timeout": limits.keepalive,
            "max_line_size": limits.header_bytes,
            "max_field_size": limits.header_bytes,
            "max_headers": limits.headers,
            "lingering_time": limits.lingering,
            "access_log": None,
            "logger": log,
        }
        return Connections(
            made.request_handler,
            limit=fitting(limits.connections, raise_file_limit()),
            requests=self._requests,
            gates=self._app.get(GATES),
            options=options,
            request_factory=made.request_factory,
        )


class Listener:
    """A server that is listening. Stop it in two steps, so that what was accepted is also answered."""

    def __init__(self, runner: Runner, site: Site) -> None:
        self._runner, self._site = runner, site

    @property
    def port(self) -> int:
        """The port that was bound, also when any was asked for."""
        port: int = self._runner.addresses[0][1]
        return port

    async def stop_accepting(self) -> None:
        """Closes the listening socket; open connections go on."""
        await self._site.stop()

    async def close(self) -> None:
        """Closes idle connections, calls the application's on_shutdown, waits for requests in flight (at most the
        shutdown timeout, then they are cancelled) and closes the rest."""
        await self._runner.cleanup()


async def serve(
    app: web.Application,
    host: str,
    port: int,
    *,
    requests: Requests,
    limits: ServerLimits | None = None,
    shutdown_timeout: float = 10.0,
    reuse_port: bool = False,
) -> Listener:
    """Listens. Port 0 takes any free one. Raises OSError when the address cannot be had."""
    runner = Runner(app, limits or ServerLimits(), requests, shutdown_timeout)
    await runner.setup()
    try:
        sockets = await bind(host, port, reuse_port=reuse_port)
    except OSError:
        await runner.cleanup()
        raise
    site = Site(runner, sockets)
    await site.start()
    return Listener(runner, site)
