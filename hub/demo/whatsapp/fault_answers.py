"""How a fault looks on the wire."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable

import orjson
from aiohttp import web
from attrs import frozen

from hub.demo.whatsapp.errors import GraphError
from hub.demo.whatsapp.faults import Fault, FaultKind

CHUNK = 64 * 1024


@frozen
class Answer:
    """What would be answered if nothing went wrong."""

    body: bytes
    content_type: str = "application/json"

    def response(self) -> web.Response:
        """As a response, without a fault."""
        return web.Response(body=self.body, headers={"Content-Type": self.content_type})


async def spoiled(request: web.Request, fault: Fault, answer: Answer) -> web.StreamResponse:
    """The response under a fault. Raises GraphError for those that are Graph's own errors."""
    return await PLAYS[fault.kind](request, fault, answer)


async def _error(request: web.Request, fault: Fault, answer: Answer) -> web.StreamResponse:
    raise GraphError(
        fault.code, fault.details, http=fault.http, transient=fault.transient, retry_after=fault.retry_after
    )


async def _html(request: web.Request, fault: Fault, answer: Answer) -> web.StreamResponse:
    page = "<!DOCTYPE html><html><head><title>Error</title></head><body>Sorry, something went wrong.</body></html>"
    return web.Response(status=fault.http or 502, text=page, content_type="text/html")


async def _reset(request: web.Request, fault: Fault, answer: Answer) -> web.StreamResponse:
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()


async def _redirect(request: web.Request, fault: Fault, answer: Answer) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": fault.location})


async def _hang(request: web.Request, fault: Fault, answer: Answer) -> web.StreamResponse:
    await asyncio.sleep(fault.seconds)
    return answer.response()


async def _truncated(request: web.Request, fault: Fault, answer: Answer) -> web.StreamResponse:
    return Answer(answer.body[: len(answer.body) // 2], answer.content_type).response()


async def _no_id(request: web.Request, fault: Fault, answer: Answer) -> web.StreamResponse:
    said = orjson.loads(answer.body)
    return Answer(orjson.dumps({key: said[key] for key in said if key not in ("messages", "id")})).response()


async def _drip(request: web.Request, fault: Fault, answer: Answer) -> web.StreamResponse:
    response = await _opened(request, answer, len(answer.body))
    for byte in answer.body:
        await response.write(bytes([byte]))
        await asyncio.sleep(fault.seconds)
    return response


async def _huge(request: web.Request, fault: Fault, answer: Answer) -> web.StreamResponse:
    response = await _opened(request, answer, fault.size)
    left = fault.size
    while left > 0:
        await response.write(b" " * min(CHUNK, left))
        left -= CHUNK
    return response


async def _plain(request: web.Request, fault: Fault, answer: Answer) -> web.StreamResponse:
    return answer.response()


async def _opened(request: web.Request, answer: Answer, length: int) -> web.StreamResponse:
    headers = {"Content-Type": answer.content_type, "Content-Length": str(length)}
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    return response


PLAYS: dict[FaultKind, Callable[[web.Request, Fault, Answer], Awaitable[web.StreamResponse]]] = {
    FaultKind.ERROR: _error,
    FaultKind.HTML: _html,
    FaultKind.RESET: _reset,
    FaultKind.CUT: _reset,
    FaultKind.REDIRECT: _redirect,
    FaultKind.HANG: _hang,
    FaultKind.TRUNCATED: _truncated,
    FaultKind.NO_ID: _no_id,
    FaultKind.DRIP: _drip,
    FaultKind.HUGE: _huge,
    FaultKind.STATUS_FIRST: _plain,
    FaultKind.FAILS_LATER: _plain,
}
