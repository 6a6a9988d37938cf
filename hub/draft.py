"""Drafts: what somebody has written to a customer and not sent, kept so that another screen has it too."""

from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from attrs import frozen

KEPT = timedelta(days=30)
"""How long a draft is kept that nobody comes back to."""


@frozen
class Draft:
    """One person's draft in one conversation. The last one written counts."""

    text: str
    media_ids: tuple[UUID, ...]
    updated_at: datetime


class Drafts(Protocol):
    """Where drafts are kept. Every method raises Unavailable when the database is away."""

    async def get(self, user_id: UUID, conversation_id: UUID) -> Draft | None:
        """The draft; None when there is none, or something was sent since it was written."""

    async def put(self, user_id: UUID, conversation_id: UUID, draft: Draft) -> None:
        """Keeps it in place of the one before."""

    async def delete(self, user_id: UUID, conversation_id: UUID) -> None:
        """Forgets it, if there is one."""
