"""WhatsApp's webhooks: the handshake, and deliveries that are answered 200 only once they are stored.

Meta, "Webhooks": any answer but 200 is brought again for days. So content never leads to an error (what cannot be
understood is kept aside), and only a store that cannot be reached does.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from aiohttp import web
from attrs import field, frozen

from actors.intake import Intake
from hub.errors import Forbidden, NotFound, Overloaded, Unauthenticated, Unavailable
from hub.inbound import Inbound
from hub.whatsapp.signature import handshake, verify
from hub.whatsapp.webhook import Parsed, parse
from web.admission import Gate, InHand
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
    app_secrets: tuple[str, ...] = field(repr=False)
    verify_token: str = field(repr=False)


@frozen
class WhatsAppWebhook:
    """The door for all WhatsApp channels."""

    accounts: Mapping[str, Account]
    intake: Intake
    ingress: Ingress
    clock: Callable[[], datetime]
    body_limit: int
    in_hand: InHand

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
        try:
            with self.in_hand:
                return await self._receive(request, account)
        except Exception as error:
            refused = isinstance(error, Unauthenticated)
            self.ingress.webhook(account.channel, "invalid_signature" if refused else "rejected")
            raise

    async def _receive(self, request: web.Request, account: Account) -> web.Response:
        body = await raw(request)
        given = request.headers.getall("X-Hub-Signature-256", [])
        if not verify(body, given, account.app_secrets):
            log.warning("a webhook's signature is wrong", extra={"channel": account.channel})
            raise Unauthenticated("The signature is missing or wrong.")
        now = self.clock()
        parsed = parse(body, now) if len(body) < LARGE else await asyncio.to_thread(parse, body, now)
        for channel, items in self._by_channel(account, parsed).items():
            await self.intake.take_in(channel, items)
        self.ingress.webhook(account.channel, "accepted", now)
        return web.Response(text="ok")

    def _account(self, request: web.Request) -> Account:
        account = self.accounts.get(request.match_info["channel"])
        if account is None:
            raise NotFound("There is no such channel.")
        return account

    def _by_channel(self, account: Account, parsed: Parsed) -> dict[str, list[Inbound]]:
        """What concerns which channel. A number that is none of ours belongs to another hub, and our 200 only says: not
        here."""
        found: dict[str, list[Inbound]] = {}
        for delivery in parsed.items:
            owner = self._owner(account, delivery.phone_number_id)
            if owner is None:
                self.ingress.webhook(account.channel, "foreign_number")
            else:
                found.setdefault(owner.channel, []).append(delivery.item)
        return found

    def _owner(self, account: Account, phone_number_id: str | None) -> Account | None:
        """Whose number it is. Meta has one webhook address per app, so that the other numbers of the app that signed
        this are brought here too."""
        if phone_number_id in (None, account.phone_number_id):
            return account
        for other in self.accounts.values():
            if other.phone_number_id == phone_number_id and not set(other.app_secrets).isdisjoint(account.app_secrets):
                return other
        return None

    def _gates(self) -> tuple[Gate, ...]:
        return tuple(
            Gate(f"/webhooks/whatsapp/{channel}", self.in_hand, partial(self.ingress.webhook, channel, "rejected"))
            for channel in self.accounts
        )

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
                gates=self._gates(),
            ),
        ]
