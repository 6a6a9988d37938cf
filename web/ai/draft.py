"""A draft as it stands, for an AI agent that waits for a customer or a person. Looking does not count as a call."""

from typing import Any
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.ai.permission import permit
from hub.ai.session import AiCaller
from hub.ai.subject import Subjects
from hub.ai.tool import Tool
from hub.errors import (
    AiDetached,
    ConversationClosed,
    ConversationNotAccessible,
    InsufficientScope,
    LimitReached,
    NotFound,
    ToolDisabled,
    ToolNotPermitted,
    Unauthenticated,
)
from hub.ids import uuid7
from hub.integration.call import Call
from hub.transaction.ports import TransactionDrafts
from web import answers
from web.ai.access import AiAccess
from web.ai.session import accessible
from web.body import path_id, query
from web.chat_app.pace import Pace
from web.routes import Route, Section


@frozen
class DraftAsked:
    """In which conversation it has to be. A session knows its own; a key may leave it open."""

    conversation_id: UUID | None = None


@frozen
class AiDraftSeen:
    """A draft. The confirmation's token is there once the customer has confirmed."""

    draft_id: UUID
    state: str
    amount: str
    currency: str
    description: str
    expires_at: str
    confirmation: dict[str, Any]
    reason: str | None
    transaction_id: str | None


@frozen
class AiDraftDoors:
    """The door of drafts. `tool` is the one whose permission it takes."""

    access: AiAccess
    subjects: Subjects
    drafts: TransactionDrafts
    tool: Tool
    pace: Pace

    async def get(self, request: web.Request) -> web.Response:
        """How it stands. Raises NotFound, also for a draft of another conversation."""
        caller, draft_id = await self.access.caller(request), path_id(request)
        self.pace.take(caller.key)
        subject = await accessible(self.subjects, await self._conversation(caller, draft_id, request))
        permit(self.tool, caller, subject)
        found = await self.drafts.get(Call(uuid7(), caller.key, subject.conversation_id), draft_id)
        return answers.json(found.view())

    async def _conversation(self, caller: AiCaller, draft_id: UUID, request: web.Request) -> UUID:
        """The session's, the one that is named, or the draft's own. Raises NotFound, ConversationNotAccessible."""
        named = query(request, DraftAsked).conversation_id
        if caller.conversation_id is not None and named not in (None, caller.conversation_id):
            raise ConversationNotAccessible
        found = caller.conversation_id or named or await self.subjects.of_draft(draft_id)
        if found is None:
            raise NotFound
        return found

    def routes(self) -> list[Route]:
        """The one route."""
        return [
            Section("ai agent", "/ai/v1/drafts").route(
                "GET",
                "/{id}",
                self.get,
                "How a draft stands",
                query=DraftAsked,
                returns=AiDraftSeen,
                errors=(
                    Unauthenticated,
                    InsufficientScope,
                    ConversationNotAccessible,
                    ToolDisabled,
                    ToolNotPermitted,
                    ConversationClosed,
                    AiDetached,
                    NotFound,
                    LimitReached,
                ),
            )
        ]
