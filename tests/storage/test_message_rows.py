"""Messages as rows: every column is among them, and nothing beside them passes for one."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import attrs

from hub.conversation.commands import Receive
from hub.conversation.effects import Effects, NewMedia, Report
from hub.conversation.state import Desk
from hub.delivery import DeliveryStatus
from hub.ids import uuid7
from hub.inbound import StatusUpdate
from hub.message import Media, MediaState, Message
from storage.message_rows import add_messages, add_sending, message_row
from storage.rows import Rows

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def rows(add: Callable[[Rows, int, Effects], None], effects: Effects) -> Rows:
    found: Rows = defaultdict(list)
    add(found, 1, effects)
    return found


def test_every_field_of_a_message_has_its_column(decider: Any) -> None:
    desk, _ = decider.begin()
    columns = message_row(1, next(iter(desk.messages.values())))
    assert {field.name for field in attrs.fields(Message)} - {"sender"} <= set(columns)
    assert {"sender_type", "sender_id", "sender_name"} <= set(columns)


def test_what_a_report_tells_beside_cannot_pass_for_its_status() -> None:
    metadata = {"status": "read", "wa": 1}
    update = StatusUpdate("wamid.1", DeliveryStatus.SENT, "sent", NOON, metadata=metadata)
    effects = Effects(reports=[Report("c", uuid7(), update)])
    (row,) = rows(add_sending, effects)["reports"]
    assert (row["report"]["status"], row["report"]["wa"]) == ("sent", 1)


def test_a_file_that_cannot_be_had_is_failed_from_the_beginning(decider: Any) -> None:
    files = [
        NewMedia(uuid7(), "c", uuid7(), uuid7(), media) for media in (Media("m1"), Media("m2", failed="too large"))
    ]
    found = rows(add_messages, Effects(media=files))["media"]
    assert [(row["state"], row["reason"]) for row in found] == [
        (MediaState.PENDING, None),
        (MediaState.FAILED, "too large"),
    ]


def test_the_order_of_a_turn_is_the_order_of_its_rows(decider: Any) -> None:
    _, change = decider.change(Desk(), Receive(tuple(decider.text(str(n)) for n in range(5)), decider.opening()))
    found = rows(add_messages, change.effects)
    assert [row["text"] for row in found["messages"]] == list("01234")
    assert [row["seq"] for row in found["messages"]] == [1, 2, 3, 4, 5]
