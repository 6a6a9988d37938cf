"""Rows of the audit: one text for each entry, and a hash that stands for all before it."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hub.audit import GENESIS, Entry, Phase, body, link

CALL = UUID("0190b5a4-7d3e-7c11-9a52-3f6f1f0f8e21")
NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)


def entry(**given: Any) -> Entry:
    standard = {"at": NOON, "call_id": CALL, "phase": Phase.INTENT, "actor": "ai:1", "tool": "t", "decision": "allowed"}
    return Entry(**{**standard, **given})


def test_a_row_is_canonical_and_says_everything() -> None:
    row = body(entry(conversation_id=CALL, args_redacted={"b": [1, None, True], "a": "x"}, latency_ms=12))
    assert row.startswith('{"actor":"ai:1","approval_id":null,"args_hmac":null,"args_redacted":{"a":"x","b":[1,')
    told = json.loads(row)
    assert (told["at"], told["call_id"], told["conversation_id"]) == ("2026-11-05T12:00:00.000Z", str(CALL), str(CALL))
    assert (told["phase"], told["latency_ms"], told["draft_id"]) == ("intent", 12, None)
    assert len(told) == 18


def test_a_phase_may_be_given_by_its_word() -> None:
    assert entry(phase="outcome").phase is Phase.OUTCOME


def test_what_the_database_cannot_hold_is_replaced() -> None:
    told = json.loads(body(entry(args_redacted={"k\0": ["a\0b", "\ud800x", "\U0001f600"]})))
    assert told["args_redacted"] == {"k\ufffd": ["a\ufffdb", "\ufffdx", "\U0001f600"]}


def test_a_link_covers_the_row_its_place_and_all_before_it() -> None:
    first = link(GENESIS, "2026-11", 1, "{}")
    assert first == hashlib.sha256(bytes(32) + b"2026-11|1|{}").digest()
    others = {
        link(first, "2026-11", 1, "{}"),
        link(GENESIS, "2026-12", 1, "{}"),
        link(GENESIS, "2026-11", 2, "{}"),
        link(GENESIS, "2026-11", 1, "{ }"),
    }
    assert len(others | {first}) == 5
