"""The desk with the doors to the company's back ends, which are played by servers of their own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import aiojobs

from actors.back_ends import BackEnds
from hub.config import load
from hub.demo.back_office import BackOffice as Office
from hub.demo.back_office import Credentials
from hub.frame import event_frame
from hub.inbound import Identity, IdentityKind, Party
from hub.journal import Committed
from storage.circuit import CircuitStates
from storage.customer_ref import CustomerRefStore
from storage.database import Database
from storage.integration_webhook import IntegrationWebhookStore
from tests.web.conftest import SECRET
from tests.web.desk_stage import APP, CONFIG, DeskStage, staged_desk
from web import back_ends
from web.back_office import BackOffice
from web.integration_metrics import IntegrationMetrics
from web.routes import Route

KEY, READER, WRITER = "a-ticketing-key-for-tests", "a-reading-secret-for-tests", "a-writing-secret-for-tests"
SIGNING = "a signing secret of enough length for tests"
WEBHOOK = "whsec_YWNjZXB0YW5jZS1pbnRlZ3JhdGlvbg=="

SECTIONS = """
[integrations.ticketing]
base_url = "{office.ticketing_url}"
api_key = "{key}"
[integrations.transaction_status]
base_url = "{office.payments_url}"
token_url = "{office.token_url}"
client_id = "reader"
client_secret = "{reader}"
webhook_secret = "{webhook}"
[integrations.transaction_create]
base_url = "{office.payments_url}"
token_url = "{office.token_url}"
client_id = "writer"
client_secret = "{writer}"
hmac_secret = "{signing}"
[circuits]
backoff_base = "10ms"
deadline = "5s"
"""


class BackOfficeStage(DeskStage):
    """Who uses these doors: Ana of Support, and a customer who wrote to her team."""

    office: Office
    closing: AsyncExitStack

    def __init__(self, database: Database, errands: aiojobs.Scheduler, directory: Path) -> None:
        super().__init__(database, errands, directory)
        secrets = {"key": KEY, "reader": READER, "writer": WRITER, "webhook": WEBHOOK, "signing": SIGNING}
        sections = SECTIONS.format(office=self.office, **secrets)
        self.config = load(CONFIG + sections.encode(), make_up=lambda path: SECRET).config
        self.errands = errands
        self.circuits, self.customer_refs = CircuitStates(database), CustomerRefStore(database)
        self.integration_webhooks = IntegrationWebhookStore(database)
        given = self.config.integrations
        names = frozenset(back_ends.circuits(given))
        self.ends = BackEnds(self.system, back_ends.profiles(given), names, self.clock)
        self.came: list[tuple[str, str]] = []
        self.events: list[str] = []

    async def settle(self) -> None:
        await super().settle()
        names = back_ends.circuits(self.config.integrations)
        figures, spawn = IntegrationMetrics(self.figures, names), self.errands.spawn
        way = back_ends.opened(self.config, self.system, self.circuits, figures, self.flags, spawn, self.clock)
        await self.closing.enter_async_context(way)

    def committed(self, committed: Committed) -> None:
        self.events.extend(event.type for event in committed.events)
        self.ends.heard([event_frame(event) for event in committed.events])

    def routes(self) -> list[Route]:
        doors = BackOffice(
            config=self.config,
            system=self.system,
            stores=self,
            ends=self.ends,
            cursors=self.cursors,
            clock=self.clock,
            pseudonym=lambda id: f"customer:{str(id)[-4:]}",
            came=lambda name, outcome: self.came.append((name, outcome)),
        )
        return [*super().routes(), *doors.routes()]

    async def customer_id(self, conversation_id: UUID) -> UUID:
        """Whose conversation it is."""
        found = await self.value("select customer_id from conversations where id = $1", conversation_id)
        return UUID(str(found))

    async def known_customer(self, app_id: str = "C-7") -> UUID:
        """A customer of Ana's whom the company knows by a number of its own."""
        party = Party((Identity(IdentityKind.APP_ID, app_id),), "Maria")
        return await self.customer_id(await self.says(party=party, channel=APP))


@asynccontextmanager
async def staged_back_office(database: Database, aiohttp_client: Any) -> AsyncIterator[BackOfficeStage]:
    """A running desk with back ends."""
    office = Office(Credentials(KEY, {"reader": READER, "writer": WRITER}, "writer", [SIGNING], WEBHOOK))
    await office.start()

    class Staged(BackOfficeStage):
        pass

    Staged.office = office
    async with AsyncExitStack() as closing:
        Staged.closing = closing
        closing.push_async_callback(office.stop)
        async with staged_desk(database, aiohttp_client, Staged) as stage:
            office.webhooks.url = str(stage.client.make_url("/webhooks/integrations/transaction_status"))
            yield stage
