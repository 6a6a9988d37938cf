"""Posting to an endpoint: one try, bounded in time and in what is read of the answer."""

import logging
import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime

import aiohttp
from attrs import frozen

from hub.webhook.delivery import EXCERPT
from hub.webhook.retry import Answer, retry_after
from web.outgoing_guard import is_refused

log = logging.getLogger("hub.webhook")

READ_MOST = 16 * 1024
"""Bytes of an answer that are read. The rest is left unread and the connection closed."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")

_FAILURES: tuple[tuple[type[BaseException], str], ...] = (
    (TimeoutError, "timeout"),
    (aiohttp.ClientSSLError, "tls"),
    (aiohttp.ClientConnectorDNSError, "name"),
    (aiohttp.ClientConnectorError, "connection"),
    (aiohttp.InvalidURL, "address"),
    (aiohttp.ServerDisconnectedError, "disconnected"),
    (aiohttp.ClientOSError, "disconnected"),
    (aiohttp.ClientError, "protocol"),
)
"""Words for what went wrong; the first that fits."""


@frozen
class WebhookSender:
    """Posts over a session that is guarded. `longest`: seconds of a try as a whole."""

    session: aiohttp.ClientSession
    longest: float
    now: Callable[[], datetime]

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Posts once and says how it ended; raises nothing. A connection that was kept and is found closed is no try:
        another is opened."""
        began = time.monotonic()
        try:
            try:
                return await self._post(url, headers, body, began)
            except aiohttp.ServerDisconnectedError:
                return await self._post(url, headers, body, began)
        except Exception as error:
            return Answer(None, _word(error), time.monotonic() - began)

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes, began: float) -> Answer:
        given = {**headers, "Content-Type": "application/json"}
        timeout = aiohttp.ClientTimeout(total=max(began + self.longest - time.monotonic(), 0.001))
        async with self.session.post(url, data=body, headers=given, allow_redirects=False, timeout=timeout) as response:
            seconds = time.monotonic() - began
            asked = retry_after(response.headers.get("Retry-After"), self.now())
            excerpt = await _excerpt(response)
            return Answer(response.status, _reason(response.status), seconds, asked, excerpt)


def _word(error: Exception) -> str:
    if is_refused(error):
        return "address_refused"
    for kind, word in _FAILURES:
        if isinstance(error, kind):
            return word
    log.error("a webhook could not be sent", extra={"reason": type(error).__name__})
    return "error"


def _reason(status: int) -> str | None:
    if 200 <= status < 300:
        return None
    return "redirect" if 300 <= status < 400 else "status"


async def _excerpt(response: aiohttp.ClientResponse) -> str:
    """How the body begins. It decides nothing, so one that does not come is none."""
    parts = bytearray()
    try:
        while len(parts) < READ_MOST and (part := await response.content.read(READ_MOST - len(parts))):
            parts += part
    except (aiohttp.ClientError, TimeoutError):
        response.close()
    if not response.content.at_eof():
        response.close()
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        return ""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", parts.decode(errors="replace"))[:EXCERPT]
