"""What people decide about the hub's dealings with the outside, as rows of the audit.

Each is written in the transaction of what it decides: nobody has a call done again, drops it, or switches a tool
without its row.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from hub.audit import Entry, Phase
from hub.dead_letter import DeadLetter, LetterState, Which
from hub.ids import uuid7


def decided(by: str, what: str, at: datetime, **more: Any) -> Entry:
    """The row of a decision: `by` a principal, `what` was done, as the hub calls it."""
    return Entry(at=at, call_id=uuid7(), phase=Phase.DECISION, actor=by, tool=what, decision="allowed", **more)


def letter_decided(letter: DeadLetter, by: str, what: str, at: datetime) -> Entry:
    """The row of a letter that is to be done again, or was discarded. `letter` as it is then."""
    about = {"letter_id": letter.id, "ref_id": letter.ref_id}
    return decided(
        by,
        what,
        at,
        conversation_id=letter.conversation_id,
        draft_id=_draft_id(letter),
        args_redacted={
            "integration": letter.integration,
            "operation": letter.operation,
            **{name: str(id) for name, id in about.items() if id is not None},
        },
        state_before=LetterState.DEAD.value,
        state_after=letter.state.value,
    )


def letters_decided(which: Which, queued: Mapping[str, int], by: str, at: datetime) -> Entry:
    """The row of many letters that are to be done again at once: what was asked for, and how many of each integration
    it is. Which ones: those that name this principal, in the table."""
    asked = {"integration": which.integration, "operation": which.operation, "kind": which.kind}
    given = {name: str(value) for name, value in asked.items() if value is not None}
    return decided(
        by,
        "redrive_dead_letters",
        at,
        args_redacted={**given, "queued": dict(queued)},
        state_before=LetterState.DEAD.value,
        state_after=LetterState.QUEUED.value,
    )


def _draft_id(letter: DeadLetter) -> UUID | None:
    """The draft that a letter is about, if it is about one."""
    return letter.ref_id if letter.ref_id and letter.payload.get("draft_id") == str(letter.ref_id) else None
