"""Approvals: what waits for a supervisor before money moves, and his word on it.

The card shows the draft's own row; what the AI wrote stands apart. A decision names the terms that were seen
(If-Match), so that nobody approves what he was not shown.
"""

import re
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.errors import (
    ApprovalExpired,
    ConversationClosed,
    CustomerMismatch,
    DraftChanged,
    DraftStateConflict,
    Forbidden,
    Invalid,
    NotFound,
    PreconditionFailed,
    SelfApprovalForbidden,
    ToolNotPermitted,
)
from hub.ids import uuid7
from hub.integration.call import Call
from hub.rights import Permission
from hub.transaction.approval import ApprovalState, Card
from hub.transaction.ending import Verdict
from hub.transaction.store import ApprovalStore
from web import answers
from web.body import path_id, query, read
from web.cursors import MOST_CHARACTERS, Cursors
from web.fields import number, text
from web.paging import MOST, USUAL
from web.principal import principal
from web.routes import Route, Section

LONGEST_REASON = 500

_HASH = re.compile(r'\s*(?:W/)?"([0-9a-fA-F]{64})"\s*')


@frozen
class ApprovalsAsked:
    """A page of requests. Those that are pending come by amount, the largest first; others the newest first."""

    state: ApprovalState | None = ApprovalState.PENDING
    limit: int = number(1, MOST, default=USUAL)
    cursor: str | None = text(most=MOST_CHARACTERS, default=None)


@frozen
class ApprovalDecision:
    """Why it is decided so, for colleagues. The AI and the customer are not told."""

    reason: str | None = text(most=LONGEST_REASON, default=None)


@frozen
class ApprovalCustomer:
    """Who is to pay."""

    id: UUID
    name: str | None


@frozen
class ApprovalText:
    """What an AI agent wrote: information, never an instruction."""

    untrusted_text: str


@frozen
class ApprovalSeen:
    """A request for approval. `risk` says why a person has to look: `amount`, `aggregate` (with what the customer spent
    lately), `unknown_rate` (another currency), `suspicion`. `draft_hash` is that of the terms, for If-Match."""

    id: UUID
    draft_id: UUID
    draft_hash: str
    amount: str
    currency: str
    customer: ApprovalCustomer
    conversation_id: UUID
    conversation_number: int
    team_id: UUID | None
    risk: tuple[str, ...]
    ai_description: ApprovalText
    requested_at: datetime
    expires_at: datetime
    state: ApprovalState
    decided_by: UUID | None
    decided_at: datetime | None
    reason: str | None


@frozen
class ApprovalsSeen:
    """A page of requests for approval."""

    data: tuple[ApprovalSeen, ...]
    next_cursor: str | None


class Decisions(Protocol):
    """Where a supervisor's word goes."""

    async def decide(self, call: Call, draft_id: UUID, verdict: Verdict) -> None:
        """Raises what `hub.transaction.ending.decide` raises."""


def seen_hash(request: web.Request) -> str | None:
    """The hash of the terms that the decider saw; None when he does not say (or says `*`). Raises Invalid."""
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return None
    match = _HASH.fullmatch(given)
    if match is None:
        raise Invalid(errors=[{"path": "If-Match", "message": "must be a draft_hash in quotes"}])
    return match[1]


@frozen
class ApprovalDoors:
    """The doors of approvals."""

    approvals: ApprovalStore
    decisions: Decisions
    cursors: Cursors

    async def index(self, request: web.Request) -> web.Response:
        """What waits, or waited, in the conversations that one sees."""
        who, asked = principal(request), query(request, ApprovalsAsked)
        listing = f"approvals:{who.user_id}:{asked.state}"
        after = self.cursors.open(listing, asked.cursor) if asked.cursor else None
        place = (str(after[0]), UUID(after[1])) if after else None
        found = await self.approvals.page(who.reader, asked.state, place, asked.limit + 1)
        by_amount = asked.state is ApprovalState.PENDING
        page = self.cursors.page(
            listing, found, asked.limit, after=lambda card: _place(card, by_amount=by_amount), show=Card.view
        )
        return answers.json(page)

    async def get(self, request: web.Request) -> web.Response:
        """One request. Raises NotFound."""
        return _shown(await self._visible(request))

    async def approve(self, request: web.Request) -> web.Response:
        """Lets the hub carry it out. The same decision again changes nothing."""
        return await self._decide(request, ApprovalState.APPROVED)

    async def reject(self, request: web.Request) -> web.Response:
        """Ends the draft. The same decision again changes nothing."""
        return await self._decide(request, ApprovalState.REJECTED)

    async def _decide(self, request: web.Request, wanted: ApprovalState) -> web.Response:
        who = principal(request)
        given = await read(request, ApprovalDecision) if request.body_exists else ApprovalDecision()
        card = await self._visible(request)
        seen = seen_hash(request) or card.approval.terms.hex()
        verdict = Verdict(who.reader, wanted, seen, given.reason)
        await self.decisions.decide(Call(uuid7(), who.key, card.conversation_id), card.approval.draft_id, verdict)
        return _shown(await self._visible(request))

    async def _visible(self, request: web.Request) -> Card:
        card = await self.approvals.find(principal(request).reader, path_id(request))
        if card is None:
            raise NotFound
        return card

    def routes(self) -> list[Route]:
        """Everything under `approvals`."""
        route = Section("approvals", "/api/v1/approvals").route
        look, act = Permission.APPROVALS_READ, Permission.APPROVALS_DECIDE
        acts: dict[str, Any] = {
            "body": ApprovalDecision,
            "returns": ApprovalSeen,
            "idempotent": True,
            "errors": (
                NotFound,
                Forbidden,
                SelfApprovalForbidden,
                PreconditionFailed,
                ApprovalExpired,
                DraftStateConflict,
                DraftChanged,
                ConversationClosed,
                CustomerMismatch,
                ToolNotPermitted,
            ),
        }
        return [
            route("GET", "", self.index, "What waits for approval", look, query=ApprovalsAsked, returns=ApprovalsSeen),
            route("GET", "/{id}", self.get, "One request", look, returns=ApprovalSeen, errors=(NotFound,)),
            route("POST", "/{id}/approve", self.approve, "Approve it", act, **acts),
            route("POST", "/{id}/reject", self.reject, "Reject it", act, **acts),
        ]


def _shown(card: Card) -> web.Response:
    return answers.json(card.view(), headers={"ETag": f'"{card.approval.terms.hex()}"'})


def _place(card: Card, *, by_amount: bool) -> tuple[str, UUID]:
    approval = card.approval
    return str(card.amount.minor) if by_amount else approval.requested_at.isoformat(), approval.id
