"""What people decide, in the audit's words."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from hub.audit import Entry, Phase, body
from hub.dead_letter import DeadLetter, LetterKind, Which
from hub.decision import decided, letter_decided, letters_decided

NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)
BY = "user:1"


def letter(**given: Any) -> DeadLetter:
    usual = {"integration": "ticketing", "operation": "create_ticket", "kind": "write", "problem": "integration_error"}
    stood = {"id": uuid4(), "state": "queued", "times": 1, "first_at": NOON, "last_at": NOON}
    return DeadLetter(**{**usual, **stood, **given})


def test_a_decision_says_who_and_what() -> None:
    entry = decided(BY, "disable_tool", NOON, args_redacted={"tool": "search_tickets"})
    assert (entry.actor, entry.tool, entry.phase, entry.decision) == (BY, "disable_tool", Phase.DECISION, "allowed")
    assert entry.at == NOON
    assert decided(BY, "disable_tool", NOON).call_id != entry.call_id


def test_a_letter_is_named_with_what_it_is_about() -> None:
    draft, conversation = uuid4(), uuid4()
    about = letter(ref_id=draft, conversation_id=conversation, payload={"draft_id": str(draft)})
    entry = letter_decided(about, BY, "redrive_dead_letter", NOON)
    assert (entry.draft_id, entry.conversation_id, entry.state_after) == (draft, conversation, "queued")
    assert entry.args_redacted is not None
    assert (entry.args_redacted["letter_id"], entry.args_redacted["ref_id"]) == (str(about.id), str(draft))
    assert stored(entry)


def test_a_letter_about_something_else_names_no_draft() -> None:
    assert letter_decided(letter(ref_id=uuid4()), BY, "discard_dead_letter", NOON).draft_id is None
    alone = letter_decided(letter(), BY, "discard_dead_letter", NOON)
    assert alone.args_redacted is not None
    assert "ref_id" not in alone.args_redacted


def test_many_letters_are_named_by_what_was_asked_for() -> None:
    entry = letters_decided(Which("ticketing", None, LetterKind.WRITE), {"ticketing": 2}, BY, NOON)
    assert entry.args_redacted == {"integration": "ticketing", "kind": "write", "queued": {"ticketing": 2}}
    assert stored(entry)


def stored(entry: Entry) -> bool:
    """Whether it can be written."""
    return '"tool":' in body(entry)
