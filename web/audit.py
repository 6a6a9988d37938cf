"""The audit for administrators: its rows, and whether it is whole."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from aiohttp import web
from attrs import frozen

from hub.audit_chain import Break, Row, Verified, Verifier
from hub.audit_reading import AuditReader, Sought
from hub.errors import AuditUnavailable
from hub.rights import Permission
from web import answers
from web.body import query
from web.cursors import MOST_CHARACTERS, Cursors
from web.fields import number, text
from web.paging import MOST, USUAL
from web.routes import Route, Section

STRETCH = 20_000
"""Rows that are verified in one request, if it does not say: some hundred milliseconds."""


@frozen
class AuditAsked:
    """Which rows: of a conversation, a call, a draft, an actor or a tool, written from `from` on and before `until`."""

    conversation_id: UUID | None = None
    call_id: UUID | None = None
    draft_id: UUID | None = None
    actor: str | None = text(most=100, default=None)
    tool: str | None = text(most=64, default=None)
    from_: datetime | None = None
    until: datetime | None = None
    limit: int = number(1, MOST, default=USUAL)
    cursor: str | None = text(most=MOST_CHARACTERS, default=None)


@frozen
class AuditRow:
    """A row. `hash` (SHA-256, hexadecimal) stands for it and all rows before it. Arguments are redacted; a customer
    appears under a pseudonym."""

    seq: int
    stream: str
    hash: str
    at: datetime
    call_id: UUID
    phase: str
    actor: str
    tool: str
    decision: str
    conversation_id: UUID | None
    customer: str | None
    problem: str | None
    args_redacted: dict[str, Any] | None
    args_hmac: str | None
    provider_status: int | None
    latency_ms: int | None
    draft_id: UUID | None
    state_before: str | None
    state_after: str | None
    approval_id: UUID | None
    consent_id: UUID | None


@frozen
class AuditRows:
    """A page of rows, the newest first."""

    data: tuple[AuditRow, ...]
    next_cursor: str | None


@frozen
class VerifyAsked:
    """From which row on, and how many; the row before the first is believed."""

    from_: int = number(1, 2**53, default=1)
    limit: int = number(1, 100_000, default=STRETCH)


@frozen
class AuditBreak:
    """The first thing that is wrong: at row `seq`; `since` is the last row before it that a signature vouches for."""

    seq: int
    flaw: str
    since: int


@frozen
class AuditVerified:
    """What a look found: rows `first` to `last` of a chain that ends at `head`. When not `complete` and nothing is
    broken, ask again from `last` + 1."""

    whole: bool
    complete: bool
    first: int
    last: int
    head: int
    checkpoints: int
    broken: AuditBreak | None


def shown(row: Row) -> dict[str, Any]:
    """A row with what its text says."""
    told = orjson.loads(row.body)
    return {"seq": row.seq, "stream": row.stream, "hash": row.hash.hex(), **told}


def seen(found: Verified) -> AuditVerified:
    """What a look found, for an answer."""
    broken: Break | None = found.broken
    return AuditVerified(
        whole=broken is None,
        complete=found.complete,
        first=found.first,
        last=found.last,
        head=found.head,
        checkpoints=found.checkpoints,
        broken=AuditBreak(broken.seq, broken.flaw.value, broken.since) if broken else None,
    )


@frozen
class AuditDoors:
    """The doors of the audit. Nothing here changes it."""

    audit: AuditReader
    verifier: Verifier
    cursors: Cursors

    async def index(self, request: web.Request) -> web.Response:
        """Rows, the newest first. Raises AuditUnavailable."""
        asked = query(request, AuditAsked)
        sought = Sought(
            conversation_id=asked.conversation_id,
            call_id=asked.call_id,
            draft_id=asked.draft_id,
            actor=asked.actor,
            tool=asked.tool,
            since=asked.from_,
            until=asked.until,
        )
        listing = f"audit:{sought}"
        before = self.cursors.open(listing, asked.cursor)[0] if asked.cursor else None
        rows = await self.audit.page(sought, before, asked.limit + 1)
        return answers.json(self.cursors.page(listing, rows, asked.limit, after=lambda row: (row.seq,), show=shown))

    async def verify(self, request: web.Request) -> web.Response:
        """Whether a stretch is whole. Raises AuditUnavailable."""
        asked = query(request, VerifyAsked)
        return answers.json(seen(await self.verifier.verify(asked.from_, asked.limit)))

    def routes(self) -> list[Route]:
        """Everything under `audit`."""
        route, read, away = Section("audit", "/api/v1/audit").route, Permission.AUDIT_READ, (AuditUnavailable,)
        return [
            route("GET", "", self.index, "The audit", read, query=AuditAsked, returns=AuditRows, errors=away),
            route(
                "GET",
                "/verify",
                self.verify,
                "Whether the audit is whole",
                read,
                query=VerifyAsked,
                returns=AuditVerified,
                errors=away,
            ),
        ]
