"""What decides over tools, in PostgreSQL: the ports `Subjects` and `Switches` of `hub.ai.subject`."""

from uuid import UUID

from attrs import frozen

from hub.ai.subject import Subject, Switch
from hub.conversation.state import Status
from hub.team import TeamKind
from storage.customer import to_customer
from storage.database import Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `ai_subject.sql`."""

    subject: str
    of_draft: str
    off: str
    switch_off: str
    switch_on: str


SQL = load("ai_subject.sql", Sql)


class SubjectStore:
    """Always asks the database, so that every replica decides alike. Raises Unavailable when it is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def subject(self, conversation_id: UUID) -> Subject | None:
        """The conversation; None when there is none."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.subject, conversation_id)
        if row is None:
            return None
        return Subject(
            conversation_id=row["conversation_id"],
            status=Status(row["status"]),
            channel_type=row["channel_type"],
            team_kind=TeamKind(row["team_kind"]) if row["team_kind"] else None,
            customer=to_customer(row),
            ai_epoch=row["ai_epoch"],
            disabled=frozenset(row["disabled"]),
        )

    async def of_draft(self, draft_id: UUID) -> UUID | None:
        """The conversation of a draft; None when there is no such draft."""
        async with self._database.acquire() as connection:
            found: UUID | None = await connection.fetchval(SQL.of_draft, draft_id)
        return found

    async def off(self) -> dict[str, Switch]:
        """The tools that are switched off, by name."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.off)
        return {row["tool"]: Switch(row["tool"], row["by_id"], row["by_name"]) for row in rows}

    async def switch_off(self, switch: Switch) -> None:
        """Switches a tool off; it stays with whoever did so first."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.switch_off, switch.tool, switch.by_id, switch.by_name)

    async def switch_on(self, tool: str) -> None:
        """Switches a tool on again."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.switch_on, tool)
