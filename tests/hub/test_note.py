"""How a note is shown."""

from datetime import UTC, datetime

from hub.ids import uuid7
from hub.mention import Mention, MentionType
from hub.note import Note, view

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_a_note_is_shown_whole() -> None:
    ben = Mention(MentionType.USER, uuid7(), "Ben")
    note = Note(uuid7(), uuid7(), 7, uuid7(), "Ana", "look at this", NOON, (ben,), uuid7())
    assert view(note) == {
        "id": note.id,
        "conversation_id": note.conversation_id,
        "after_seq": 7,
        "client_id": note.client_id,
        "author": {"id": note.author_id, "name": "Ana"},
        "text": "look at this",
        "mentions": [{"type": "user", "id": ben.id, "name": "Ben"}],
        "created_at": "2026-01-05T12:00:00.000Z",
        "deleted_at": None,
    }
