"""`hub export` on a real database."""

import asyncio
import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from hub.ids import uuid7
from storage import export
from tests.conftest import execute
from tests.hub.commands.conftest import Call, Ended

TALKS, WORDS = 3, 4


@pytest.fixture
def talks(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with conversations of January, each with some messages; they are read in portions of a few rows."""
    monkeypatch.setattr(export, "MOST", 5)
    statements = [f"insert into teams (id, name) values ('{(team := uuid7())}', 'Support')"]
    for number, talk in enumerate(sorted(uuid7() for _ in range(TALKS))):
        customer = uuid7()
        statements += [
            f"insert into customers (id, name) values ('{customer}', 'Maria {number}')",
            f"""insert into conversations (id, number, channel, channel_type, customer_id, status, team_id, version,
                revision, last_change, created_at, updated_at)
            values ('{talk}', {1001 + number}, 'app', 'chat_app', '{customer}', 'open',
                {f"'{team}'" if number else "null"}, 1, 1, '{talk}', '2026-01-05T12:00Z', '2026-01-06T12:00Z')""",
            *(
                f"""insert into messages (id, conversation_id, seq, channel, direction, sender_type, type, text,
                    content_metadata, status, at, created_at, metadata, internal)
                values ('{uuid7()}', '{talk}', {seq}, 'app', 'inbound', 'customer', 'text', '=word {seq}', '{{}}',
                    'received', '2026-01-06T12:00Z', '2026-01-06T12:00Z', '{{}}', '{{}}')"""
                for seq in range(1, WORDS + 1)
            ),
        ]
    asyncio.run(execute(database_url, *statements))
    return database_url


def run(call: Call, url: str, *arguments: str) -> Ended:
    return call("-o", f"database.url={url}", "export", *arguments, "--from", "2026-01-01")


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def numbered(lines: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return [(int(line["conversation_number"]), int(line["conversation_seq"])) for line in lines]


EVERYTHING = [(1001 + number, seq) for number in range(TALKS) for seq in range(1, WORDS + 1)]


def test_conversations_as_a_table(call: Call, talks: str) -> None:
    ended = run(call, talks, "conversations")
    assert (ended.code, ended.err) == (0, "3 rows.\n")
    assert [(row["number"], row["customer_name"]) for row in table(ended.out)] == [
        (str(1001 + number), f"Maria {number}") for number in range(TALKS)
    ]
    assert len(table(run(call, talks, "conversations", "--team", "Support").out)) == TALKS - 1
    assert table(run(call, talks, "conversations", "--to", "2026-01-05T12:00:00Z").out) == []


def test_messages_as_a_table_and_for_programs(call: Call, talks: str) -> None:
    rows = table(run(call, talks, "messages").out)
    assert numbered(rows) == EVERYTHING
    assert rows[0]["content_text"] == "'=word 1"
    lines = [json.loads(line) for line in run(call, talks, "messages", "--format", "jsonl").out.splitlines()]
    assert numbered(lines) == EVERYTHING
    assert lines[0]["content"]["text"] == "=word 1"


def test_what_was_broken_off_can_be_gone_on_with(call: Call, talks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, portions = export.ExportRows.portion, 0

    async def portion(*arguments: Any) -> Any:
        nonlocal portions
        portions += 1
        if portions == 2:
            raise KeyboardInterrupt
        return await plain(*arguments)

    monkeypatch.setattr(export.ExportRows, "portion", portion)
    first = run(call, talks, "messages", "--format", "jsonl")
    assert first.code == 130
    assert "5 rows were printed." in first.err
    more = first.err[first.err.index("--to") :].split()[:4]
    second = run(call, talks, "messages", "--format", "jsonl", *more)
    assert second.code == 0, second.err
    told = [json.loads(line) for ended in (first, second) for line in ended.out.splitlines()]
    assert numbered(told) == EVERYTHING


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--to", "2025-01-01"), 2),
        (("--to", "soon"), 2),
        (("--after", "here"), 2),
        (("--format", "xlsx"), 2),
        (("--team", "Nobody"), 3),
    ],
)
def test_what_makes_no_sense_is_said(call: Call, talks: str, arguments: tuple[str, ...], code: int) -> None:
    ended = run(call, talks, "messages", *arguments)
    assert (ended.code, ended.out) == (code, "")
    assert ended.err


def test_whoever_reads_may_leave(talks: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hub", "-o", f"database.url={talks}", "export", "messages", "--from", "2026-01-01"]
    read, write = os.pipe()
    os.close(read)
    try:
        ended = subprocess.run(
            command, cwd=tmp_path, stdout=write, stderr=subprocess.PIPE, text=True, timeout=120, check=False
        )
    finally:
        os.close(write)
    assert (ended.returncode, ended.stderr) == (1, "")


def test_it_goes_on_after_a_place_that_is_gone(call: Call, talks: str) -> None:
    ended = run(call, talks, "messages", "--after", f"{uuid4()}:3")
    assert ended.code == 0
