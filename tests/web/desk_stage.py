"""The desk as it is put together for real: doors, actors, PostgreSQL; only the provider at the far end is played."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar, overload
from uuid import UUID

import aiojobs
from aiohttp import ClientResponse
from prometheus_client import CollectorRegistry

from actors import conversation, courier, customer, delivery, kinds, resolver, room, tag, team_queue, writer
from actors.intake import Intake
from actors.kernel import Stopping, System
from actors.viewing import ViewingBoard
from hub.channel import Channel
from hub.config import load
from hub.conversation.commands import Outcome
from hub.conversation.effects import OutboxRow
from hub.ids import uuid7
from hub.inbound import Identity, IdentityKind, InboundMessage, Party
from hub.journal import Committed
from hub.message import Content, ContentType
from hub.outbox import Sent
from hub.rights import Role
from hub.user import User
from hub.whatsapp.reference import parse_reference
from hub.whatsapp.template import Template
from storage.alert import AlertStore
from storage.audit import Audit
from storage.audit_keys import AuditKeys
from storage.audit_verification import AuditVerifier
from storage.beginning import Beginnings
from storage.conversation import Conversations
from storage.conversation_list import ConversationList
from storage.customer import CustomerStore
from storage.customer_merge import CustomerMergeStore
from storage.database import Database
from storage.dead_letter import DeadLetterStore
from storage.draft import DraftStore
from storage.erasure import ErasureStore
from storage.export import ExportRows, ExportStore
from storage.history import Histories
from storage.journal import Journal
from storage.media import MediaRows
from storage.media_files import MediaFiles
from storage.message import Messages
from storage.note import NoteStore
from storage.notification import NotificationStore
from storage.outbox import Outbox
from storage.quarantine import QuarantineStore
from storage.queue import QueueCounts
from storage.room import RoomRows
from storage.saved_reply import SavedReplyStore
from storage.search import SearchStore
from storage.tag import TagStore
from storage.thumbnail import ThumbnailFiles
from storage.view import ViewStore
from storage.viewer import ViewerStore
from storage.waveform import WaveformStore
from storage.webhook import EndpointStore
from storage.webhook_delivery import DeliveryStore
from tests.web.conftest import SECRET, People
from web import metrics, server
from web.admission import InHand
from web.desk import Desk
from web.export_metrics import ExportMetrics
from web.idempotency import Idempotency
from web.ingress_metrics import Ingress
from web.routes import Route
from web.whatsapp.webhook import Account, WhatsAppWebhook

WHATSAPP = "whatsapp-main"
APP = "app"
NUMBER, WABA = "106540352242922", "102290129340398"
SECRETS = ("an app secret of the present", "an app secret of the past")
VERIFY = "verify-me"
LEASE = timedelta(seconds=30)
ANA = "ana@example.com"
CONFIG = b"[media]\nmax_bytes = 1000000\n"
CHANNELS = {WHATSAPP: Channel(WHATSAPP, "whatsapp", "Support"), APP: Channel(APP, "chat_app", "Support")}
WELCOME = Template("welcome", "pt_BR", "UTILITY", "Olá {{1}}, bem-vinda!", ("1",))


class Provider:
    """The far end of a channel: keeps what it is given and answers as `answer` says."""

    def __init__(self) -> None:
        self.sent: list[OutboxRow] = []
        self.answer: Sent | None = None

    async def prepare(self, row: OutboxRow) -> Sent | None:
        return None

    async def send(self, row: OutboxRow) -> Sent:
        self.sent.append(row)
        return self.answer or Sent(Outcome.ACCEPTED, provider_id=f"wamid.out.{row.message_id}.{row.attempt}")

    async def mark_read(self, channel_message_id: str) -> None: ...
    async def typing(self, channel_message_id: str) -> None: ...


class DeskStage(People):
    """The people's doors and those of conversations, messages and WhatsApp, and a team that Ana is in."""

    team_id: UUID
    ana: User
    headers: dict[str, str]
    whatsapp: WhatsAppWebhook

    def __init__(self, database: Database, errands: aiojobs.Scheduler, directory: Path) -> None:
        super().__init__(database)
        self.config = load(CONFIG, make_up=lambda path: SECRET).config
        self.provider = Provider()
        self.told_read: list[tuple[str, str]] = []
        self.ahead = timedelta()
        self.figures = CollectorRegistry()
        self.system = System()
        self.journal = Journal(database, uuid7().int % 2**31, LEASE)
        self.conversations, self.messages = Conversations(database), Messages(database)
        self.media, self.files = MediaRows(database), MediaFiles(directory)
        self.thumbnails, self.waveforms = ThumbnailFiles(self.files, 40_000_000), WaveformStore(database, self.files)
        self.tags, self.notes = TagStore(database), NoteStore(database)
        self.notifications, self.viewers = NotificationStore(database), ViewerStore(database)
        self.saved_replies, self.views = SavedReplyStore(database), ViewStore(database)
        self.searches = SearchStore(database)
        self.lists, self.histories = ConversationList(database), Histories(database)
        self.queues = QueueCounts(database)
        self.beginnings, self.drafts = Beginnings(database), DraftStore(database)
        self.viewing, self.customers = ViewingBoard(), CustomerStore(database)
        self.customer_merges = CustomerMergeStore(database)
        self.rooms = RoomRows(database)
        self.webhooks, self.webhook_deliveries = EndpointStore(database), DeliveryStore(database)
        self.dead_letters, self.alerts = DeadLetterStore(database), AlertStore(database)
        self.erasures, self.exports = ErasureStore(database, self.files), ExportStore(database, timedelta(days=365))
        self.export_rows = ExportRows(database)
        self.audit = Audit(database)
        self.audit_verifier = AuditVerifier(self.audit, AuditKeys.load(directory / "audit"))
        self.exported = ExportMetrics(self.figures)
        self.ingress = Ingress(self.figures, (WHATSAPP, APP))
        self._register(errands)
        quarantine = QuarantineStore(database)
        self.intake = Intake(self.system, self.messages, quarantine, self.clock, self.ingress, parse_reference)
        self._numbers = count(1)

    def _register(self, errands: aiojobs.Scheduler) -> None:
        outbox = Outbox(self.database, 1, LEASE)
        for kind in (
            writer.kind(self.journal, self.committed),
            *resolver.reader_kinds(self.conversations),
            team_queue.kind(self.conversations, self.clock),
            delivery.marker_kind(outbox),
            courier.kind(outbox, self.errand, errands.spawn, courier.Pace(sweep=0.05)),
            conversation.kind(
                conversation.World(self.messages, self.notes, CHANNELS, self.clock, lambda channel: None)
            ),
            customer.kind(CHANNELS, self.clock),
            tag.kind(self.tags),
            room.kind(self.rooms, self.clock),
        ):
            self.system.register(kind)

    def committed(self, committed: Committed) -> None:
        """The journal has written; nobody is listening here."""

    def errand(self, channel: str) -> delivery.Errand:
        """The way out of a channel."""
        return delivery.Errand(self.system, self.provider)

    def clock(self) -> datetime:
        """The real time, and ahead of it as far as a test says."""
        return datetime.now(UTC) + self.ahead

    def routes(self) -> list[Route]:
        desk = Desk(
            config=self.config,
            system=self.system,
            stores=self,
            cursors=self.cursors,
            clock=self.clock,
            find_template=self._template,
            templates={WHATSAPP: self._templates},
            was_read=self._was_read,
            viewers=self.viewing.of,
            channels=CHANNELS,
            uploaded=lambda kind, size: None,
            exported=self.exported,
        )
        account, in_hand = Account(WHATSAPP, NUMBER, WABA, SECRETS, VERIFY), InHand(8)
        self.whatsapp = WhatsAppWebhook({WHATSAPP: account}, self.intake, self.ingress, self.clock, 4_000_000, in_hand)
        return [*super().routes(), *desk.routes(), *self.whatsapp.routes()]

    async def _template(self, channel: str, name: str, language: str) -> Template | None:
        return WELCOME if (name, language) == (WELCOME.name, WELCOME.language) else None

    async def _templates(self) -> tuple[Template, ...]:
        return (WELCOME,)

    async def _was_read(self, channel: str, channel_message_id: str) -> None:
        self.told_read.append((channel, channel_message_id))

    # People

    async def settle(self) -> None:
        """Ana comes to work in Support."""
        self.ana = await self.add(ANA, name="Ana")
        self.team_id = await self.member("Support", self.ana.id)
        self.headers = await self.bearer(ANA)

    async def somebody(self, role: Role, *, in_team: bool) -> tuple[User, dict[str, str]]:
        """Another person, signed in."""
        n = next(self._numbers)
        user = await self.add(f"person{n}@example.com", role, f"Person {n}")
        if in_team:
            await self.teams.add_member(self.team_id, user.id)
        return user, await self.bearer(user.email)

    # What happens

    def party(self, name: str = "Maria") -> Party:
        """A new customer."""
        n = next(self._numbers)
        return Party((Identity(IdentityKind.BSUID, f"PT.{n}"), Identity(IdentityKind.WA_ID, f"35191{n:07}")), name)

    async def says(self, text: str = "Olá", party: Party | None = None, channel: str = WHATSAPP) -> UUID:
        """A customer writes; the conversation's id."""
        party = party or self.party()
        wamid = f"wamid.in.{next(self._numbers)}"
        message = InboundMessage(wamid, party, self.clock(), Content(ContentType.TEXT, text))
        await self.intake.take_in(channel, [message])
        placed = await self.value(
            "select conversation_id from messages where channel = $1 and channel_message_id = $2", channel, wamid
        )
        return UUID(str(placed))

    async def alter(self, conversation_id: UUID, **columns: Any) -> None:
        """Changes a conversation behind everybody's back; for what would take days. First nothing is left to be sent:
        how that ended would be written over the change."""
        async with asyncio.timeout(60):
            while await self.value("select count(*) from outbox where conversation_id = $1", conversation_id):
                await asyncio.sleep(0.02)
        async with self.database.acquire() as connection:
            for name, value in columns.items():
                await connection.execute(f"update conversations set {name} = $2 where id = $1", conversation_id, value)

    async def value(self, query: str, *arguments: Any) -> Any:
        """One value from the database."""
        async with self.database.acquire() as connection:
            return await connection.fetchval(query, *arguments)

    async def audited(self) -> list[dict[str, Any]]:
        """The rows of the audit, in order."""
        async with self.database.acquire() as connection:
            return [row["body"] for row in await connection.fetch("select body::json from audit_log order by seq")]

    async def lose_audit(self) -> None:
        """From now on no row can be written."""
        async with self.database.acquire() as connection:
            await connection.execute("alter table audit_head rename to audit_head_away")

    # Requests

    async def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **more: str
    ) -> ClientResponse:
        """A request to the API, Ana's unless other headers are given; `more` are further headers."""
        given = {name.replace("_", "-"): value for name, value in more.items()}
        return await self.client.request(
            method, f"/api/v1/{path}", json=body, headers={**(headers or self.headers), **given}
        )

    async def get(self, path: str, headers: dict[str, str] | None = None) -> Any:
        """What is there; it must be."""
        answer = await self.ask("GET", path, headers=headers)
        assert answer.status == 200, await answer.text()
        return await answer.json()


