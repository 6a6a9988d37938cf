"""The AI agent's doors as they are put together for real; only the company's back ends are played."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from aiohttp import ClientResponse
from attrs import frozen

from hub.ai.toolbox import TOOLS
from hub.api_key import NewApiKey, Scope
from hub.errors import DraftStateConflict, NotFound
from hub.ids import uuid7
from hub.integration.call import Call, Fetched
from hub.integration.ticket import Ticket, TicketStatus
from hub.integration.transaction import Transaction, TransactionStatus
from hub.money import Money
from hub.redaction import Redactor
from hub.transaction.answer import CommitAnswer, CommitStatus, Confirmation, ConfirmationStatus, DraftAnswer
from hub.transaction.state import DraftState
from storage.ai_subject import SubjectStore
from storage.audit import Audit
from storage.database import Database
from storage.tool_call import ToolCallStore
from tests.web.desk_stage import DeskStage, staged_desk
from web.ai.gateway import AiGateway, World
from web.ai.metrics import AiMetrics
from web.routes import Route

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
TOKEN = "cft_" + "a" * 43


class BackEnds:
    """Ticketing and payments as they answer in these cases. `asked` is every call that reached them; `raises` is what
    they fail with; `gate` holds every answer back until it is set."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.tickets: tuple[Ticket, ...] = (Ticket("T-1", TicketStatus.OPEN, "new", subject="Late parcel"),)
        self.owners: dict[str, str] = {}
        self.raises: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.missing: set[str] = set()

    def configured(self, integration: str) -> bool:
        return integration not in self.missing

    async def _call(self, name: str, given: Any) -> None:
        self.asked.append((name, given))
        await self.gate.wait()
        if self.raises is not None:
            raise self.raises

    async def search_tickets(
        self, call: Call, customer_ref: str, status: TicketStatus | None = None, *, deadline: float
    ) -> Fetched[tuple[Ticket, ...]]:
        await self._call("search_tickets", (customer_ref, status))
        return Fetched(self.tickets, NOON)

    async def transaction(
        self, call: Call, id: str, customer_ref: str, *, deadline: float, fresh: bool = False
    ) -> Fetched[Transaction]:
        await self._call("transaction", (id, customer_ref))
        if self.owners.get(id) != customer_ref:
            raise NotFound
        amount = Decimal("145.00")
        return Fetched(Transaction(id, TransactionStatus.COMPLETED, "done", amount, "USD", customer_ref), NOON)


class Drafts:
    """Drafts that are kept in memory: what the tools hand on, and what they get back."""

    def __init__(self) -> None:
        self.made: dict[UUID, DraftAnswer] = {}
        self.asked: list[tuple[str, Any]] = []
        self.commit_status = CommitStatus.OK

    async def create(self, call: Call, customer_id: UUID, amount: Money, description: str) -> DraftAnswer:
        self.asked.append(("create", (call.conversation_id, customer_id, amount, description)))
        assert call.conversation_id is not None
        confirmation = Confirmation(ConfirmationStatus.ASKED)
        until = NOON + timedelta(minutes=30)
        state = DraftState.AWAITING_CONFIRMATION
        made = DraftAnswer(uuid7(), call.conversation_id, customer_id, state, amount, description, until, confirmation)
        self.made[made.id] = made
        return made

    async def commit(self, call: Call, draft_id: UUID, token: str, *, suspicion: int = 0) -> CommitAnswer:
        self.asked.append(("commit", (draft_id, token, suspicion)))
        return CommitAnswer(self.commit_status, await self.get(call, draft_id))

    async def get(self, call: Call, draft_id: UUID) -> DraftAnswer:
        found = self.made.get(draft_id)
        if found is None or found.conversation_id != call.conversation_id:
            raise NotFound
        return found

    async def cancel(self, call: Call, draft_id: UUID) -> DraftAnswer:
        await self.get(call, draft_id)
        raise DraftStateConflict(extra={"current_state": "committing"})


@frozen
class Line:
    """A conversation, its customer, and the headers of a session in it."""

    id: UUID
    customer_id: UUID
    headers: dict[str, str]


class AiStage(DeskStage):
    """The desk with the AI agent's doors, an AI agent's key, and a sales team."""

    def __init__(self, database: Database, *more: Any) -> None:
        super().__init__(database, *more)
        self.subjects, self.tool_calls = SubjectStore(database), ToolCallStore(database)
        self.audit = Audit(database)
        self.back_ends, self.drafts_of_tools = BackEnds(), Drafts()
        self.ai_metrics = AiMetrics(self.figures, TOOLS)

    def routes(self) -> list[Route]:
        self.gateway = AiGateway(
            World(
                config=self.config,
                stores=self,
                system=self.system,
                keys=self.key_access,
                integrations=self.back_ends,  # type: ignore[arg-type]  # what no tool asks for is not there
                drafts=self.drafts_of_tools,
                redactor=Redactor(b"k" * 32),
                metrics=self.ai_metrics,
                clock=self.clock,
            )
        )
        self.routes_served = [*super().routes(), *self.gateway.routes()]
        return self.routes_served

    async def settle(self) -> None:
        await super().settle()
        self.key_id, self.key = await self.ai_key()

    async def ai_key(self, name: str = "Helper") -> tuple[UUID, dict[str, str]]:
        """A new AI agent: its id, and its headers."""
        made, secret = await self.api_keys.create(NewApiKey(name, Scope.AI))
        return made.id, {"Authorization": f"Bearer {secret}"}

    async def sales(self) -> None:
        """Ana's team sells from now on."""
        async with self.database.acquire() as connection:
            await connection.execute("update teams set kind = 'sales' where id = $1", self.team_id)

    async def line(self, text: str = "Hello", headers: dict[str, str] | None = None) -> Line:
        """A customer writes, and an AI agent opens a session."""
        id = await self.says(text)
        answer = await self.client.post(
            "/ai/v1/sessions", json={"conversation_id": str(id)}, headers=headers or self.key
        )
        assert answer.status == 201, await answer.text()
        seen = await answer.json()
        return Line(id, UUID(seen["customer_id"]), {"Authorization": f"Bearer {seen['token']}"})

    async def call(
        self, line: Line, tool: str, arguments: Any, key: str | None = None, headers: dict[str, str] | None = None
    ) -> ClientResponse:
        """Calls a tool in a conversation."""
        more = {"Idempotency-Key": key} if key else {}
        body = {"conversation_id": str(line.id), "arguments": arguments}
        given = {**(headers or line.headers), **more}
        return await self.client.post(f"/ai/v1/tools/{tool}/call", json=body, headers=given)

    async def search(self, line: Line, **more: Any) -> ClientResponse:
        """The simplest call."""
        return await self.call(line, "search_tickets", {"customer_id": str(line.customer_id)}, **more)

    async def rows(self) -> list[dict[str, Any]]:
        """The audit, without what differs from run to run."""
        async with self.database.acquire() as connection:
            found = await connection.fetch("select body::json as body from audit_log order by seq")
        return [row["body"] for row in found]


async def problem(answer: ClientResponse) -> tuple[int, str]:
    """The status and the code of a refusal."""
    assert answer.content_type == "application/problem+json", await answer.text()
    return answer.status, (await answer.json())["code"]


@asynccontextmanager
async def staged_ai(database: Database, aiohttp_client: Any) -> AsyncIterator[AiStage]:
    """A running desk with the AI agent's doors."""
    async with staged_desk(database, aiohttp_client, AiStage) as stage:
        yield stage
