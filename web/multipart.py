"""Reading a form with one file in it: as a stream, bounded in size and time, and nothing else taken."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from attrs import frozen

from hub.errors import BadRequest, Invalid, PayloadTooLarge, RequestTimeout, UnsupportedMedia

T = TypeVar("T")

FORM = 64 * 1024
"""Bytes that a form may have around its file."""

CHUNK = 64 * 1024


@frozen
class FormLimits:
    """What a form may cost: `size` bytes of file (413), `pause` seconds of silence and `total` in all (then 408)."""

    size: int
    pause: float = 10.0
    total: float = 300.0


@frozen
class Part:
    """What the sender says of his file."""

    filename: str | None
    content_type: str | None


async def read_file(
    request: web.Request, limits: FormLimits, take: Callable[[bytes], Awaitable[None]], field: str = "file"
) -> Part:
    """Hands the file's bytes on. The form has the one field.

    Raises UnsupportedMedia unless it is multipart/form-data, PayloadTooLarge, RequestTimeout, BadRequest when the form
    is broken, Invalid when it has other fields or no file.
    """
    if request.content_type != "multipart/form-data":
        raise UnsupportedMedia("Send multipart/form-data with the file.")
    if (request.content_length or 0) > limits.size + FORM:
        raise PayloadTooLarge(f"At most {limits.size} bytes are taken here.")
    try:
        async with asyncio.timeout(limits.total):
            return await _read(request, limits, take, field)
    except TimeoutError:
        raise RequestTimeout from None
    except (HttpProcessingError, web.RequestPayloadError, web.HTTPException, ValueError, AssertionError):
        # The form's reader also asserts and converts what a stranger wrote.
        raise BadRequest("The form is broken.") from None


async def _read(request: web.Request, limits: FormLimits, take: Callable[[bytes], Awaitable[None]], field: str) -> Part:
    form = await request.multipart()
    part = await _soon(form.next(), limits)
    if not isinstance(part, BodyPartReader) or part.name != field:
        raise _wrong(part, field)
    found = Part(part.filename, part.headers.get("Content-Type"))
    await _hand_on(part, limits, take)
    rest = await _soon(form.next(), limits)
    if rest is not None:
        raise _wrong(rest, field)
    return found


def _wrong(part: MultipartReader | BodyPartReader | None, field: str) -> Invalid:
    name = part.name if isinstance(part, BodyPartReader) else None
    if name is None or name == field:
        return Invalid(errors=[{"path": f"$.{field}", "message": "must be one file"}])
    return Invalid(errors=[{"path": f"$.{name[:64]}", "message": "is not known here"}])


async def _hand_on(part: BodyPartReader, limits: FormLimits, take: Callable[[bytes], Awaitable[None]]) -> None:
    size = 0
    while chunk := await _soon(part.read_chunk(CHUNK), limits):
        size += len(chunk)
        if size > limits.size:
            raise PayloadTooLarge(f"At most {limits.size} bytes are taken here.")
        await take(chunk)


async def _soon(reading: Awaitable[T], limits: FormLimits) -> T:
    async with asyncio.timeout(limits.pause):
        return await reading
