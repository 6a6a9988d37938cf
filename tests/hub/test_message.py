"""A message as the API, the events and the lists show it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.delivery import DeliveryStatus
from hub.ids import uuid7
from hub.message import PREVIEW_LENGTH, ContentType, Direction, Message, Sender, SenderType, preview, view

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def message(**given: Any) -> Message:
    standard: dict[str, Any] = {
        "id": uuid7(),
        "conversation_id": uuid7(),
        "seq": 3,
        "channel": "whatsapp-main",
        "direction": Direction.INBOUND,
        "sender": Sender(SenderType.CUSTOMER, uuid7(), "Maria"),
        "type": ContentType.TEXT,
        "text": "Olá",
        "at": NOON,
        "created_at": NOON + timedelta(seconds=1),
        "status": DeliveryStatus.RECEIVED,
        "metadata": {"whatsapp": {"forwarded": True}},
        "internal": {"secret": "of the hub"},
    }
    return Message(**{**standard, **given})


def test_the_public_shape() -> None:
    shown = view(message(), "whatsapp")
    assert (shown["channel"], shown["timestamp"]) == ("whatsapp", "2026-01-05T12:00:00.000Z")
    assert shown["content"] == {"type": "text", "text": "Olá", "media_url": None, "metadata": {}}
    assert shown["metadata"] == {"whatsapp": {"forwarded": True}}
    assert "secret" not in repr(shown)


@pytest.mark.parametrize(("attempt", "retries"), [(0, 0), (1, 0), (3, 2)])
def test_an_outbound_one_tells_how_sending_goes(attempt: int, retries: int) -> None:
    sent = message(direction=Direction.OUTBOUND, attempt=attempt, status=DeliveryStatus.SENT, metadata={"x": 1})
    assert view(sent, "whatsapp")["metadata"] == {"retry_count": retries, "x": 1, "whatsapp_status": "sent"}


def test_a_file_is_found_at_its_address() -> None:
    media_id = uuid7()
    assert view(message(media_id=media_id), "whatsapp")["content"]["media_url"] == f"/api/v1/media/{media_id}"


def test_what_was_changed_says_when() -> None:
    shown = view(message(edited_at=NOON, deleted_at=NOON + timedelta(hours=1)), "whatsapp")
    assert (shown["edited_at"], shown["deleted_at"]) == ("2026-01-05T12:00:00.000Z", "2026-01-05T13:00:00.000Z")


def test_a_row_of_a_list_shows_the_beginning() -> None:
    shown = preview(message(text="x" * 1000))
    assert shown["text"] == "x" * PREVIEW_LENGTH
    assert preview(message(text=None))["text"] is None


def test_a_deleted_ones_text_is_shown_in_no_list() -> None:
    assert preview(message(deleted_at=NOON))["text"] is None
