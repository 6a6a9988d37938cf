"""The templates of a WhatsApp Business account, asked of Meta and believed for a while."""

import asyncio
import logging
import time

import aiohttp
from attrs import define, field

from hub.errors import Unavailable
from hub.whatsapp.payload import decode
from hub.whatsapp.template import Template, listed
from web.whatsapp.carrier import Api

log = logging.getLogger("hub.whatsapp")

FRESH = 300.0
"""Seconds for which a listing is believed."""

STALE = 86_400.0
"""Seconds for which an old listing is better than none, while Meta does not answer."""

RESTING = 10.0
"""Seconds for which Meta is not asked again after it did not answer, so that nobody waits for that time and again."""

MOST = 1_000
"""Templates asked for; Meta allows 6,000 per account, an agent's picker does not."""


@define
class Templates:
    """The templates of one account."""

    api: Api
    waba_id: str
    session: aiohttp.ClientSession
    _known: tuple[Template, ...] = ()
    _at: float = field(default=float("-inf"))
    _again: float = field(default=float("-inf"))
    _asking: asyncio.Lock = field(factory=asyncio.Lock)

    async def all(self) -> tuple[Template, ...]:
        """Those that can be sent now. Raises Unavailable when Meta does not answer and none are known."""
        async with self._asking:
            now = time.monotonic()
            if now - self._at > FRESH and now >= self._again:
                try:
                    self._known, self._at = await self._ask(), now
                except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
                    self._again = time.monotonic() + RESTING
                    log.warning("the templates could not be read", extra={"reason": type(error).__name__})
            if now - self._at > STALE:
                raise Unavailable("WhatsApp does not tell its templates now.", retry_after=RESTING)
        return self._known

    async def find(self, name: str, language: str) -> Template | None:
        """One of them; None when it is not known, or nothing is."""
        try:
            known = await self.all()
        except Unavailable:
            return None
        return next((t for t in known if t.name == name and t.language == language), None)

    async def _ask(self) -> tuple[Template, ...]:
        api = self.api
        url = f"{api.graph_url.rstrip('/')}/{api.version}/{self.waba_id}/message_templates"
        call = self.session.get(
            url,
            params={"limit": str(MOST), "status": "APPROVED"},
            headers={"Authorization": f"Bearer {api.access_token}"},
            timeout=api.timeout,
            allow_redirects=False,
        )
        async with call as response:
            if response.status != 200:
                raise ValueError("not a listing")
            body = await response.content.read(LARGEST + 1)
            while len(body) <= LARGEST and not response.content.at_eof():
                body += await response.content.read(LARGEST + 1 - len(body))
            if len(body) > LARGEST:
                raise ValueError("too long")
            return listed(decode(body))


LARGEST = 8 * 1024 * 1024
"""Bytes of a listing that are read; a longer one counts as none."""
