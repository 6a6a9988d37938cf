"""Notes: what colleagues write to each other at a conversation. No customer and no channel ever gets one."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from attrs import frozen

from hub.clock import rfc3339
from hub.mention import Mention
from hub.mention import view as mention_view

LONGEST_NOTE = 4096
"""Characters of a note. Above it it is refused as `invalid_request`."""


@frozen
class Note:
    """A note. `after_seq` is the conversation's newest message when it was written: where the thread shows it.

    A deleted one keeps its place and author, and loses its text and mentions. `client_id` is the writer's own name of
    it, by which a repetition is known.
    """

    id: UUID
    conversation_id: UUID
    after_seq: int
    author_id: UUID
    author_name: str
    text: str | None
    created_at: datetime
    mentions: tuple[Mention, ...] = ()
    client_id: UUID | None = None
    deleted_at: datetime | None = None


def view(note: Note) -> dict[str, Any]:
    """The note as the API and the events show it."""
    return {
        "id": note.id,
        "conversation_id": note.conversation_id,
        "after_seq": note.after_seq,
        "client_id": note.client_id,
        "author": {"id": note.author_id, "name": note.author_name},
        "text": note.text,
        "mentions": [mention_view(mention) for mention in note.mentions],
        "created_at": rfc3339(note.created_at),
        "deleted_at": rfc3339(note.deleted_at) if note.deleted_at else None,
    }


class Notes(Protocol):
    """Where notes are read. Every method raises Unavailable when the database is away."""

    async def find(self, note_id: UUID) -> Note | None:
        """The note, if there is one."""

    async def page(self, conversation_id: UUID, after: tuple[datetime, UUID] | None, limit: int) -> list[Note]:
        """A conversation's notes, the newest first, beginning after a (moment, id)."""

    async def notes_by_client_ids(self, conversation_id: UUID, ids: list[UUID]) -> list[Note]:
        """Notes of the conversation by their writers' ids."""
