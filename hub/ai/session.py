"""Who calls: a program with its key, or with the token of a session, which is for one conversation."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from attrs import frozen


class AiScope(StrEnum):
    """What a session may do. A program's own key may do all of it."""

    READ = "tools:read"
    WRITE = "tools:write"
    MESSAGES = "messages"


ALL = frozenset(AiScope)


@frozen
class AiCaller:
    """Who calls a tool. `principal_id` is the key's, also behind a session's token; `name` what people call it.

    `token_fingerprint` tells two tokens of one principal apart in the audit, and nothing else of them.
    `conversation_id` is the session's; None for a key, which names a conversation with every call. `ai_epoch` is how
    often the session's conversation had changed hands between the AI agent and people when the session began.
    """

    principal_id: UUID
    token_fingerprint: str
    scopes: frozenset[AiScope] = ALL
    conversation_id: UUID | None = None
    ai_epoch: int | None = None
    name: str = ""

    @property
    def key(self) -> str:
        """The name under which limits, repetitions and the audit know it."""
        return f"ai:{self.principal_id}"


@frozen
class SessionClaims:
    """What a session's token says. The conversation's customer and team are looked up, never said by a token."""

    principal_id: UUID
    conversation_id: UUID
    ai_epoch: int
    scopes: frozenset[AiScope]
    expires_at: datetime
