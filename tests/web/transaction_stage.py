"""Drafts of transactions as they are put together for real; only the back end is played."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import aiojobs
from attrs import define, evolve

from hub.api_key import NewApiKey, Scope
from hub.errors import Ambiguous, CircuitOpen, HubError, IntegrationError, NotFound
from hub.ids import uuid7
from hub.inbound import InboundMessage, Party
from hub.integration.call import Call
from hub.integration.transaction import DraftRequest, ProviderCommit, ProviderDraft
from hub.integration.transaction import DraftState as ProviderState
from hub.message import Content, ContentType
from hub.money import Money
from hub.rights import Reader, Role
from hub.transaction.answer import DraftAnswer
from hub.transaction.draft import Draft
from hub.user import User
from storage.approval import ApprovalRows
from storage.database import Database
from storage.transaction import TransactionDraftStore
from tests.web.desk_stage import WHATSAPP, DeskStage, staged_desk
from web.routes import Route
from web.transaction_desk import Means, TransactionDesk
from web.transaction_metrics import TransactionMetrics


@define
class Kept:
    """A draft as the back end keeps it."""

    external_id: str
    request: DraftRequest
    state: ProviderState = ProviderState.OPEN
    transaction_id: str | None = None

    def told(self) -> ProviderDraft:
        asked = self.request
        return ProviderDraft(
            self.external_id,
            self.state,
            self.state.value,
            asked.amount,
            asked.currency,
            asked.customer_ref,
            asked.description,
            self.transaction_id,
        )


class BackEnd:
    """Keeps drafts and commits each once. `next` plans what the following calls of an operation meet: `lost before` and
    `lost after` it took effect, `refused`, `open` (the circuit). `gate` holds commits back until it is set."""

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}
        self.by_key: dict[str, str] = {}
        self.calls: Counter[str] = Counter()
        self.moved: list[Decimal] = []
        self.next: dict[str, deque[str]] = {}
        self.gate = asyncio.Event()
        self.gate.set()

    def plan(self, operation: str, *outcomes: str) -> None:
        """What the next calls of this operation meet."""
        self.next.setdefault(operation, deque()).extend(outcomes)

    def configured(self, integration: str) -> bool:
        return True

    def _meets(self, operation: str) -> str:
        self.calls[operation] += 1
        planned = self.next.get(operation)
        return planned.popleft() if planned else "ok"

    def _before(self, met: str) -> None:
        problem: dict[str, HubError] = {
            "lost before": Ambiguous(),
            "refused": IntegrationError(),
            "open": CircuitOpen(retry_after=30),
        }
        if met in problem:
            raise problem[met]

    async def create_draft(self, call: Call, draft: DraftRequest, key: str, *, deadline: float) -> ProviderDraft:
        met = self._meets("create")
        self._before(met)
        external_id = self.by_key.setdefault(key, f"ext-{len(self.kept) + 1}")
        kept = self.kept.setdefault(external_id, Kept(external_id, draft))
        if met == "lost after":
            raise Ambiguous
        told = kept.told()
        return evolve(told, amount=Decimal(1)) if met == "wrong" else told

    async def draft(self, call: Call, external_id: str, *, deadline: float) -> ProviderDraft:
        met = self._meets("get")
        self._before(met)
        if external_id not in self.kept:
            raise NotFound
        told = self.kept[external_id].told()
        return evolve(told, amount=Decimal(1)) if met == "wrong" else told

    async def commit_draft(self, call: Call, external_id: str, key: str, *, deadline: float) -> ProviderCommit:
        met = self._meets("commit")
        await self.gate.wait()
        self._before(met)
        kept = self.kept[external_id]
        if kept.transaction_id is None:
            kept.state, kept.transaction_id = ProviderState.COMMITTED, f"tx-{len(self.moved) + 1}"
            self.moved.append(kept.request.amount)
        if met == "lost after":
            raise Ambiguous
        return ProviderCommit(kept.transaction_id, kept.request.amount, kept.request.currency)

    async def cancel_draft(self, call: Call, external_id: str, key: str, *, deadline: float) -> None:
        self._before(self._meets("cancel"))
        self.kept[external_id].state = ProviderState.CANCELLED


class TransactionStage(DeskStage):
    """The desk, a sales team with a supervisor and an AI agent's key, and drafts."""

    team_id: UUID
    supervisor: User
    supervises: dict[str, str]
    conversation_id: UUID
    party_of_sales: Party
    call: Call

    def __init__(self, database: Database, errands: aiojobs.Scheduler, directory: Path) -> None:
        super().__init__(database, errands, directory)
        self.back_end = BackEnd()
        self.transaction_drafts = TransactionDraftStore(
            database, self.audit, self.dead_letters, lambda id: f"customer:{id.hex[:4]}", timedelta(hours=24)
        )
        self.approvals = ApprovalRows(database)
        self.transactions = TransactionDesk(
            Means(
                self.config,
                self,
                self.system,
                self.back_end,  # type: ignore[arg-type]  # what drafts do not ask for is not there
                errands.spawn,
                1,
                TransactionMetrics(self.figures),
            )
        )
        self.drafts_of_ai = self.transactions.drafts
        self.errands = errands
        self._looking: asyncio.Task[None] | None = None

    def routes(self) -> list[Route]:
        return [*super().routes(), *self.transactions.routes(self.cursors)]

    async def settle(self) -> None:
        await super().settle()
        await self.execute("update teams set kind = 'sales' where id = $1", self.team_id)
        self.supervisor, self.supervises = await self.somebody(Role.SUPERVISOR, in_team=True)
        key, _ = await self.api_keys.create(NewApiKey("Helper", Scope.AI))
        self.key_id = key.id
        await self.begin()
        self.look()

    async def begin(self) -> None:
        """A new customer of the sales team writes."""
        self.party_of_sales = self.party()
        self.conversation_id = await self.says("I want two chairs", self.party_of_sales)
        await self.alter(self.conversation_id, team_id=self.team_id)
        self.call = Call(uuid7(), f"ai:{self.key_id}", self.conversation_id)

    @property
    def supervisor_reader(self) -> Reader:
        """The supervisor, as a question about conversations asks for him."""
        return Reader(self.supervisor.id, Role.SUPERVISOR, frozenset({self.team_id}))

    def look(self) -> None:
        """From now on drafts are seen to."""
        self._looking = asyncio.create_task(self.transactions.run())

    async def stop_looking(self) -> None:
        """Nobody sees to drafts any more."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
            self._looking = None

    async def execute(self, statement: str, *arguments: Any) -> None:
        """Changes something behind everybody's back."""
        async with self.database.acquire() as connection:
            await connection.execute(statement, *arguments)

    # What the AI and the customer do

    async def customer_id(self) -> UUID:
        """The customer's."""
        return UUID(str(await self.value("select customer_id from conversations where id = $1", self.conversation_id)))

    async def make(self, amount: str = "60.00") -> DraftAnswer:
        """The AI makes a draft."""
        money = Money(int(Decimal(amount) * 100), "USD")
        return await self.drafts_of_ai.create(self.call, await self.customer_id(), money, "Two chairs")

    async def replies(self, text: str, button: str | None = None) -> None:
        """The customer writes, or presses a button."""
        facts = {"interactive": {"type": "button_reply", "id": button}} if button else {}
        kind = ContentType.INTERACTIVE if button else ContentType.TEXT
        message = InboundMessage(
            f"wamid.in.{uuid7()}", self.party_of_sales, self.clock(), Content(kind, text, metadata=facts)
        )
        await self.intake.take_in(WHATSAPP, [message])

    async def row(self, draft_id: UUID) -> Draft:
        """The draft as it is stored."""
        found = await self.transaction_drafts.find(draft_id)
        assert found is not None
        return found

    async def agreed(self, amount: str = "60.00") -> tuple[UUID, str]:
        """A draft that the customer has agreed to, and the token."""
        made = await self.make(amount)
        await self.replies("Confirm", "cfm:" + (await self.row(made.id)).asked.nonce)
        await self.until(made.id, "confirmed")
        token = (await self.drafts_of_ai.get(self.call, made.id)).confirmation.token
        assert token is not None
        return made.id, token

    async def until(self, draft_id: UUID, *states: str, patience: float = 20.0) -> Draft:
        """The draft once it has got there."""
        async with asyncio.timeout(patience):
            while (draft := await self.row(draft_id)).state not in states:
                await asyncio.sleep(0.02)
        return draft

    async def hurry(self, draft_id: UUID, **by: float) -> None:
        """What is due in so long is due now: the row's own times are moved back."""
        columns = ("due", "expires_at", "confirmed_until", "approval_until", "searched_since", "claimed_until")
        moved = ", ".join(f"{name} = {name} - $2::interval" for name in columns)
        await self.execute(f"update transaction_drafts set {moved} where id = $1", draft_id, timedelta(**by))

    async def trail(self, draft_id: UUID) -> list[dict[str, Any]]:
        """The audit's rows of a draft."""
        async with self.database.acquire() as connection:
            rows = await connection.fetch(
                "select body::jsonb as row from audit_log where body::jsonb ->> 'draft_id' = $1 order by seq",
                str(draft_id),
            )
        return [row["row"] for row in rows]


@asynccontextmanager
async def staged_transactions(database: Database, aiohttp_client: Any) -> AsyncIterator[TransactionStage]:
    """A running desk with drafts."""
    async with staged_desk(database, aiohttp_client, TransactionStage) as stage:
        try:
            yield stage
        finally:
            await stage.stop_looking()
