"""What decides over tools, in PostgreSQL: the ports `Subjects` and `Switches` of `hub.ai.subject`."""

from typing import Any
from uuid import UUID

from attrs import frozen

from hub.ai.subject import Subject, Switch
from hub.conversation.state import Status
from hub.decision import decided
from hub.team import TeamKind
from storage.audit import Audit
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
        self._database, self._audit = database, Audit(database)

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

    async def switch_off(self, switch: Switch, by: str) -> None:
        """Switches a tool off, on behalf of a principal; it stays with whoever did so first."""
        given = switch.tool, switch.by_id, switch.by_name
        await self._switch(SQL.switch_off, given, "disable_tool", by)

    async def switch_on(self, tool: str, by: str) -> None:
        """Switches a tool on again."""
        await self._switch(SQL.switch_on, (tool,), "enable_tool", by)

    async def _switch(self, query: str, given: tuple[Any, ...], what: str, by: str) -> None:
        async with self._database.transaction() as connection:
            at = await connection.fetchval(query, *given)
            if at is not None:
                await self._audit.append_in(connection, decided(by, what, at, args_redacted={"tool": given[0]}))
