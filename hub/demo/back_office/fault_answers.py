"""How a fault looks on the wire."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from aiohttp import web

from hub.demo.back_office.faults import Fault, FaultKind
from hub.demo.back_office.refusal import Refusal

CHUNK = 64 * 1024

Answered = web.Response
"""What would be answered if nothing went wrong."""


async def spoiled(request: web.Request, fault: Fault, answer: Answered) -> web.StreamResponse:
    """The response under a fault."""
    return await PLAYS[fault.kind](request, fault, answer)


async def _error(request: web.Request, fault: Fault, answer: Answered) -> web.StreamResponse:
    headers = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
    return Refusal(fault.http, fault.code, headers=headers).response()


async def _html(request: web.Request, fault: Fault, answer: Answered) -> web.StreamResponse:
    page = "<!DOCTYPE html><html><body><h1>Sorry, something went wrong.</h1></body></html>"
    return web.Response(status=fault.http, text=page, content_type="text/html")


async def _reset(request: web.Request, fault: Fault, answer: Answered) -> web.StreamResponse:
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()


async def _hang(request: web.Request, fault: Fault, answer: Answered) -> web.StreamResponse:
    await asyncio.sleep(fault.seconds)
    return answer


async def _drip(request: web.Request, fault: Fault, answer: Answered) -> web.StreamResponse:
    content = bytes(answer.body) if isinstance(answer.body, bytes) else b""
    response = await _opened(request, answer, len(content))
    for byte in content:
        await response.write(bytes([byte]))
        await asyncio.sleep(fault.seconds)
    return response


async def _truncated(request: web.Request, fault: Fault, answer: Answered) -> web.StreamResponse:
    content = answer.body if isinstance(answer.body, bytes) else b""
    return web.Response(status=answer.status, body=content[: len(content) // 2], content_type="application/json")


async def _huge(request: web.Request, fault: Fault, answer: Answered) -> web.StreamResponse:
    response = await _opened(request, answer, fault.size)
    left = fault.size
    while left > 0:
        await response.write(b" " * min(CHUNK, left))
        left -= CHUNK
    return response


async def _redirect(request: web.Request, fault: Fault, answer: Answered) -> web.StreamResponse:
    return web.Response(status=307, headers={"Location": fault.location})


async def _echo(request: web.Request, fault: Fault, answer: Answered) -> web.StreamResponse:
    seen = "; ".join(f"{name}: {value}" for name, value in request.headers.items())
    return Refusal(fault.http, "debug", f"request was {seen}", {"X-Debug": seen[:2000]}).response()


async def _changed(request: web.Request, fault: Fault, answer: Answered) -> web.StreamResponse:
    said = orjson.loads(answer.body) if isinstance(answer.body, bytes) and answer.body else {}
    lists = [value for value in said.values() if isinstance(value, list)]
    for item in lists[0] if lists else [said]:
        _change(item, fault.fields)
    return web.Response(status=answer.status, body=orjson.dumps(said), content_type="application/json")


def _change(item: dict[str, Any], fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if value is None:
            item.pop(name, None)
        else:
            item[name] = value


async def _opened(request: web.Request, answer: Answered, length: int) -> web.StreamResponse:
    headers = {"Content-Type": "application/json", "Content-Length": str(length)}
    response = web.StreamResponse(status=answer.status, headers=headers)
    await response.prepare(request)
    return response


PLAYS: dict[FaultKind, Callable[[web.Request, Fault, Answered], Awaitable[web.StreamResponse]]] = {
    FaultKind.ERROR: _error,
    FaultKind.HTML: _html,
    FaultKind.RESET: _reset,
    FaultKind.HANG: _hang,
    FaultKind.DRIP: _drip,
    FaultKind.TRUNCATED: _truncated,
    FaultKind.HUGE: _huge,
    FaultKind.REDIRECT: _redirect,
    FaultKind.ECHO: _echo,
    FaultKind.CHANGED: _changed,
}
