"""What back ends tell by webhook, each word once."""

from datetime import timedelta

from attrs import frozen

from hub.integration.webhook import Taken, Told
from storage.database import Database
from storage.portions import in_portions
from storage.sql import load

KEPT = timedelta(days=7)
"""How long webhooks are remembered: far longer than one may be late."""


@frozen
class Sql:
    """The queries of `integration_webhook.sql`."""

    was_told: str
    take: str
    told: str
    prune: str


SQL = load("integration_webhook.sql", Sql)


class IntegrationWebhookStore:
    """The port `hub.integration.webhook.IntegrationWebhooks`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, integration: str, told: Told) -> Taken:
        """Notes it, and says whether it is news."""
        async with self._database.acquire() as connection:
            older = await connection.fetchval(SQL.take, integration, told.id, told.subject, told.event_at, told.sha256)
            if older is None:
                was_told = await connection.fetchval(SQL.was_told, integration, told.id)
                return Taken.DUPLICATE if was_told else Taken.NEW
        return Taken.OLDER if older else Taken.NEW

    async def told(self, integration: str, id: str) -> None:
        """Replicas were told."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.told, integration, id)

    async def prune(self) -> int:
        """Forgets those that are too old to come again; answers how many."""
        return await in_portions(self._forget)

    async def _forget(self, portion: int) -> int:
        async with self._database.acquire() as connection:
            count: int = await connection.fetchval(SQL.prune, KEPT, portion)
        return count
