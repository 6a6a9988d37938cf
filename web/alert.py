"""Alerts: supervisors see what needs them."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import attrs
from aiohttp import web
from attrs import frozen

from hub.alert import Alert, AlertState, Rule, Severity, Word
from hub.alert_text import text as words
from hub.alert_text import title
from hub.clock import from_rfc3339
from hub.rights import Permission, Reader
from web import answers
from web.body import query
from web.cursors import MOST_CHARACTERS, Cursors
from web.fields import number, text
from web.paging import MOST, USUAL
from web.principal import principal
from web.routes import Route, Section


class Alerts(Protocol):
    """Where alerts are kept. Raises Unavailable when the database is away."""

    async def page(
        self,
        reader: Reader,
        state: AlertState | None,
        rule: Rule | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> list[Alert]:
        """The newest first, by when they last grew: those of no team, and those of the reader's teams."""


@frozen
class AlertsAsked:
    """A page of alerts: those that fire or those that are over, of one rule, or all."""

    state: AlertState | None = None
    rule: Rule | None = None
    limit: int = number(1, MOST, default=USUAL)
    cursor: str | None = text(most=MOST_CHARACTERS, default=None)


@frozen
class AlertSeen:
    """An alert: one rule about one subject (an integration, a draft, a conversation, an AI principal).

    `occurrences` counts what it is made of, `times` how often it began within a quarter of an hour of the time before;
    `told_at` is when people were told last.
    """

    id: UUID
    rule: Rule
    severity: Severity
    subject: str
    state: AlertState
    title: str
    text: str
    occurrences: int
    times: int
    conversation_id: UUID | None
    team_id: UUID | None
    first_at: datetime
    last_at: datetime
    told_at: datetime | None
    resolved_at: datetime | None


@frozen
class AlertsSeen:
    """A page of alerts, the newest first."""

    data: tuple[AlertSeen, ...]
    next_cursor: str | None


def seen(alert: Alert) -> AlertSeen:
    """An alert as the outside sees it."""
    made: dict[str, Any] = {"title": title(alert), "text": words(alert, Word.BEGAN, "")}
    names = {field.name for field in attrs.fields(AlertSeen)} - made.keys()
    return AlertSeen(**{name: getattr(alert, name) for name in names}, **made)


@frozen
class AlertDoors:
    """The doors of alerts."""

    alerts: Alerts
    cursors: Cursors

    async def index(self, request: web.Request) -> web.Response:
        """The newest first."""
        who, asked = principal(request), query(request, AlertsAsked)
        listing = f"alerts:{who.user_id}:{asked.state}:{asked.rule}"
        after = self.cursors.open(listing, asked.cursor) if asked.cursor else None
        place = (from_rfc3339(after[0]), UUID(after[1])) if after else None
        found = await self.alerts.page(who.reader, asked.state, asked.rule, place, asked.limit + 1)
        return answers.json(
            self.cursors.page(
                listing, found, asked.limit, after=lambda one: (one.last_at.isoformat(), one.id), show=seen
            )
        )

    def routes(self) -> list[Route]:
        """Everything under `alerts`."""
        route = Section("alerts", "/api/v1/alerts").route
        look = Permission.ALERTS_READ
        return [route("GET", "", self.index, "Alerts", look, query=AlertsAsked, returns=AlertsSeen)]
