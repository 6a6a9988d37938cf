"""Customers' files from WhatsApp.

Meta, "Media": a webhook may bring a direct address, good for 5 minutes; later a new one is to be had under the file's
id, for 7 days. The address is on another host and needs the access token, so it is followed only to hosts that the
configuration names, and never further than there.
"""

import logging
from collections.abc import Awaitable, Callable
from urllib.parse import quote

import aiohttp
from attrs import frozen
from yarl import URL

from hub.media import DueFile, Failure, FetchFailed
from hub.whatsapp.answer import Ambiguous, Refused
from hub.whatsapp.media import allowed_media_url
from hub.whatsapp.media_answer import Located, read_located
from hub.whatsapp.refusals import Action, rule
from web.outgoing_guard import BodyTooLarge, drain, is_refused
from web.whatsapp.carrier import Api

log = logging.getLogger("hub.whatsapp")

Take = Callable[[bytes], Awaitable[None]]

FRESH = 240.0
"""Seconds for which a webhook's own address is used; it is good for 300."""

BAD_PARAMETER = 100
"""Meta's code for an id that does not exist (any longer)."""

GONE = "WhatsApp no longer has the file."
NO_ACCESS = "WhatsApp does not accept the hub's access."


@frozen
class WhatsAppMedia:
    """Fetches for one number. `graph` calls the configured Graph address, `outside` is guarded and calls all others.

    `limit` are the bytes of the largest file; `timeout` is for a whole download.
    """

    api: Api
    hosts: tuple[str, ...]
    graph: aiohttp.ClientSession
    outside: aiohttp.ClientSession
    limit: int
    timeout: aiohttp.ClientTimeout

    async def fetch(self, due: DueFile, take: Take) -> str | None:
        """Hands the file's bytes on; answers the digest that WhatsApp names, if it was asked. Raises FetchFailed."""
        is_fresh = due.url is not None and due.tries <= 1 and due.age < FRESH
        if is_fresh and due.url is not None and self._is_allowed(due.url):
            if await self._download(due.url, take) == 200:
                return None
            log.info("a direct address did not give the file")
        if due.provider_id is None:
            raise FetchFailed(Failure.FINAL, GONE)
        located = await self._locate(due.provider_id)
        if not self._is_allowed(located.url):
            log.error("a file's address is not on a host of media_hosts")
            raise FetchFailed(Failure.FINAL, "The file lies at an address that is not allowed.")
        if located.size is not None and located.size > self.limit:
            raise FetchFailed(Failure.FINAL, self._too_large)
        status = await self._download(located.url, take)
        if status != 200:
            raise _failed(status)
        return located.sha256

    def _is_allowed(self, url: str) -> bool:
        return allowed_media_url(url, (*self.hosts, self.api.graph_url))

    @property
    def _too_large(self) -> str:
        return f"The file is larger than {self.limit} bytes."

    async def _locate(self, provider_id: str) -> Located:
        address = f"{self.api.graph_url.rstrip('/')}/{self.api.version}/{quote(provider_id, safe='')}"
        url = URL(f"{address}?phone_number_id={self.api.phone_number_id}", encoded=True)
        try:
            call = self.graph.get(url, headers=self._headers, timeout=self.api.timeout, allow_redirects=False)
            async with call as response:
                body = await drain(response, self.api.largest)
        except (BodyTooLarge, TimeoutError, aiohttp.ClientError, OSError) as error:
            raise _unreached(error) from error
        answer = read_located(response.status, response.headers.get("Content-Type", ""), body)
        if isinstance(answer, Located):
            return answer
        raise _refused(answer, response.status)

    async def _download(self, address: str, take: Take) -> int:
        """Hands a file's bytes on if it is there, and answers the status."""
        session = self.graph if allowed_media_url(address, (self.api.graph_url,)) else self.outside
        try:
            url = URL(address, encoded=True)
            call = session.get(url, headers=self._headers, timeout=self.timeout, allow_redirects=False)
            async with call as response:
                if response.status == 200:
                    await drain(response, self.limit, take)
                return response.status
        except BodyTooLarge:
            raise FetchFailed(Failure.FINAL, self._too_large) from None
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            if is_refused(error):
                log.error("a file's address is not public")
                raise FetchFailed(Failure.FINAL, "The file lies at an address that is not allowed.") from error
            raise _unreached(error) from error

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.api.access_token}"}


def _unreached(error: Exception) -> FetchFailed:
    log.info("WhatsApp's files cannot be reached", extra={"reason": type(error).__name__})
    return FetchFailed(Failure.LATER, "WhatsApp could not be reached.")


def _failed(status: int) -> FetchFailed:
    """What the status of a download means: an address that was given just now is gone for good."""
    if status in (404, 410):
        return FetchFailed(Failure.FINAL, GONE)
    if status == 401:
        return FetchFailed(Failure.HELD, NO_ACCESS)
    return FetchFailed(Failure.LATER, f"WhatsApp answered {status} for the file.")


def _refused(answer: Refused | Ambiguous, status: int) -> FetchFailed:
    """What a refusal to say where a file lies means."""
    if isinstance(answer, Ambiguous):
        return _failed(status) if status >= 300 else FetchFailed(Failure.LATER, "WhatsApp's answer was unreadable.")
    action = rule(answer.code, is_transient=answer.is_transient).action
    if action is Action.CHANNEL_DOWN:
        return FetchFailed(Failure.HELD, NO_ACCESS)
    if answer.code == BAD_PARAMETER:
        return FetchFailed(Failure.FINAL, GONE)
    return FetchFailed(Failure.LATER, f"WhatsApp refused the file (code {answer.code}).")
