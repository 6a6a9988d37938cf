"""WhatsApp's webhooks: the handshake, and deliveries that are answered 200 only once they are stored.

Meta, "Webhooks": any answer but 200 is brought again for days. So content never leads to an error (what cannot be
understood is kept aside), and only a store that cannot be reached does.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from aiohttp import web
from attrs import frozen

from actors.intake import Intake
from hub.errors import Forbidden, NotFound, Overloaded, Unauthenticated, Unavailable
from hub.inbound import Inbound
from hub.whatsapp.signature import handshake, verify
from hub.whatsapp.webhook import Parsed, parse
from web.body import raw
from web.ingress_metrics import Ingress
from web.routes import Route

log = logging.getLogger("hub.whatsapp")

LARGE = 128 * 1024
"""Bytes above which a body is parsed in a thread, so that sockets are not held up for tens of milliseconds."""


@frozen
class Account:
    """A WhatsApp channel as its webhook needs it. Several secrets: any of them may have signed (rotation)."""

    channel: str
    phone_number_id: str
    waba_id: str
    app_secrets: tuple[str, ...]
    verify_token: str


@frozen
class WhatsAppWebhook:
    """The door for all WhatsApp channels."""

    accounts: Mapping[str, Account]
    intake: Intake
    ingress: Ingress
    clock: Callable[[], datetime]
    body_limit: int

    async def verify_address(self, request: web.Request) -> web.Response:
        """Answers Meta's question whether this address is ours, with nothing but the challenge."""
        account = self._account(request)
        challenge = handshake(request.query, account.verify_token)
        if challenge is None:
            raise Forbidden("The verify token is not ours.")
        return web.Response(text=challenge)

    async def receive(self, request: web.Request) -> web.Response:
        """Checks the signature over the raw bytes, then has everything stored. Raises Unauthenticated, Unavailable."""
        account = self._account(request)
        body = await raw(request)
        given = request.headers.getall("X-Hub-Signature-256", [])
        if not verify(body, given, account.app_secrets):
            self.ingress.webhook(account.channel, "invalid_signature")
            log.warning("a webhook's signature is wrong", extra={"channel": account.channel})
            raise Unauthenticated("The signature is missing or wrong.")
        now = self.clock()
        parsed = parse(body, now) if len(body) < LARGE else await asyncio.to_thread(parse, body, now)
        try:
            await self.intake.take_in(account.channel, self._ours(account, parsed))
        except (Unavailable, Overloaded):
            self.ingress.webhook(account.channel, "rejected")
            raise
        self.ingress.webhook(account.channel, "accepted", now)
        return web.Response(text="ok")

    def _account(self, request: web.Request) -> Account:
        account = self.accounts.get(request.match_info["channel"])
        if account is None:
            raise NotFound("There is no such channel.")
        return account

    def _ours(self, account: Account, parsed: Parsed) -> list[Inbound]:
        """What concerns this number. Another number's belongs to another hub, and its 200 only says: not here."""
        ours = []
        for delivery in parsed.items:
            if delivery.phone_number_id in (None, account.phone_number_id):
                ours.append(delivery.item)
            else:
                self.ingress.webhook(account.channel, "foreign_number")
        return ours

    def routes(self) -> list[Route]:
        """GET for the handshake, POST for deliveries."""
        path, tags = "/webhooks/whatsapp/{channel}", ("channels",)
        return [
            Route(
                method="GET",
                path=path,
                handler=self.verify_address,
                summary="Meta's handshake",
                permission=None,
                errors=(Forbidden, NotFound),
                tags=tags,
            ),
            Route(
                method="POST",
                path=path,
                handler=self.receive,
                summary="WhatsApp delivers",
                permission=None,
                errors=(Unauthenticated, NotFound, Overloaded, Unavailable),
                tags=tags,
                body_limit=self.body_limit,
            ),
        ]
