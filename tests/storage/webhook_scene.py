"""An event log and an endpoint, put straight into the tables."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import attrs

from hub.ids import uuid7
from hub.webhook.delivery import DeliveryState
from hub.webhook.endpoint import Wanted
from hub.webhook.retry import Answer, Decision
from storage.database import Database
from storage.webhook import EndpointStore
from storage.webhook_delivery import DeliveryStore
from storage.webhook_dispatch import Keeping, WebhookDispatch

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
WANTED = Wanted(
    url="https://example.com/hook",
    description="",
    event_types=("message.received", "queue.updated"),
    team_id=None,
    enabled=True,
)
LEASE = timedelta(seconds=30)
OK = Answer(204, None, 0.025)
DONE = Decision(DeliveryState.DELIVERED, "delivered")
FAILED = Answer(500, "status", 0.5, None, "oops")
AGAIN = Decision(DeliveryState.PENDING, "retried", 60.0)
DEAD = Decision(DeliveryState.DEAD, "dead")


class Scene:
    """One endpoint, one replica, a log that grows as told."""

    webhook_id: UUID

    def __init__(self, database: Database) -> None:
        self.database = database
        self.endpoints, self.deliveries = EndpointStore(database), DeliveryStore(database)
        self.dispatch = self.replica(1)
        self.seq = 0

    def replica(self, number: int) -> WebhookDispatch:
        """The store as a replica of this number has it."""
        return WebhookDispatch(self.database, number, LEASE, Keeping(timedelta(days=7), timedelta(days=30)))

    async def set(self, **wanted: Any) -> None:
        """Makes the endpoint, ours."""
        self.webhook_id = (await self.endpoints.create(attrs.evolve(WANTED, **wanted), "whsec_bmV3")).id
        await self.dispatch.hold()

    async def execute(self, statement: str, *arguments: Any) -> None:
        """Runs a statement."""
        async with self.database.acquire() as connection:
            await connection.execute(statement, *arguments)

    async def value(self, query: str, *arguments: Any) -> Any:
        """One value from the database."""
        async with self.database.acquire() as connection:
            return await connection.fetchval(query, *arguments)

    async def happens(
        self,
        conversation_id: UUID | None,
        type: str = "message.received",
        *,
        team_id: UUID | None = None,
        user_id: UUID | None = None,
    ) -> UUID:
        """An event, a second after the one before; its id."""
        self.seq, event_id = self.seq + 1, uuid7()
        await self.execute(
            """insert into events (seq, id, type, at, conversation_id, team_id, audience_user_id, data)
            values ($1, $2, $3, $4, $5, $6, $7, '{"text": "Olá"}')""",
            self.seq,
            event_id,
            type,
            NOON + timedelta(seconds=self.seq),
            conversation_id,
            team_id,
            user_id,
        )
        await self.execute("update journal_head set seq = $1", self.seq)
        return event_id

    async def fill(self, events: int = 100, backlog: int = 100) -> Any:
        """Makes deliveries of what has happened."""
        return await self.dispatch.fill(self.webhook_id, events, backlog)

    async def due(self, *busy: UUID) -> list[int]:
        """The numbers of what may go out."""
        return [due.seq for due in await self.dispatch.due(self.webhook_id, busy, 100)]

    async def settle(self, event_id: UUID, answer: Answer = OK, decision: Decision = DONE) -> None:
        """A try has ended."""
        await self.dispatch.settle(self.webhook_id, event_id, answer, decision)
