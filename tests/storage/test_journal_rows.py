"""Changes as arguments: every row names its item, and every column of a record is among them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import orjson

from hub.conversation.effects import Effects
from hub.conversation.state import Conversation
from hub.ids import uuid7
from hub.journal import Change
from storage.journal_rows import ARGUMENTS, arguments, conversation_row

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


def test_every_field_of_a_conversation_has_its_column(decider: Any) -> None:
    desk, change = decider.begin()
    shown = {"customer": "customer_id", "assignee_name": "assignee_id"}
    columns = conversation_row(1, desk.conversation, change)
    assert {shown.get(field.name, field.name) for field in attrs.fields(Conversation)} <= set(columns)


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