Staged = TypeVar("Staged", bound=DeskStage)


@overload
def staged_desk(database: Database, aiohttp_client: Any) -> AbstractAsyncContextManager[DeskStage]: ...
@overload
def staged_desk(database: Database, aiohttp_client: Any, make: type[Staged]) -> AbstractAsyncContextManager[Staged]: ...
@asynccontextmanager
async def staged_desk(database: Database, aiohttp_client: Any, make: Any = DeskStage) -> AsyncIterator[Any]:
    """A running desk on this database, of a kind that may have more than the desk."""
    errands = aiojobs.Scheduler(limit=None, close_timeout=5.0)
    with TemporaryDirectory(prefix="hub") as directory:
        stage = make(database, errands, Path(directory))
        app = server.build(
            stage.routes(),
            authenticate=stage.key_access.api,
            replay=Idempotency(stage.answers),
            requests=metrics.Requests(stage.figures),
            flags=stage.flags,
        )
        stage.client = await aiohttp_client(app)
        await stage.settle()
        stage.system.ref(kinds.COURIER, WHATSAPP).tell(courier.Sweep())
        try:
            yield stage
        finally:
            for channel in CHANNELS:  # as the hub stops: nothing more is begun before what runs is ended
                with suppress(Stopping):
                    await stage.system.ref(kinds.COURIER, channel).ask(courier.Close(), timeout=10.0)
            await errands.close()
            await stage.system.drain(3.0)
            await stage.journal.close()
            stage.files.close()
