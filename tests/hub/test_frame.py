from datetime import UTC, datetime

import orjson
import pytest

from hub.events import Audience, Ephemeral, EphemeralType, Event
from hub.frame import (
    Frame,
    control_frame,
    ephemeral_frame,
    event_frame,
    event_stream_chunk,
    websocket_close,
    websocket_text,
)
from hub.ids import uuid7

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65535, b"\x81\x7e\xff\xff"),
        (65536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_a_text_frame_names_its_length_as_rfc_6455_wants(size: int, head: bytes) -> None:
    assert websocket_text(b"x" * size) == head + b"x" * size


def test_a_close_frame_carries_code_and_reason() -> None:
    assert websocket_close(4408, "slow") == b"\x88\x06\x11\x38slow"


def test_a_chunk_holds_one_event_and_its_length_in_hex() -> None:
    assert event_stream_chunk(b"{}", 91) == b"11\r\nid: 91\ndata: {}\n\n\r\n"
    assert event_stream_chunk(b"{}", None) == b"a\r\ndata: {}\n\n\r\n"


def test_a_durable_event_is_written_as_the_contract_shows_it() -> None:
    conversation, event_id, customer = uuid7(), uuid7(), uuid7()
    actor = {"type": "customer", "id": str(customer), "name": "Maria\nO."}
    event = Event(91, event_id, "message.received", AT, conversation, 7, 3, Audience(), actor, {"text": "Hi\r\nthere"})
    frame = event_frame(event)
    assert orjson.loads(frame.payload) == {
        "type": "message.received",
        "seq": 91,
        "id": str(event_id),
        "at": "2026-01-05T12:00:00.000Z",
        "conversation_id": str(conversation),
        "conversation_seq": 7,
        "version": 3,
        "actor": actor,
        "data": {"text": "Hi\r\nthere"},
    }
    assert b"\n" not in frame.payload
    assert frame.websocket == websocket_text(frame.payload)
    assert frame.stream == event_stream_chunk(frame.payload, 91)
    assert frame.websocket is frame.websocket


def test_a_passing_sign_has_no_number() -> None:
    sign = Ephemeral(EphemeralType.AGENT_TYPING, AT, uuid7(), Audience(), {"type": "agent"}, {})
    frame = ephemeral_frame(sign)
    assert "seq" not in orjson.loads(frame.payload)
    assert b"id:" not in frame.stream.split(b"data:")[0]


def test_an_event_of_no_conversation_says_so() -> None:
    frame = event_frame(Event(1, uuid7(), "queue.updated", AT, None, None, None, Audience(), None, {}))
    assert isinstance(frame, Frame)
    assert not frame.conversation
    assert "conversation_id" not in orjson.loads(frame.payload)


def test_a_word_of_the_connection() -> None:
    assert orjson.loads(control_frame("reset", reason="epoch").payload) == {"type": "reset", "reason": "epoch"}
