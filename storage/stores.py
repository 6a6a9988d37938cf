"""Everything of one replica that reads and writes PostgreSQL and files, built together on one pool."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

from attrs import frozen

from hub.config import Config
from hub.draft import KEPT
from hub.media import MOST_FORGOTTEN, UNSENT
from hub.notice import NoticeChannel
from hub.notification import Kept
from hub.redaction import Redactor
from storage.ai_subject import SubjectStore
from storage.alert import AlertStore
from storage.api_key import ApiKeyStore
from storage.approval import ApprovalRows
from storage.audit import Audit
from storage.audit_keys import AuditKeys
from storage.audit_verification import AuditVerifier
from storage.auth_session import Lifetime, SignInStore
from storage.beginning import Beginnings
from storage.circuit import CircuitStates
from storage.conversation import Conversations
from storage.conversation_list import ConversationList
from storage.customer import CustomerStore
from storage.customer_merge import CustomerMergeStore
from storage.customer_ref import CustomerRefStore
from storage.database import Database, Limits
from storage.dead_letter import DeadLetterStore
from storage.draft import DraftStore
from storage.due import DueConversations
from storage.erasure import ErasureStore
from storage.event import EventLog
from storage.export import ExportRows, ExportStore
from storage.history import Histories
from storage.idempotency import AnswerStore
from storage.inbox import InboxStore, InboxTicketStore
from storage.integration_webhook import IntegrationWebhookStore
from storage.journal import Journal
from storage.login_attempt import AttemptStore, Throttle
from storage.media import MediaRows
from storage.media_files import MediaFiles
from storage.merge import MergeStore
from storage.message import Messages
from storage.note import NoteStore
from storage.notice import NoticeStore
from storage.notification import NotificationStore
from storage.outbox import Outbox
from storage.quarantine import QuarantineStore
from storage.queue import QueueCounts
from storage.retention import Keeping as Retained
from storage.retention import Retention
from storage.room import RoomRows
from storage.saved_reply import SavedReplyStore
from storage.search import SearchStore
from storage.stream_ticket import StreamTicketStore
from storage.tag import TagStore
from storage.team import TeamStore
from storage.thumbnail import ThumbnailFiles
from storage.tool_call import ToolCallStore
from storage.transaction import TransactionDraftStore
from storage.user import UserStore
from storage.view import ViewStore
from storage.viewer import ViewerStore
from storage.waveform import WaveformStore
from storage.webhook import EndpointStore
from storage.webhook_delivery import DeliveryStore
from storage.webhook_dispatch import Keeping, WebhookDispatch


@frozen
class Stores:
    """One of each."""

    database: Database
    journal: Journal
    outbox: Outbox
    conversations: Conversations
    lists: ConversationList
    queues: QueueCounts
    due: DueConversations
    merges: MergeStore
    beginnings: Beginnings
    histories: Histories
    drafts: DraftStore
    customers: CustomerStore
    customer_merges: CustomerMergeStore
    erasures: ErasureStore
    messages: Messages
    quarantine: QuarantineStore
    users: UserStore
    teams: TeamStore
    sign_ins: SignInStore
    attempts: AttemptStore
    api_keys: ApiKeyStore
    tickets: StreamTicketStore
    events: EventLog
    viewers: ViewerStore
    answers: AnswerStore
    inboxes: InboxStore
    inbox_tickets: InboxTicketStore
    media: MediaRows
    files: MediaFiles
    thumbnails: ThumbnailFiles
    waveforms: WaveformStore
    tags: TagStore
    notes: NoteStore
    notifications: NotificationStore
    saved_replies: SavedReplyStore
    views: ViewStore
    searches: SearchStore
    rooms: RoomRows
    webhooks: EndpointStore
    webhook_deliveries: DeliveryStore
    webhook_dispatch: WebhookDispatch
    circuits: CircuitStates
    integration_webhooks: IntegrationWebhookStore
    customer_refs: CustomerRefStore
    audit: Audit
    audit_keys: AuditKeys
    audit_verifier: AuditVerifier
    dead_letters: DeadLetterStore
    alerts: AlertStore
    notices: NoticeStore
    retention: Retention
    subjects: SubjectStore
    tool_calls: ToolCallStore
    transaction_drafts: TransactionDraftStore
    approvals: ApprovalRows
    exports: ExportStore
    export_rows: ExportRows

    @classmethod
    def of(cls, config: Config, url: str, replica: int, data: Path) -> "Stores":
        """The stores of one replica; no connection is opened yet. Raises OSError when a file cannot be used."""
        database = Database(url, _limits(config), f"hub:{replica}")
        reopen_windows = {name: timedelta(seconds=c.reopen_window) for name, c in config.channels.items()}
        lease = timedelta(seconds=config.outbox.lease)
        files = MediaFiles(data / config.media.dir)
        return cls(
            database=database,
            journal=Journal(database, replica, lease, config.journal.resubmit),
            outbox=Outbox(database, replica, lease),
            conversations=Conversations(database),
            lists=ConversationList(database),
            queues=QueueCounts(database),
            due=DueConversations(database, reopen_windows),
            merges=MergeStore(database),
            beginnings=Beginnings(database),
            histories=Histories(database),
            drafts=DraftStore(database),
            customers=CustomerStore(database),
            customer_merges=CustomerMergeStore(database),
            erasures=ErasureStore(database, files),
            messages=Messages(database),
            quarantine=QuarantineStore(database),
            users=UserStore(database),
            teams=TeamStore(database),
            sign_ins=SignInStore(database, _sign_ins(config)),
            attempts=AttemptStore(database, _throttle(config)),
            api_keys=ApiKeyStore(database),
            tickets=StreamTicketStore(database, config.auth.ticket_ttl),
            events=EventLog(database),
            viewers=ViewerStore(database),
            answers=AnswerStore(database, config.retention.idempotency),
            inboxes=InboxStore(database),
            inbox_tickets=InboxTicketStore(database, config.auth.ticket_ttl),
            media=MediaRows(database),
            files=files,
            thumbnails=ThumbnailFiles(files, config.media.pixels),
            waveforms=WaveformStore(database, files),
            webhooks=EndpointStore(database),
            webhook_deliveries=DeliveryStore(database),
            circuits=CircuitStates(database),
            integration_webhooks=IntegrationWebhookStore(database),
            customer_refs=CustomerRefStore(database),
            audit=(audit := Audit(database)),
            audit_keys=(keys := AuditKeys.load(data / config.audit.dir, config.audit.trusted_keys)),
            audit_verifier=AuditVerifier(audit, keys),
            webhook_dispatch=WebhookDispatch(database, replica, *_webhooks(config)),
            tags=TagStore(database),
            notes=NoteStore(database),
            notifications=NotificationStore(database, _notifications(config)),
            saved_replies=SavedReplyStore(database),
            views=ViewStore(database),
            searches=SearchStore(database),
            rooms=RoomRows(database),
            dead_letters=(letters := DeadLetterStore(database)),
            alerts=AlertStore(database, _beside_the_app(config), config.server.public_url),
            notices=NoticeStore(database),
            retention=Retention(database, _retained(config)),
            subjects=SubjectStore(database),
            tool_calls=ToolCallStore(database),
            transaction_drafts=TransactionDraftStore(
                database,
                audit,
                letters,
                Redactor(keys.pseudonyms).customer,
                timedelta(seconds=config.ai.approval_window),
            ),
            approvals=ApprovalRows(database),
            exports=ExportStore(database, timedelta(seconds=config.retention.exports)),
            export_rows=ExportRows(database),
        )

    def chores(self, now: Callable[[], datetime]) -> dict[str, Callable[[], Awaitable[int | None]]]:
        """What forgets things after their time, by name; those that count answer how many rows. Each may run on several
        replicas at once."""
        return {
            "answers": self.answers.prune,
            "tool_calls": self.tool_calls.prune,
            "attempts": self.attempts.prune,
            "sign_ins": self.sign_ins.prune,
            "drafts": lambda: self.drafts.prune(now() - KEPT),
            "uploads": self._forget_uploads,
            "notifications": self.notifications.prune,
            "webhooks": self.webhook_dispatch.prune,
            "integration_webhooks": self.integration_webhooks.prune,
            "dead_letters": self.dead_letters.prune,
            "alerts": self.alerts.prune,
            "retention": self.retention.prune,
            "transactions": self.retention.prune_transactions,
            "exports": self.exports.prune,
        }

    async def _forget_uploads(self) -> None:
        for id in await self.media.forget_unsent(UNSENT, MOST_FORGOTTEN):
            await self.files.remove(id)


def _limits(config: Config) -> Limits:
    given = config.database
    return Limits(
        pool=given.pool_size,
        acquire=given.acquire,
        command=given.command,
        statement=given.statement_timeout,
        lock=given.lock_timeout,
        idle_in_transaction=given.idle_in_transaction,
        client_check=given.client_check,
    )


def _beside_the_app(config: Config) -> tuple[NoticeChannel, ...]:
    """How people are told of alerts beside the app."""
    given = config.notify
    addresses = {NoticeChannel.EMAIL: given.email.smtp_url, NoticeChannel.SLACK: given.slack.webhook_url}
    return tuple(channel for channel, address in addresses.items() if address)


def _notifications(config: Config) -> Kept:
    given = config.retention
    return Kept(timedelta(seconds=given.notifications_read), timedelta(seconds=given.notifications))


def _retained(config: Config) -> Retained:
    given = config.retention
    return Retained(
        timedelta(seconds=config.outbox.status_keep),
        timedelta(seconds=given.quarantine),
        timedelta(seconds=given.events),
        timedelta(seconds=given.transactions),
    )


def _sign_ins(config: Config) -> Lifetime:
    return Lifetime(config.auth.refresh_ttl, config.auth.refresh_idle)


def _throttle(config: Config) -> Throttle:
    return Throttle(account=config.auth.login_attempts, window=config.auth.login_window)


def _webhooks(config: Config) -> tuple[timedelta, Keeping]:
    given = config.webhooks
    keeping = Keeping(timedelta(seconds=given.keep_delivered), timedelta(seconds=given.keep_dead))
    return timedelta(seconds=given.lease), keeping
