"""What customers are told: all that is theirs, and not a word more."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from hub.chat_app.inbox import inbox_id
from hub.chat_app.view import TOLD, customer_frame, is_seen, message_view
from hub.delivery import DeliveryStatus
from hub.events import Audience, Ephemeral, EphemeralType, Event, EventType
from hub.frame import Frame, ephemeral_frame, event_frame
from hub.ids import uuid7
from hub.message import ContentType, Direction, Message, Sender, SenderType, view

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
INBOX = inbox_id("app", uuid7())
TEAM, AGENT, CONVERSATION = uuid7(), uuid7(), uuid7()
TO_CUSTOMER = Audience(TEAM, AGENT, inbox_id=INBOX)
ANA = {"type": "agent", "id": str(AGENT), "name": "Ana"}


def message(direction: Direction = Direction.OUTBOUND, **given: Any) -> Message:
    ours = direction is Direction.OUTBOUND
    sender = Sender(SenderType.AGENT, AGENT, "Ana") if ours else Sender(SenderType.CUSTOMER, uuid7(), "Bo")
    standard: dict[str, Any] = {
        "id": uuid7(), "conversation_id": CONVERSATION, "seq": 7, "channel": "app", "direction": direction,
        "sender": sender, "type": ContentType.TEXT, "text": "Hello", "at": NOON, "created_at": NOON,
        "status": DeliveryStatus.SENT if ours else DeliveryStatus.RECEIVED,
        "channel_message_id": "m-7", "client_id": uuid7(), "metadata": {"note": "of ours"}, "internal": {"secret": 1},
    }  # fmt: skip
    return Message(**{**standard, **given})


def event(type: str, data: dict[str, Any], audience: Audience = TO_CUSTOMER) -> Frame:
    return event_frame(Event(9, uuid7(), type, NOON, CONVERSATION, 7, 3, audience, ANA, data))


def of_message(type: str, about: Message) -> Frame:
    glance = {"id": CONVERSATION, "number": 1042, "team_id": TEAM, "assignee_id": AGENT}
    return event(type, {"message": view(about, "chat_app"), "conversation": glance})


def told(frame: Frame) -> dict[str, Any]:
    mine = customer_frame(frame)
    assert mine is not None
    found: dict[str, Any] = orjson.loads(mine.payload)
    return found


def test_a_message_without_what_is_ours() -> None:
    seen = message_view(view(message(), "chat_app"), 1042)
    assert seen["cursor"] == "1042.7"
    assert seen["sender"] == {"type": "agent", "name": "Ana"}
    for word in (str(AGENT), "of ours", "secret", "client_id"):
        assert word not in str(seen)


@pytest.mark.parametrize("status", list(DeliveryStatus))
def test_what_was_not_sent_is_not_seen(status: DeliveryStatus) -> None:
    arrived = status in (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ)
    about = message(status=status)
    assert is_seen(view(about, "chat_app")) is arrived
    assert (customer_frame(of_message(EventType.MESSAGE_STATUS, about)) is not None) is arrived


def test_their_own_message_is_received_until_we_have_read_it() -> None:
    mine = message(Direction.INBOUND)
    assert message_view(view(mine, "chat_app"), 1)["status"] == "received"
    read = message(Direction.INBOUND, status_at={"read": "2026-01-05T12:00:00.000Z"})
    assert message_view(view(read, "chat_app"), 1)["status"] == "read"


def test_a_file_has_the_customers_address_and_a_deleted_message_no_words() -> None:
    media = {"id": "f-1", "state": "stored", "mime_type": "image/png", "filename": "a.png", "size": 3, "reason": None}
    shown = message_view(view(message(content_metadata={"media": media, "template": {"x": 1}}), "chat_app"), 1)
    assert shown["content"]["media_url"] == "/chat/v1/media/f-1"
    assert set(shown["content"]["metadata"]) == {"media"}
    assert set(shown["content"]["metadata"]["media"]) == {"state", "mime_type", "filename", "size"}
    gone = message_view(view(message(deleted_at=NOON, content_metadata={"media": media}), "chat_app"), 1)
    assert gone["content"] == {"type": "text", "text": None, "media_url": None, "metadata": {}}


def test_an_event_keeps_its_number_and_loses_our_names() -> None:
    frame = of_message(EventType.MESSAGE_SENT, message())
    mine = customer_frame(frame)
    assert mine is not None
    assert (mine.seq, mine.audience) == (9, Audience(user_id=INBOX))
    seen = told(frame)
    assert seen["actor"] == {"type": "agent", "name": "Ana"}
    assert set(seen) == {"type", "seq", "id", "at", "conversation_id", "conversation_seq", "actor", "data"}
    assert set(seen["data"]) == {"message"}
    for word in (str(TEAM), str(AGENT)):
        assert word not in str(seen)


@pytest.mark.parametrize("status", ["pending", "open", "snoozed", "resolved", "closed"])
def test_whether_it_is_put_off_is_our_business(status: str) -> None:
    seen = status if status in ("resolved", "closed") else "open"
    data = {"conversation": {"id": str(CONVERSATION), "status": status, "subject": "difficult"}, "note": "no"}
    conversation = told(event(EventType.CONVERSATION_STATUS_CHANGED, data))["data"]
    assert conversation == {"conversation": {"id": str(CONVERSATION), "status": seen}}


@pytest.mark.parametrize("type", [*EventType, *EphemeralType, "anything.later"])
def test_only_named_events_of_an_inbox_are_told(type: str) -> None:
    data = {"message": view(message(), "chat_app"), "conversation": {"id": 1, "number": 1, "status": "open"}}
    assert (customer_frame(event(type, data)) is not None) is (type in TOLD)
    assert customer_frame(event(type, data, Audience(TEAM, AGENT))) is None


def test_typing_is_told_without_a_number() -> None:
    sign = Ephemeral(EphemeralType.AGENT_TYPING, NOON, CONVERSATION, TO_CUSTOMER, ANA, {"x": 1})
    seen = told(ephemeral_frame(sign))
    assert "seq" not in seen
    assert (seen["actor"], seen["data"]) == ({"type": "agent", "name": "Ana"}, {})
