"""Exports: the conversations or messages of a time as a file, for spreadsheets (CSV) or programs (JSON Lines).

An export is an order, not a copy: its rows are read when it is downloaded, each portion by what the one who asks may
see at that moment. So no file with customers' words lies about, and nothing can be had that reads would refuse.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

import orjson
from attrs import frozen

from hub.conversation.state import Conversation
from hub.conversation.state import view as conversation_view
from hub.errors import Invalid
from hub.message import Message
from hub.message import view as message_view
from hub.rights import Reader

LONGEST = timedelta(days=366)
"""The longest time that one export is of; a longer one is refused."""

Record = Mapping[str, Any]
"""A row as the API shows it, by names of members."""


class ExportKind(StrEnum):
    """What is exported: conversations by when they began, messages by when the hub stored them."""

    CONVERSATIONS = "conversations"
    MESSAGES = "messages"


class ExportFormat(StrEnum):
    """`csv` as RFC 4180 has it, a line of names first; `jsonl` a JSON object per line, as the API shows it."""

    CSV = "csv"
    JSONL = "jsonl"


COLUMNS: dict[ExportKind, tuple[str, ...]] = {
    ExportKind.CONVERSATIONS: (
        "number",
        "id",
        "status",
        "channel.name",
        "channel.type",
        "customer.id",
        "customer.name",
        "customer.phone",
        "team_id",
        "team_name",
        "assignee_id",
        "assignee_name",
        "priority",
        "tags",
        "subject",
        "created_at",
        "first_reply_at",
        "waiting_since",
        "snoozed_until",
        "resolved_at",
        "messages",
        "last_message.at",
        "previous_id",
        "merged_into_id",
        "updated_at",
    ),
    ExportKind.MESSAGES: (
        "conversation_number",
        "conversation_seq",
        "message_id",
        "conversation_id",
        "channel",
        "channel_message_id",
        "direction",
        "sender.type",
        "sender.id",
        "sender.name",
        "content.type",
        "content.text",
        "content.media_url",
        "timestamp",
        "created_at",
        "status",
        "error.code",
        "attempt",
        "reply_to.message_id",
        "edited_at",
        "deleted_at",
    ),
}
"""The columns of a CSV file: where each stands in the record. Its name is the same with underscores."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")
"""What makes a spreadsheet take a text for a formula. https://owasp.org/www-community/attacks/CSV_Injection"""


@frozen
class Span:
    """What is exported: of `begin` and after, before `end`, and only of a team if one is named."""

    begin: datetime
    end: datetime
    team_id: UUID | None = None


@frozen
class Export:
    """An order. `bom` puts a byte order mark before a CSV file, without which some spreadsheets guess the encoding.
    `requested_by` is `user:<id>` or `key:<id>`; the last three tell how often it was downloaded to its end, when last,
    and how many rows that was."""

    id: UUID
    kind: ExportKind
    format: ExportFormat
    span: Span
    bom: bool
    requested_by: str
    requested_name: str
    created_at: datetime
    downloads: int = 0
    downloaded_at: datetime | None = None
    rows: int | None = None


@frozen
class Place:
    """How far an export has been read: up to this message of this conversation. Conversations go by their ids."""

    conversation_id: UUID
    seq: int = 0


@frozen
class Portion:
    """Some rows, and where the next ones begin; `after` None is the end. There may be no rows in a portion."""

    records: Sequence[Record]
    after: Place | None


class Exports(Protocol):
    """Where orders are kept. Every method raises Unavailable when the database is away."""

    async def create(self, export: Export) -> None:
        """Keeps one. Raises Invalid when there is no such team."""

    async def find(self, id: UUID) -> Export | None:
        """The order, if there is one."""

    async def page(self, requested_by: str | None, before: UUID | None, limit: int) -> list[Export]:
        """The newest first: somebody's, or everybody's."""

    async def downloaded(self, id: UUID, rows: int) -> None:
        """It was downloaded to its end."""


class ExportSource(Protocol):
    """Where the rows come from. Raises Unavailable when the database is away."""

    async def portion(self, kind: ExportKind, reader: Reader, span: Span, after: Place | None) -> Portion:
        """The next rows that this reader may see."""


def check_span(span: Span) -> None:
    """Raises Invalid for a time that is none, or is too long."""
    if span.end <= span.begin:
        raise Invalid(errors=[{"path": "$.to", "message": "must be after from"}])
    if span.end - span.begin > LONGEST:
        raise Invalid(errors=[{"path": "$.to", "message": f"must be at most {LONGEST.days} days after from"}])


def conversation_record(conversation: Conversation, team_name: str | None) -> Record:
    """A conversation as a row: as the API shows it, with its team's name and how many messages it has."""
    return {**conversation_view(conversation), "team_name": team_name, "messages": conversation.last_seq}


def message_record(message: Message, number: int, channel_type: str) -> Record:
    """A message as a row: as the API shows it, with the number of its conversation."""
    return {"conversation_number": number, **message_view(message, channel_type)}


@frozen
class Writer:
    """How rows are written: what stands before them, and a row as a line."""

    head: bytes
    line: Callable[[Record], bytes]


def writer(kind: ExportKind, format: ExportFormat, *, bom: bool = False) -> Writer:
    """The writer of a kind in a format."""
    if format is ExportFormat.JSONL:
        return Writer(b"", _json_line)
    columns = COLUMNS[kind]
    paths = [column.split(".") for column in columns]
    names = _csv_line([column.replace(".", "_") for column in columns])
    return Writer((b"\xef\xbb\xbf" if bom else b"") + names, lambda record: _csv_line([_at(record, p) for p in paths]))


def _json_line(record: Record) -> bytes:
    return orjson.dumps(dict(record), default=str, option=orjson.OPT_APPEND_NEWLINE)


class _Line:
    """What a writer writes is what it answers."""

    def write(self, text: str) -> str:
        """The line."""
        return text


_LINES = csv.writer(_Line(), lineterminator="\r\n")


def _csv_line(values: Sequence[object]) -> bytes:
    line: str = _LINES.writerow([_cell(value) for value in values])
    return line.encode()


def _at(record: Any, path: Sequence[str]) -> object:
    for name in path:
        record = record.get(name) if record is not None else None
    return record


def _cell(value: object) -> str:
    """A value as a cell that no spreadsheet computes."""
    match value:
        case None:
            return ""
        case int():
            return str(value)
        case list() | tuple():
            text = ", ".join(str(each) for each in value)
        case _:
            text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
