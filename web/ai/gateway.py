"""The AI tool gateway, put together: who may call, what is offered, the one way to a tool, and the doors over JSON."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from attrs import frozen

from actors.kernel import System
from hub.ai.arguments import Terms
from hub.ai.limits import Limits, ToolCalls
from hub.ai.subject import Subjects, Switches
from hub.ai.toolbox import GET_TRANSACTION_DRAFT, TOOLS
from hub.ai.work import Handler
from hub.audit import AuditLog
from hub.config import Config
from hub.dead_letter import DeadLetterBox
from hub.idempotency import Answers
from hub.integration.ports import Integrations
from hub.ports import ConversationReader, HistoryReader
from hub.redaction import Redactor
from hub.sanitiser import check
from hub.transaction.ports import TransactionDrafts
from web import keys
from web.ai.access import AiAccess
from web.ai.attachment import AttachmentDoors
from web.ai.discovery import Discovery
from web.ai.draft import AiDraftDoors
from web.ai.failed_reads import KeptFailures
from web.ai.handlers import Handlers
from web.ai.message import AiMessageDoors
from web.ai.metrics import AiMetrics
from web.ai.pipeline import Means, Pipeline
from web.ai.recorder import Recorder
from web.ai.repetition import Repetitions
from web.ai.session import SessionDoors
from web.ai.switch import SwitchDoors
from web.ai.tokens import SessionTokens
from web.ai.tool import ToolDoors
from web.chat_app.pace import Pace
from web.key_access import KeyAccess
from web.routes import Route

LOOKS_PER_MINUTE = 600
"""How often one key may read drafts and messages, and write those; above it 429."""


class SubjectsAndSwitches(Subjects, Switches, Protocol):
    """What decides over tools."""


class Stores(Protocol):
    """What the gateway reads and writes."""

    @property
    def subjects(self) -> SubjectsAndSwitches: ...
    @property
    def tool_calls(self) -> ToolCalls: ...
    @property
    def answers(self) -> Answers: ...
    @property
    def audit(self) -> AuditLog: ...
    @property
    def histories(self) -> HistoryReader: ...
    @property
    def conversations(self) -> ConversationReader: ...
    @property
    def dead_letters(self) -> DeadLetterBox: ...


@frozen(kw_only=True)
class World:
    """What the gateway stands on. A tool whose back end is not configured is not there."""

    config: Config
    stores: Stores
    system: System
    keys: KeyAccess
    integrations: Integrations
    drafts: TransactionDrafts
    redactor: Redactor
    metrics: AiMetrics
    clock: Callable[[], datetime]


class AiGateway:
    """One of a replica. `access`, `discovery` and `pipeline` are the same for every door."""

    def __init__(self, world: World) -> None:
        config = world.config
        signing = [secret.reveal() for secret in config.auth.secret]
        self._world = world
        self._recorder = Recorder(world.stores.audit, world.redactor, world.clock)
        self._tokens = SessionTokens(keys.ring(signing, "ai session"), int(config.ai.session_ttl))
        self._terms = Terms(config.ai.currency, config.ai.amount_max)
        self._pace = Pace.per_minute(LOOKS_PER_MINUTE)
        self.tools = {name: tool for name, tool in TOOLS.items() if world.integrations.configured(tool.integration)}
        self.limits = Limits.of(config.ai.calls_per_hour, config.ai.customer_calls_per_hour, config.ai.calls_per_minute)
        self.access = AiAccess(
            world.keys, self._tokens, config.server.public_url, world.metrics.refused, self._recorder.stranger
        )
        self.discovery = Discovery(self.tools, world.stores.subjects, world.stores.subjects)
        self.pipeline = Pipeline(self._means())

    def _means(self) -> Means:
        world = self._world
        stores = world.stores
        return Means(
            tools=self.tools,
            handlers=self._handlers(),
            subjects=stores.subjects,
            calls=stores.tool_calls,
            limits=self.limits,
            terms=self._terms,
            sanitise=check,
            repetitions=Repetitions(stores.answers),
            recorder=self._recorder,
            metrics=world.metrics,
            deadline=world.config.circuits.deadline,
        )

    def _handlers(self) -> dict[str, Handler]:
        """One per tool; failures of those that only read are kept."""
        world, stores = self._world, self._world.stores
        handlers = Handlers(world.integrations, world.drafts, stores.tool_calls, self._terms).by_name()
        kept = {
            name: KeptFailures(TOOLS[name], handler, stores.dead_letters)
            for name, handler in handlers.items()
            if TOOLS[name].read_only
        }
        return {**handlers, **kept}

    def routes(self) -> list[Route]:
        """The AI agent's doors over JSON, and those by which people look after it."""
        world, stores, access = self._world, self._world.stores, self.access
        body_limit = world.config.ai.argument_bytes
        doors = (
            SessionDoors(access, stores.subjects, self._tokens),
            ToolDoors(access, self.discovery, self.pipeline, self.limits, body_limit),
            AiDraftDoors(access, stores.subjects, world.drafts, GET_TRANSACTION_DRAFT, self._pace),
            AiMessageDoors(access, stores.subjects, stores.histories, world.system, self._pace),
            SwitchDoors(stores.subjects, TOOLS, self.tools),
            AttachmentDoors(world.system, stores.conversations, stores.audit, world.clock),
        )
        return [route for door in doors for route in door.routes()]
