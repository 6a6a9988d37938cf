"""Drafts of transactions for agents: what an AI agent is about in a conversation, and an end to it.

An agent can give a draft up. Nobody but the customer can confirm one.
"""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.clock import from_rfc3339
from hub.errors import DraftStateConflict, NotFound
from hub.ids import uuid7
from hub.integration.call import Call
from hub.ports import ConversationReader
from hub.rights import Permission
from hub.transaction.draft import Draft
from hub.transaction.state import DraftState
from hub.transaction.store import DraftReader
from web import answers
from web.body import path_id, query
from web.cursors import Cursors
from web.paging import Page
from web.principal import Principal, principal
from web.routes import Route, Section


@frozen
class TransactionDraftSeen:
    """A draft. `ai_description` is what the AI agent wrote; `reason` is the hub's word for why it ended."""

    id: UUID
    conversation_id: UUID
    customer_id: UUID
    state: DraftState
    amount: str
    currency: str
    ai_description: dict[str, str]
    risk: tuple[str, ...]
    reason: str | None
    transaction_id: str | None
    created_at: datetime
    expires_at: datetime


@frozen
class TransactionDraftsSeen:
    """A page of drafts, the newest first."""

    data: tuple[TransactionDraftSeen, ...]
    next_cursor: str | None


class Cancelling(Protocol):
    """Where drafts are given up."""

    async def cancel(self, call: Call, draft_id: UUID) -> object:
        """Raises NotFound, DraftStateConflict."""


def seen(draft: Draft) -> dict[str, Any]:
    """A draft as agents see it: without what the customer confirms with."""
    return {
        "id": draft.id,
        "conversation_id": draft.conversation_id,
        "customer_id": draft.customer_id,
        "state": draft.state,
        **draft.amount.view(),
        "ai_description": {"untrusted_text": draft.description},
        "risk": draft.risk,
        "reason": draft.reason,
        "transaction_id": draft.transaction_id,
        "created_at": draft.created_at,
        "expires_at": draft.expires_at,
    }


@frozen
class TransactionDraftDoors:
    """The doors of drafts."""

    drafts: DraftReader
    cancelling: Cancelling
    conversations: ConversationReader
    cursors: Cursors

    async def index(self, request: web.Request) -> web.Response:
        """A conversation's drafts, the newest first. Raises NotFound."""
        who, asked, conversation_id = principal(request), query(request, Page), path_id(request)
        await self._require(who, conversation_id)
        listing = f"transaction drafts:{conversation_id}"
        after = self.cursors.open(listing, asked.cursor) if asked.cursor else None
        place = (from_rfc3339(after[0]), UUID(after[1])) if after else None
        found = await self.drafts.of_conversation(conversation_id, place, asked.limit + 1)
        page = self.cursors.page(
            listing, found, asked.limit, after=lambda draft: (draft.created_at.isoformat(), draft.id), show=seen
        )
        return answers.json(page)

    async def get(self, request: web.Request) -> web.Response:
        """One draft. Raises NotFound."""
        return answers.json(seen(await self._visible(request)))

    async def cancel(self, request: web.Request) -> web.Response:
        """Gives a draft up. Raises NotFound, DraftStateConflict."""
        draft = await self._visible(request)
        await self.cancelling.cancel(Call(uuid7(), principal(request).key, draft.conversation_id), draft.id)
        return answers.json(seen(await self._visible(request)))

    async def _visible(self, request: web.Request) -> Draft:
        draft = await self.drafts.find(path_id(request))
        if draft is None:
            raise NotFound
        await self._require(principal(request), draft.conversation_id)
        return draft

    async def _require(self, who: Principal, conversation_id: UUID) -> None:
        if await self.conversations.visible(who.reader, conversation_id) is None:
            raise NotFound

    def routes(self) -> list[Route]:
        """Under conversations and `transaction-drafts`."""
        of_conversation = Section("transactions", "/api/v1/conversations").route
        route = Section("transactions", "/api/v1/transaction-drafts").route
        look, act, one = Permission.TRANSACTIONS_READ, Permission.CONVERSATIONS_WRITE, TransactionDraftSeen
        return [
            of_conversation(
                "GET",
                "/{id}/transaction-drafts",
                self.index,
                "A conversation's drafts of transactions",
                look,
                query=Page,
                returns=TransactionDraftsSeen,
                errors=(NotFound,),
            ),
            route("GET", "/{id}", self.get, "One draft", look, returns=one, errors=(NotFound,)),
            route(
                "POST",
                "/{id}/cancel",
                self.cancel,
                "Give a draft up",
                act,
                returns=one,
                errors=(NotFound, DraftStateConflict),
                idempotent=True,
            ),
        ]
