"""WhatsApp as the business sees it from outside: one number, its customers, its files, its webhook."""

import random
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from hub.demo.whatsapp import bulk
from hub.demo.whatsapp.acceptance import Acceptance
from hub.demo.whatsapp.account_routes import AccountRoutes
from hub.demo.whatsapp.agenda import Agenda
from hub.demo.whatsapp.carrier import Carrier
from hub.demo.whatsapp.clock import Clock
from hub.demo.whatsapp.control import Control
from hub.demo.whatsapp.customers import Customer, Customers
from hub.demo.whatsapp.door import Credentials, Door
from hub.demo.whatsapp.envelope import Update
from hub.demo.whatsapp.faults import Faults, WebhookFaults
from hub.demo.whatsapp.feed import Feed
from hub.demo.whatsapp.ids import Ids
from hub.demo.whatsapp.ledger import Ledger, Send, WebhookPost
from hub.demo.whatsapp.media import MediaStore
from hub.demo.whatsapp.media_routes import MediaRoutes
from hub.demo.whatsapp.message_routes import MessageRoutes
from hub.demo.whatsapp.settings import Account, Habits, Limits, Timings
from hub.demo.whatsapp.statuses import Statuses
from hub.demo.whatsapp.surroundings import Surroundings
from hub.demo.whatsapp.templates import Template, Templates
from hub.demo.whatsapp.throttle import Throttle
from hub.demo.whatsapp.webhooks import Subscription, Webhooks

LARGEST_REQUEST = 110_000_000
"""Bytes; a document may have 100 MB. A larger request is answered with 413."""
STOP_PATIENCE = 0.1
"""Seconds that running requests get when the world stops."""


