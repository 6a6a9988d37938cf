"""Sessions: the AI agent gets a short-lived token for one conversation, to hand to whatever runs the model."""

from datetime import datetime
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.ai.session import ALL, AiScope
from hub.ai.subject import Subject, Subjects
from hub.errors import AiDetached, ConversationClosed, ConversationNotAccessible, InsufficientScope, Unauthenticated
from web import answers
from web.ai.access import AiAccess
from web.ai.tokens import SessionTokens
from web.body import read
from web.fields import items
from web.routes import Route, Section


@frozen
class SessionNew:
    """For which conversation, and what it may do: all of it, unless `scopes` narrow it."""

    conversation_id: UUID
    scopes: tuple[AiScope, ...] = items(least=1, most=len(AiScope), default=tuple(AiScope))


@frozen
class SessionSeen:
    """A session. `customer_id` is what tools take for the conversation's customer."""

    token: str
    expires_at: datetime
    conversation_id: UUID
    customer_id: UUID
    scopes: tuple[str, ...]


async def accessible(subjects: Subjects, conversation_id: UUID | None) -> Subject:
    """The conversation. Raises ConversationNotAccessible."""
    subject = await subjects.subject(conversation_id) if conversation_id is not None else None
    if subject is None:
        raise ConversationNotAccessible
    return subject


def require_attached(subject: Subject, epoch: int | None) -> None:
    """Raises ConversationClosed where it is over, AiDetached where a person has it, or had it since that epoch."""
    if subject.over:
        raise ConversationClosed
    if not subject.attached(epoch):
        raise AiDetached


@frozen
class SessionDoors:
    """The door of sessions."""

    access: AiAccess
    subjects: Subjects
    tokens: SessionTokens

    async def open(self, request: web.Request) -> web.Response:
        """Opens a session. Raises ConversationNotAccessible, ConversationClosed, AiDetached, InsufficientScope."""
        caller, given = await self.access.caller(request), await read(request, SessionNew)
        if caller.conversation_id is not None:
            raise InsufficientScope("A session opens no session: send the AI agent's key.")
        subject = await accessible(self.subjects, given.conversation_id)
        require_attached(subject, None)
        scopes = ALL & frozenset(given.scopes)
        token, until = self.tokens.issue(caller.principal_id, subject.conversation_id, subject.ai_epoch, scopes)
        seen = SessionSeen(token, until, subject.conversation_id, subject.customer.id, tuple(sorted(scopes)))
        return answers.json(seen, 201)

    def routes(self) -> list[Route]:
        """The one route."""
        return [
            Section("ai agent", "/ai/v1/sessions").route(
                "POST",
                "",
                self.open,
                "Open a session",
                body=SessionNew,
                returns=SessionSeen,
                status=201,
                errors=(
                    Unauthenticated,
                    InsufficientScope,
                    ConversationNotAccessible,
                    ConversationClosed,
                    AiDetached,
                ),
            )
        ]
