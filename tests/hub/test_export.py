"""Rows of an export, as lines."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.conversation.state import Conversation, CustomerCard, Status
from hub.delivery import DeliveryStatus
from hub.errors import Invalid
from hub.export import (
    COLUMNS,
    LONGEST,
    ExportFormat,
    ExportKind,
    Span,
    check_span,
    conversation_record,
    message_record,
    writer,
)
from hub.ids import uuid7
from hub.message import ContentType, Direction, Message, Sender, SenderType

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
TALKS, WORDS = ExportKind.CONVERSATIONS, ExportKind.MESSAGES


def conversation() -> Conversation:
    return Conversation(
        id=uuid7(),
        number=1001,
        channel="whatsapp-main",
        channel_type="whatsapp",
        customer=CustomerCard(uuid7(), "Maria", "351910000001", NOON),
        status=Status.OPEN,
        created_at=NOON,
        updated_at=NOON,
        tags=("vip", "late"),
        last_seq=7,
    )


def message(text: str | None) -> Message:
    return Message(
        id=uuid7(),
        conversation_id=uuid7(),
        seq=3,
        channel="whatsapp-main",
        direction=Direction.INBOUND,
        sender=Sender(SenderType.CUSTOMER, uuid7(), "Maria"),
        type=ContentType.TEXT,
        text=text,
        at=NOON,
        created_at=NOON,
        status=DeliveryStatus.RECEIVED,
    )


def read(kind: ExportKind, *records: Any) -> list[dict[str, str]]:
    """The records as a program reads the CSV that was written of them."""
    written = writer(kind, ExportFormat.CSV)
    text = (written.head + b"".join(map(written.line, records))).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_conversation_as_a_line_of_a_table() -> None:
    talk = conversation()
    (row,) = read(TALKS, conversation_record(talk, "Support"))
    assert list(row) == [column.replace(".", "_") for column in COLUMNS[TALKS]]
    assert (row["number"], row["id"], row["status"], row["channel_name"]) == (
        "1001",
        str(talk.id),
        "open",
        talk.channel,
    )
    assert (row["customer_name"], row["customer_phone"]) == ("Maria", "351910000001")
    assert (row["team_name"], row["tags"], row["messages"]) == ("Support", "vip, late", "7")
    assert (row["created_at"], row["resolved_at"]) == ("2026-01-05T12:00:00.000Z", "")


def test_a_message_as_a_line_of_a_table() -> None:
    said = message('Olá, "tudo" bem?\nSim')
    (row,) = read(WORDS, message_record(said, 1001, "whatsapp"))
    assert list(row) == [column.replace(".", "_") for column in COLUMNS[WORDS]]
    assert (row["conversation_number"], row["conversation_seq"], row["sender_name"]) == ("1001", "3", "Maria")
    assert (row["content_text"], row["error_code"]) == ('Olá, "tudo" bem?\nSim', "")


@pytest.mark.parametrize("kind", ExportKind)
def test_every_column_is_something_that_the_api_shows(kind: ExportKind) -> None:
    record: Any = conversation_record(conversation(), None) if kind is TALKS else message_record(message("x"), 1, "app")
    assert {column.partition(".")[0] for column in COLUMNS[kind]} <= record.keys()


def test_for_programs_it_is_what_the_api_shows() -> None:
    said, written = message("Olá"), writer(WORDS, ExportFormat.JSONL, bom=True)
    line = written.line(message_record(said, 1001, "whatsapp"))
    assert (written.head, line[-1:], line.count(b"\n")) == (b"", b"\n", 1)
    shown = orjson.loads(line)
    assert (shown["conversation_number"], shown["message_id"]) == (1001, str(said.id))
    assert shown["content"] == {"type": "text", "text": "Olá", "media_url": None, "metadata": {}}


@pytest.mark.parametrize("text", ["=1+1", "+351910000001", "-1", "@x", "\tx", "\rx", "\0x"])
def test_no_spreadsheet_computes_what_a_customer_wrote(text: str) -> None:
    written = writer(WORDS, ExportFormat.CSV)
    assert f"'{text}".encode() in written.line(message_record(message(text), 1001, "whatsapp"))


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_whatever_is_written_is_one_row_and_comes_back(text: str) -> None:
    (row,) = read(WORDS, message_record(message(text), 1001, "whatsapp"))
    assert row["content_text"] in (text, f"'{text}")


def test_a_byte_order_mark_is_for_who_asks_for_it() -> None:
    plain, marked = (writer(TALKS, ExportFormat.CSV, bom=bom).head for bom in (False, True))
    assert marked == b"\xef\xbb\xbf" + plain
    assert plain.endswith(b"updated_at\r\n")


@pytest.mark.parametrize("length", [timedelta(), timedelta(seconds=-1), LONGEST + timedelta(seconds=1)])
def test_a_time_is_neither_empty_nor_too_long(length: timedelta) -> None:
    check_span(Span(NOON, NOON + LONGEST))
    with pytest.raises(Invalid):
        check_span(Span(NOON, NOON + length))