class WhatsAppWorld:
    """A Cloud API of its own on one port.

    After `start`, `base_url` is what the business configures as Graph's address. Nothing is delivered to `webhook_url`
    before `subscribe` has passed the handshake there. `run` tells worlds of one seed apart that meet the same business.
    """

    def __init__(
        self,
        *,
        phone_number_id: str,
        access_token: str,
        app_secret: str,
        verify_token: str,
        webhook_url: str,
        waba_id: str = "102290129340398",
        display_phone_number: str = "15550783881",
        seed: int = 7,
        run: int = 0,
        timings: Timings | None = None,
        limits: Limits | None = None,
        habits: Habits | None = None,
        webhook_faults: WebhookFaults | None = None,
    ) -> None:
        account = Account(phone_number_id, waba_id, display_phone_number)
        faults = Faults(random.Random(f"faults-{seed}"), webhook_faults or WebhookFaults())
        self.world = Surroundings(
            account=account,
            timings=timings or Timings(),
            habits=habits or Habits(),
            clock=Clock(),
            agenda=Agenda(),
            ids=Ids(seed, run),
            ledger=Ledger(),
            faults=faults,
            feed=Feed(),
            random=random.Random(f"world-{seed}"),
        )
        self.account, self.clock, self.ledger, self.faults = account, self.world.clock, self.world.ledger, faults
        self.feed, self.agenda = self.world.feed, self.world.agenda
        self.webhooks = Webhooks(self.world, Subscription(webhook_url, verify_token, app_secret))
        self.media = MediaStore(self.clock, self.world.ids)
        self.templates = Templates()
        self.statuses = Statuses(self.world, self.webhooks)
        self.customers = Customers(self.world, self.webhooks, self.media, self.statuses)
        self.carrier = Carrier(self.world, self.statuses)
        self.throttle = Throttle(limits or Limits(), self.clock)
        self.credentials = Credentials(access_token)
        self._runner: web.AppRunner | None = None
        self.base_url = ""

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one."""
        runner = web.AppRunner(
            self._application(), access_log=None, handler_cancellation=True, shutdown_timeout=STOP_PATIENCE
        )
        await runner.setup()
        self._runner = runner
        await web.TCPSite(runner, host, port).start()
        self.base_url = f"http://{host}:{runner.addresses[0][1]}"
        self.media.base_url = self.base_url
        await self.webhooks.start()

    async def stop(self) -> None:
        """Stop listening and posting; what is under way is lost."""
        await self.webhooks.stop()
        self.agenda.cancel()
        if self._runner is not None:
            await self._runner.cleanup()

    async def refuse_connections(self) -> None:
        """Cut Graph off: what is connected is dropped, nobody can connect. Webhooks go on."""
        assert self._runner is not None
        for site in tuple(self._runner.sites):
            await site.stop()
        if self._runner.server is not None:
            await self._runner.server.shutdown(0.0)

    async def accept_connections(self) -> None:
        """Listen again where it listened before."""
        assert self._runner is not None
        where = urlsplit(self.base_url)
        await web.TCPSite(self._runner, where.hostname, where.port).start()

    async def subscribe(self) -> None:
        """Do the handshake with the configured webhook. Raises GraphError 2200 if it fails."""
        await self.webhooks.resubscribe()

    async def quiet(self, patience: float = 10.0) -> None:
        """Wait until every status is reported and every webhook delivered or given up. Raises TimeoutError."""
        await self.agenda.quiet(patience)

    def customer(
        self,
        number: str,
        name: str = "Maria Oliveira",
        *,
        wa_id: str | None = None,
        username: str | None = None,
        country: str | None = None,
    ) -> Customer:
        """The customer with this phone number, made if there is none. `wa_id`: where WhatsApp writes it differently."""
        return self.customers.ensure(number, name, wa_id, username, country)

    def add_template(self, name: str, language: str, body: str, **facts: Any) -> Template:
        """Register an approved template; `facts` are further fields of `Template`."""
        return self.templates.add(Template(self.world.ids.number(), name, language, body, **facts))

    def set_template_status(self, template: Template, status: str, reason: str = "NONE") -> None:
        """Approve, pause or disable a template, and tell the business."""
        template.status = status
        value = {
            "event": status,
            "message_template_id": int(template.id),
            "message_template_name": template.name,
            "message_template_language": template.language,
            "reason": reason,
            "message_template_category": template.category,
        }
        self.webhooks.emit(Update("message_template_status_update", value, of_account=True))

    def post(self, body: dict[str, Any]) -> WebhookPost:
        """Post any webhook body, serialised and signed as Meta does, until it is accepted."""
        return self.webhooks.post(body)

    def send_many(
        self, messages: int = 1000, customers: int = 50, size: int = 2_900_000
    ) -> tuple[WebhookPost, list[str]]:
        """One POST with many Arabic messages of many customers, about `size` bytes; the ids in the order written."""
        body, wamids = bulk.crowd(self.account, self.many_customers(customers), messages, size)
        return self.post(body), wamids

    def send_nested(
        self, entries: int = 3, changes: int = 2, messages: int = 5, reads: Sequence[Send] = ()
    ) -> tuple[WebhookPost, list[str]]:
        """One POST of several entries, changes and messages, with a `read` status for each of `reads` among them."""
        everybody = self.many_customers(entries * changes * messages)
        statuses = [self._read_status(send) for send in reads]
        body, wamids = bulk.nested(self.account, everybody, (entries, changes, messages), statuses)
        return self.post(body), wamids

    def many_customers(self, count: int) -> list[Customer]:
        """Customers with numbered names and numbers, the same ones each time."""
        return [self.customer(f"55119800{number:05}", f"Customer {number}") for number in range(count)]

    def _read_status(self, send: Send) -> dict[str, Any]:
        customer = self.customers.find(send.bsuid or "")
        if customer is None:
            raise KeyError(send.wamid)
        return self.statuses.compose(send, "read", customer.identity)

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=LARGEST_REQUEST)
        acceptance = Acceptance(self.world, self.customers, self.templates, self.media, self.throttle, self.carrier)
        door = Door(self.world, self.credentials)
        MessageRoutes(self.world, door, acceptance, self.customers).add_to(app)
        MediaRoutes(door, self.media).add_to(app)
        AccountRoutes(self.world, door, self.credentials, self.media, self.templates, self.webhooks).add_to(app)
        Control(self.world, self.customers, self.carrier, self.media, self.webhooks).add_to(app)
        return app
