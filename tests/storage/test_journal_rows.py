"""Changes as arguments: every row names its item, and every column of a record is among them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import orjson

from hub.conversation.commands import Receive
from hub.conversation.effects import Effects, NewMedia, Report
from hub.conversation.state import Conversation, Desk
from hub.delivery import DeliveryStatus
from hub.ids import uuid7
from hub.inbound import StatusUpdate
from hub.journal import Change
from hub.message import Media, Message
from hub.note import Note
from hub.notification import Notification, NotificationKind
from hub.room import RoomMessage, RoomMove
from storage.journal_rows import ARGUMENTS, arguments, conversation_row, message_row

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def rows(*changes: Change) -> dict[str, list[dict[str, Any]]]:
    given = dict(zip(ARGUMENTS, arguments(changes), strict=True))
    return {name: orjson.loads(value) for name, value in given.items() if value is not None}


def test_each_row_names_its_item_and_what_nobody_needs_is_null(decider: Any) -> None:
    desk, one = decider.begin()
    _, two = decider.begin(decider.reply())
    found = rows(one, two)
    assert [(row["item"], row["expect"]) for row in found["items"]] == [(1, 0), (2, 0)]
    assert [row["item"] for row in found["messages"]] == [1, 2, 2]
    assert [row["item"] for row in found["events"]] == [1, 1, 2, 2, 2]
    assert [row["events"] for row in found["items"]] == [2, 3]
    assert set(found) == {
        "items",
        "arrivals",
        "submissions",
        "customers",
        "identities",
        "conversations",
        "messages",
        "attempts",
        "outbox",
        "events",
    }
    assert found["conversations"][0]["last_change"] == str(one.id)
    assert desk.conversation is not None


def test_a_change_without_a_conversation_guards_nothing() -> None:
    found = rows(Change(uuid7(), Effects(released=[uuid7()])))
    assert set(found["items"][0]) == {"item", "change", "events"}
    assert set(found) == {"items", "released"}


def test_a_new_conversation_and_a_changed_one_are_told_apart(decider: Any) -> None:
    desk, opened = decider.begin()
    _, more = decider.change(desk, decider.reply("more"))
    found = rows(opened, more)
    assert [row["last_change"] for row in found["conversations"]] == [str(opened.id)]
    assert [row["last_change"] for row in found["conversation_updates"]] == [str(more.id)]


def test_a_second_change_of_one_conversation_is_told(decider: Any) -> None:
    desk, one = decider.begin()
    _, two = decider.change(desk, decider.reply())
    _, other = decider.begin()
    assert [row["again"] for row in rows(one, two, other)["items"]] == [False, True, False]


def test_what_a_row_does_not_say_is_null(decider: Any) -> None:
    _, change = decider.begin()
    found = rows(change)
    wide = found["conversations"] + found["messages"]
    assert all(value is not None for row in wide for value in row.values())


def test_every_field_of_a_record_has_its_column(decider: Any) -> None:
    desk, change = decider.begin()
    shown = {"customer": "customer_id", "assignee_name": "assignee_id"}
    columns = conversation_row(1, desk.conversation, change)
    assert {shown.get(field.name, field.name) for field in attrs.fields(Conversation)} <= set(columns)
    columns = message_row(1, next(iter(desk.messages.values())))
    assert {field.name for field in attrs.fields(Message)} - {"sender"} <= set(columns)
    assert {"sender_type", "sender_id", "sender_name"} <= set(columns)


def test_updates_of_one_customer_become_one(decider: Any) -> None:
    _, change = decider.begin()
    customer_id = change.conversation.customer.id
    effects = Effects()
    effects.customer_updates += [
        (customer_id, "Marta", {"a": 1, "b": 1}, NOON),
        (customer_id, None, {"b": 2}, NOON + timedelta(seconds=1)),
    ]
    (row,) = rows(Change(uuid7(), effects))["customer_updates"]
    assert (row["name"], row["attributes"]) == ("Marta", {"a": 1, "b": 2})


def test_what_a_report_tells_beside_cannot_pass_for_its_status() -> None:
    metadata = {"status": "read", "wa": 1}
    update = StatusUpdate("wamid.1", DeliveryStatus.SENT, "sent", NOON, metadata=metadata)
    effects = Effects(reports=[Report("c", uuid7(), update)])
    (row,) = rows(Change(uuid7(), effects))["reports"]
    assert (row["report"]["status"], row["report"]["wa"]) == ("sent", 1)


def test_a_file_that_cannot_be_had_is_failed_from_the_beginning(decider: Any) -> None:
    files = [
        NewMedia(uuid7(), "c", uuid7(), uuid7(), media) for media in (Media("m1"), Media("m2", failed="too large"))
    ]
    found = rows(Change(uuid7(), Effects(media=files)))["media"]
    assert [(row["state"], row["reason"]) for row in found] == [("pending", None), ("failed", "too large")]


def test_the_order_of_a_turn_is_the_order_of_its_rows(decider: Any) -> None:
    _, change = decider.change(Desk(), Receive(tuple(decider.text(str(n)) for n in range(5)), decider.opening()))
    found = rows(change)
    assert [row["text"] for row in found["messages"]] == list("01234")
    assert [row["seq"] for row in found["messages"]] == [1, 2, 3, 4, 5]


def test_notes_and_notifications_have_their_columns() -> None:
    note = Note(uuid7(), uuid7(), 1, uuid7(), "Ana", "call back", NOON)
    told = Notification(uuid7(), uuid7(), NotificationKind.ASSIGNED, NOON, {}, note_id=note.id)
    found = rows(Change(uuid7(), Effects(notes=[note], notifications=[told])))
    assert {field.name for field in attrs.fields(Note)} | {"item"} == set(found["notes"][0])
    (row,) = found["notifications"]
    assert (row["conversation_id"], row["note_id"]) == (None, str(note.id))


def test_rooms_and_their_messages_have_their_columns() -> None:
    message = RoomMessage(uuid7(), uuid7(), 8, uuid7(), "Ana", "hello", uuid7(), NOON)
    effects = Effects(rooms=[RoomMove(message.room_id, 7, 8, NOON)], room_messages=[message])
    found = rows(Change(uuid7(), effects))
    assert {field.name for field in attrs.fields(RoomMessage)} | {"item"} == set(found["room_messages"][0])
    assert {field.name for field in attrs.fields(RoomMove)} | {"item"} == set(found["rooms"][0])
