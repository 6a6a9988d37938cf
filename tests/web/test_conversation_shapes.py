"""The described shapes are what is really shown: the same names, the same words."""

from datetime import UTC, datetime
from typing import Any, get_args, get_type_hints

import attrs
import pytest

from hub.conversation.state import Conversation, CustomerCard, Status
from hub.conversation.state import view as conversation_view
from hub.delivery import DeliveryStatus
from hub.ids import uuid7
from hub.message import ContentType, Direction, Message, Sender, SenderType
from hub.message import view as message_view
from web.conversation_shapes import (
    ChannelSeen,
    ContentSeen,
    ConversationSeen,
    CustomerSeen,
    MessageSeen,
    SenderSeen,
)

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
CONVERSATION = conversation_view(
    Conversation(uuid7(), 1001, "wa", "whatsapp", CustomerCard(uuid7(), "Maria", None, NOON), Status.OPEN, NOON, NOON)
)
MESSAGE = message_view(
    Message(
        uuid7(), uuid7(), 1, "wa", Direction.INBOUND, Sender(SenderType.CUSTOMER, uuid7(), "Maria"), ContentType.TEXT,
        "Olá", NOON, NOON, DeliveryStatus.RECEIVED,
    ),
    "whatsapp",
)  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "shown"),
    [
        (ConversationSeen, {**CONVERSATION, "unread": 0}),
        (ChannelSeen, CONVERSATION["channel"]),
        (CustomerSeen, CONVERSATION["customer"]),
        (MessageSeen, MESSAGE),
        (SenderSeen, MESSAGE["sender"]),
        (ContentSeen, MESSAGE["content"]),
    ],
)
def test_the_names(shape: type[Any], shown: dict[str, Any]) -> None:
    assert {field.name for field in attrs.fields(shape)} == set(shown)


@pytest.mark.parametrize(
    ("shape", "name", "words"),
    [
        (ConversationSeen, "status", Status),
        (MessageSeen, "status", DeliveryStatus),
        (MessageSeen, "direction", Direction),
        (SenderSeen, "type", SenderType),
        (ContentSeen, "type", ContentType),
    ],
)
def test_the_words(shape: type[Any], name: str, words: Any) -> None:
    assert set(get_args(get_type_hints(shape)[name])) == {word.value for word in words}
