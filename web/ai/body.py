"""The bodies that the AI agent's doors read: as they are, so that a few bytes cannot become many."""

from aiohttp import web

from hub.errors import UnsupportedMedia
from web.body import raw


async def plain_body(request: web.Request) -> bytes:
    """A JSON body's bytes, as many as the route allows. Raises UnsupportedMedia, also for a packed one;
    PayloadTooLarge, RequestTimeout."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise UnsupportedMedia("Send it as it is, without a content encoding.")
    if request.content_type != "application/json":
        raise UnsupportedMedia("Send application/json.")
    return await raw(request)
