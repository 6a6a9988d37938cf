"""Connections: counted, capped below what the process may open, and answered even when they do not speak HTTP.

Above the limit a connection is cut at once: whoever is connected goes on being served. Requests that are not let in
(`web.gates`) are answered here, before anything is made of them.
"""

import asyncio
import contextlib
import logging
import resource
from asyncio import BaseTransport
from collections.abc import Callable
from typing import Any

import orjson
from aiohttp import web, web_response
from aiohttp.http import RawRequestMessage
from aiohttp.streams import StreamReader
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_server import Server

from hub.errors import BadRequest, HubError
from web import problems
from web.admission import InHand
from web.gates import Gates
from web.metrics import Requests

log = logging.getLogger("hub.web")

RESERVED_FILES = 256
"""Descriptors kept back for PostgreSQL, Redis, outgoing calls, media files and logs."""

ENDING = 0.02
"""Seconds between looks at connections that are to end."""

# The default names the versions of Python and aiohttp.
web_response.SERVER_SOFTWARE = "hub"  # type: ignore[attr-defined]


def raise_file_limit() -> int:
    """Raises the number of files that this process may open as far as the system lets it; returns the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard if hard != resource.RLIM_INFINITY else 2**31


def fitting(wanted: int, files: int) -> int:
    """The number of connections to allow when so many are wanted and so many files may be open."""
    allowed = max(1, min(wanted, files - RESERVED_FILES))
    if allowed < wanted:
        log.warning("connection limit lowered to the open files that the system allows", extra={"limit": allowed})
    return allowed


class Connection(RequestHandler):
    """One client's connection."""

    __slots__ = ("_answered", "_entering", "_gates")

    def __init__(self, manager: "Connections", **kwargs: Any) -> None:
        super().__init__(manager, **kwargs)
        self._gates = manager.gates
        self._entering: InHand | None = None
        # Requests whose answers are written, and after which the connection goes on.
        self._answered = 0

    def connection_made(self, transport: BaseTransport) -> None:
        """Takes the connection, or cuts it when there are as many as may be."""
        super().connection_made(transport)
        manager = self._manager
        if isinstance(manager, Connections) and manager.full:
            manager.requests.refused.inc()
            self.force_close()
            transport.abort()  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """Parses what has come. The request that is now the next to be handled, and is not let in, is answered here."""
        if self._gates is None or not self._idle:
            super().data_received(data)
            return
        # Whoever waits for requests is not to be woken for one that is answered already.
        waiter, self._waiter = self._waiter, None
        before = self._request_count
        try:
            super().data_received(data)
        finally:
            self._waiter = waiter
        if self._request_count == before + 1 and self._turned_away(self._gates, *self._messages[0]):
            self._messages.clear()
        elif self._messages and waiter is not None and not waiter.done():
            waiter.set_result(None)

    @property
    def _idle(self) -> bool:
        """Whether all that came before is answered, the connection goes on, and answers are being read."""
        return (
            self._answered == self._request_count
            and not (self._close or self._force_close or self._upgraded or self._paused)
            and (self._waiter is None or not self._waiter.done())
        )

    def _turned_away(self, gates: Gates, message: Any, body: StreamReader) -> bool:
        """Whether this request has its answer; else it is on its way to its handler."""
        entrance = gates.of(message) if isinstance(message, RawRequestMessage) else None
        if entrance is None or self.transport is None or self._parser is None:
            return False
        if not entrance.gate.in_hand.full:
            self._entering = entrance.gate.in_hand
            self._entering.coming += 1
            return False
        answer = entrance.refusal(message) if body.is_eof() else None
        if answer is None:
            return False
        self._parser.message_consumed()
        self._answered += 1
        self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
        self.transport.write(answer)
        return True

    async def _handle_request(self, *given: Any) -> tuple[web.StreamResponse, bool]:
        self._arrived()
        answer, reset = await super()._handle_request(*given)
        if answer.keep_alive and not reset:
            self._answered += 1
        return answer, reset

    def _arrived(self) -> None:
        """What was let in is with its handler, or will never be."""
        if self._entering is not None:
            self._entering.coming -= 1
            self._entering = None

    def connection_lost(self, exc: BaseException | None) -> None:
        """The client has left, or was cut."""
        self._arrived()
        super().connection_lost(exc)

    def hand_over(self, protocol: asyncio.Protocol) -> "tuple[asyncio.Transport, Connections]":
        """Gives the connection to another protocol, and lets go of all that was kept for HTTP.

        It still counts, until it is removed from `elsewhere`. Raises ConnectionResetError when the client has left.
        """
        transport, manager = self.transport, self._manager
        if transport is None or transport.is_closing() or not isinstance(manager, Connections):
            raise ConnectionResetError("the client has left")
        # To aiohttp the connection is lost, but not to be closed.
        self.transport = None
        self.connection_lost(None)
        transport.set_protocol(protocol)
        manager.elsewhere.add(transport)
        return transport, manager

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Answers what never became a request: broken HTTP. aiohttp's own text repeats what was sent; ours does not."""
        if request.writer.output_size > 0:
            raise ConnectionResetError("an answer is on its way already")
        if isinstance(exc, ConnectionError):
            raise ConnectionResetError("the client has left") from exc
        error: HubError = BadRequest() if status < 500 else HubError()
        if status >= 500:
            log.error("request failed outside of its handler", exc_info=exc)
        answer = web.Response(
            status=problems.STATUS[error.code],
            body=orjson.dumps(problems.document(error, "")),
            content_type="application/problem+json",
            charset="utf-8",
            headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"},
        )
        answer.force_close()
        return answer


class Connections(Server):
    """All connections of one listening server."""

    def __init__(
        self,
        handler: Callable[..., Any],
        *,
        limit: int,
        requests: Requests,
        gates: Gates | None,
        options: dict[str, Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(handler, **kwargs)
        self.limit, self.requests, self.gates, self._options = limit, requests, gates, options
        self.elsewhere: set[asyncio.Transport] = set()
        """Connections that another protocol has taken over."""
        requests.connections.set_function(lambda: self.count)

    @property
    def count(self) -> int:
        """How many are open."""
        return len(self._connections) + len(self.elsewhere)

    @property
    def full(self) -> bool:
        """Whether there are more than the limit."""
        return self.count > self.limit

    async def shutdown(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - aiohttp's
        """Waits for what is open to end, those taken over as well; what has not ended in time is cut."""
        await super().shutdown(timeout)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._emptied()
        for transport in list(self.elsewhere):
            transport.abort()

    async def _emptied(self) -> None:
        while self.elsewhere:  # noqa: ASYNC110 - an event would have to be kept for the end alone
            await asyncio.sleep(ENDING)

    def __call__(self) -> RequestHandler:
        return Connection(self, loop=self._loop, **self._options)
