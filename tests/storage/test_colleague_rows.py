"""What colleagues say as rows: every column is among them."""

from collections import defaultdict
from datetime import UTC, datetime

import attrs

from hub.conversation.effects import Effects
from hub.ids import uuid7
from hub.note import Note
from hub.notification import Notification, NotificationKind
from hub.room import RoomMessage, RoomMove
from storage.colleague_rows import add_colleagues, add_rooms
from storage.rows import Rows

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_notes_and_notifications_have_their_columns() -> None:
    note = Note(uuid7(), uuid7(), 1, uuid7(), "Ana", "call back", NOON)
    told = Notification(uuid7(), uuid7(), NotificationKind.ASSIGNED, NOON, {}, note_id=note.id)
    found: Rows = defaultdict(list)
    add_colleagues(found, 1, Effects(notes=[note], notifications=[told]))
    assert {field.name for field in attrs.fields(Note)} | {"item"} == set(found["notes"][0])
    (row,) = found["notifications"]
    assert (row["conversation_id"], row["note_id"]) == (None, note.id)


def test_rooms_and_their_messages_have_their_columns() -> None:
    message = RoomMessage(uuid7(), uuid7(), 8, uuid7(), "Ana", "hello", uuid7(), NOON)
    effects = Effects(rooms=[RoomMove(message.room_id, 7, 8, NOON)], room_messages=[message])
    found: Rows = defaultdict(list)
    add_rooms(found, 1, effects)
    assert {field.name for field in attrs.fields(RoomMessage)} | {"item"} == set(found["room_messages"][0])
    assert {field.name for field in attrs.fields(RoomMove)} | {"item"} == set(found["rooms"][0])
