"""Reading requests: one way in for bodies, queries and ids, bounded in size and time, with one kind of complaint."""

import asyncio
from typing import Any, TypeVar
from uuid import UUID

import orjson
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from attrs import frozen

from hub.errors import BadRequest, Invalid, InvalidJson, NotFound, PayloadTooLarge, RequestTimeout, UnsupportedMedia
from web.routes import ROUTE
from web.shapes import as_uuid, structure, structure_query

T = TypeVar("T")


@frozen
class BodyLimits:
    """What a body may cost: `size` bytes after decompression (then 413), `seconds` to arrive (then 408)."""

    size: int = 256 * 1024
    seconds: float = 10.0


LIMITS: web.AppKey[BodyLimits] = web.AppKey("body_limits", BodyLimits)
RAW = web.RequestKey("raw", bytes)

_ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})


async def read(request: web.Request, shape: type[T]) -> T:
    """The JSON body as an instance of `shape`. A request without any body says as much as an empty object.

    Raises UnsupportedMedia unless it is declared as application/json, PayloadTooLarge, RequestTimeout, InvalidJson when
    it does not parse, Invalid with a path for each field that is wrong.
    """
    if not request.body_exists and "Content-Type" not in request.headers:
        return structure({}, shape)
    if request.content_type != "application/json":
        raise UnsupportedMedia("Send application/json.")
    return structure(parse(await raw(request)), shape)


async def raw(request: web.Request) -> bytes:
    """The body's bytes, decompressed, as much as the route allows. A second call gives the same bytes again."""
    known: bytes | None = request.get(RAW)
    if known is not None:
        return known
    limits, route = request.app[LIMITS], request.get(ROUTE)
    limit = limits.size if route is None or route.body_limit is None else route.body_limit
    if request.headers.get("Content-Encoding", "").strip().lower() not in _ENCODINGS:
        raise UnsupportedMedia("This content encoding is not understood; send gzip, deflate or none.")
    if (request.content_length or 0) > limit:
        raise PayloadTooLarge(f"At most {limit} bytes are taken here.")
    try:
        if request.content.is_eof():
            body = _arrived(request, limit)
        else:
            async with asyncio.timeout(limits.seconds):
                body = await _collect(request, limit)
    except TimeoutError:
        raise RequestTimeout from None
    except (HttpProcessingError, web.RequestPayloadError):
        request.content.feed_eof()  # aiohttp would read on after the answer, and log what it meets
        raise BadRequest("The body's encoding is broken.") from None
    request[RAW] = body
    return body


def _arrived(request: web.Request, limit: int) -> bytes:
    """A body that came with its head, as nearly all do: there is nothing to wait for."""
    body: bytes = request.content.read_nowait(-1)
    if len(body) > limit:
        raise PayloadTooLarge(f"At most {limit} bytes are taken here.")
    return body


async def _collect(request: web.Request, limit: int) -> bytes:
    body = await request.content.readany()
    if request.content.at_eof() and len(body) <= limit:
        return body
    parts = bytearray(body)
    while len(parts) <= limit:
        chunk = await request.content.readany()
        if not chunk:
            return bytes(parts)
        parts += chunk
    raise PayloadTooLarge(f"At most {limit} bytes are taken here.")


def parse(body: bytes) -> Any:
    """The JSON value of a body. Raises InvalidJson, or Invalid when a text holds what no text may hold."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if "surrogate" in error.msg and _is_utf8(body):
            raise Invalid(errors=[{"path": "$", "message": "holds half of a character (a lone surrogate)"}]) from None
        raise InvalidJson from None
    if b"\\u0000" in body:
        refuse_nul(value, "$")
    return value


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def refuse_nul(value: Any, path: str) -> None:
    """Raises Invalid where a text or name holds the character NUL, which PostgreSQL cannot store."""
    if isinstance(value, str) and "\0" in value:
        raise Invalid(errors=[{"path": path, "message": "holds the character NUL"}])
    if isinstance(value, dict):
        for name, inner in value.items():
            refuse_nul(name, path)
            refuse_nul(inner, f"{path}.{name[:64]}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            refuse_nul(inner, f"{path}[{index}]")


def query(request: web.Request, shape: type[T]) -> T:
    """The query string as an instance of `shape`. Raises Invalid for wrong, unknown and repeated fields."""
    given = request.query
    values = dict(given)
    if len(values) != len(given):
        raise Invalid(errors=[{"path": "$", "message": "has a field more than once"}])
    refuse_nul(values, "$")
    return structure_query(values, shape)


def path_id(request: web.Request, name: str = "id") -> UUID:
    """The UUID in the address. Raises NotFound when it is none: there can be no such thing."""
    try:
        return as_uuid(request.match_info[name])
    except ValueError:
        raise NotFound from None
