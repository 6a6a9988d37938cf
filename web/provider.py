"""The way out to back ends over HTTP: one attempt, bounded in time and in what is read, and an honest word on its end.

No proxy of the environment, no cookie, no redirect: aiohttp would carry an API key to wherever a redirect leads. Of a
client's error no text is kept: it holds addresses and headers.
"""

import logging
from collections.abc import Callable
from datetime import datetime

import aiohttp
import yarl
from attrs import frozen

from actors.kernel import TRACE
from hub.integration.wire import Reply, Wire
from hub.webhook.retry import retry_after
from web.outgoing_guard import BodyTooLarge, drain, is_refused

log = logging.getLogger("hub.integration")

LARGEST = 1024 * 1024
"""Bytes of an answer that are taken; a longer one makes no sense."""

CONNECT = 2.0
"""Seconds for the connection alone."""


@frozen
class Ending:
    """A way in which an attempt ends without an answer; `sent`: the request may have arrived."""

    kind: type[BaseException]
    reason: str
    sent: bool


ENDINGS = (
    Ending(aiohttp.ConnectionTimeoutError, "timeout", sent=False),
    Ending(TimeoutError, "timeout", sent=True),
    Ending(aiohttp.ClientSSLError, "tls", sent=False),
    Ending(aiohttp.ClientConnectorError, "connection", sent=False),
    Ending(aiohttp.InvalidURL, "address", sent=False),
    Ending(aiohttp.ServerDisconnectedError, "disconnected", sent=True),
    Ending(aiohttp.ClientOSError, "disconnected", sent=True),
    Ending(aiohttp.ClientPayloadError, "disconnected", sent=True),
    Ending(BodyTooLarge, "too_large", sent=True),
    Ending(aiohttp.ClientError, "protocol", sent=True),
)
"""The first that fits."""


@frozen
class HttpProvider:
    """The port `hub.integration.wire.Provider` over a guarded session."""

    session: aiohttp.ClientSession
    now: Callable[[], datetime]

    async def send(self, wire: Wire, seconds: float) -> Reply:
        """Makes one attempt; raises nothing but cancellation. Only a good answer's body is read."""
        try:
            return await self._sent(wire, seconds)
        except Exception as error:
            return _ended(error)

    async def _sent(self, wire: Wire, seconds: float) -> Reply:
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=min(CONNECT, seconds))
        trace = TRACE.get().get("traceparent")
        headers = wire.headers if trace is None else {**wire.headers, "traceparent": trace}
        url = yarl.URL(wire.url, encoded=True)  # as it was signed
        async with self.session.request(
            wire.method, url, data=wire.body or None, headers=headers, allow_redirects=False, timeout=timeout
        ) as response:
            pause = retry_after(response.headers.get("Retry-After"), self.now())
            good = 200 <= response.status < 300
            return Reply(response.status, body=await drain(response, LARGEST) if good else b"", retry_after=pause)


def _ended(error: Exception) -> Reply:
    if is_refused(error):
        log.error("a back end's name leads to an address that is not allowed")
        return Reply(None, "address_refused", sent=False)
    for ending in ENDINGS:
        if isinstance(error, ending.kind):
            return Reply(None, ending.reason, sent=ending.sent)
    log.error("a back end could not be called", extra={"reason": type(error).__name__})
    return Reply(None, "error")
