"""Alerts in PostgreSQL. One replica at a time looks at what holds and writes, in one commit, what became of each alert
and what is to be told of it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import orjson
from attrs import frozen

from hub.alert import COOLDOWN, Alert, AlertState, Condition, Rule, Severity, Verdict, Word, weigh
from hub.alert_text import text, title
from hub.ids import uuid7
from hub.notice import NoticeChannel
from hub.rights import Reader
from storage.database import Connection, Database
from storage.portions import in_portions
from storage.sql import load


@frozen
class Sql:
    """The queries of `alert.sql`."""

    alone: str
    holding: str
    known: str
    keep: str
    recipients: str
    tell: str
    page: str
    firing: str
    prune: str


SQL = load("alert.sql", Sql)

MOST_RECIPIENTS = 50
"""People told of one alert; beyond it only the first fifty are."""

KEPT = timedelta(days=90)
"""How long an alert that is over is kept."""


def to_alert(row: asyncpg.Record) -> Alert:
    """A row of `known` or `page`."""
    return Alert(**dict(row))


class AlertStore:
    """The alerts. Every method raises Unavailable when the database is away."""

    def __init__(self, database: Database, channels: Collection[NoticeChannel] = (), url: str = "") -> None:
        """`channels`: how people are told beside the app. `url`: the hub's address, for links."""
        self._database = database
        self._beside = tuple(channels)
        self._url = url

    async def look(self, now: datetime) -> list[Verdict]:
        """Looks at what holds and notes what follows; answers what changed. Nothing while another replica looks."""
        async with self._database.transaction() as connection:
            if not await connection.fetchval(SQL.alone):
                return []
            holding = [Condition(**dict(row)) for row in await connection.fetch(SQL.holding)]
            rows = await connection.fetch(SQL.known, now - COOLDOWN)
            known = {alert.key: alert for alert in map(to_alert, rows)}
            verdicts = weigh(known, holding, now, uuid7)
            for verdict in verdicts:
                await self._note(connection, verdict)
        return verdicts

    async def _note(self, connection: Connection, verdict: Verdict) -> None:
        alert = verdict.alert
        await connection.execute(
            SQL.keep,
            alert.id,
            alert.rule.value,
            alert.subject,
            alert.state.value,
            alert.occurrences,
            alert.times,
            alert.told,
            alert.told_occurrences,
            alert.told_at,
            alert.first_at,
            alert.last_at,
            alert.resolved_at,
            alert.conversation_id,
            alert.team_id,
            orjson.dumps(dict(alert.facts)),
        )
        if verdict.word is not None:
            await self._tell(connection, alert, verdict.word)

    async def _tell(self, connection: Connection, alert: Alert, word: Word) -> None:
        critical = alert.severity is Severity.CRITICAL
        rows = await connection.fetch(SQL.recipients, alert.team_id, critical, MOST_RECIPIENTS)
        people = [row["id"] for row in rows]
        wanted: list[tuple[UUID, str, UUID | None]] = [(uuid7(), NoticeChannel.IN_APP.value, id) for id in people]
        if NoticeChannel.EMAIL in self._beside:
            wanted += [(uuid7(), NoticeChannel.EMAIL.value, id) for id in people]
        if NoticeChannel.SLACK in self._beside:
            wanted.append((uuid7(), NoticeChannel.SLACK.value, None))
        if wanted:
            ids, channels, users = zip(*wanted, strict=True)
            said = (title(alert, word), text(alert, word, self._url), critical and word is not Word.OVER)
            await connection.execute(SQL.tell, alert.id, *said, list(ids), list(channels), list(users))

    async def page(
        self,
        reader: Reader,
        state: AlertState | None,
        rule: Rule | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> list[Alert]:
        """The newest first, by when they last grew: those of no team, and those of the reader's teams."""
        place = after or (None, None)
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.page, *place, state, rule, list(reader.team_ids), reader.all, limit)
        return [to_alert(row) for row in rows]

    async def firing(self) -> dict[str, int]:
        """How many fire, of each rule."""
        async with self._database.acquire() as connection:
            return {row["rule"]: row["alerts"] for row in await connection.fetch(SQL.firing)}

    async def prune(self) -> int:
        """Forgets what was over long ago; answers how many."""
        return await in_portions(self._forget)

    async def _forget(self, portion: int) -> int:
        async with self._database.acquire() as connection:
            count: int = await connection.fetchval(SQL.prune, KEPT, portion)
        return count
