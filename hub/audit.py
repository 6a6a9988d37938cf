"""The audit: what was asked of the outside in a customer's name, by whom, and what was decided. Nothing in it changes.

Each row is canonical JSON and carries the hash of all rows before it, so that a change, a gap or a swap shows. A row
holds no personal data: arguments are redacted, and customers appear under pseudonyms (`hub.redaction`).
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType, Protocol
from uuid import UUID

from attrs import field, fields, frozen

from hub.canonical_json import canonical
from hub.clock import rfc3339

AuditSeq = NewType("AuditSeq", int)
"""The number of a row: 1, 2, 3, … without a gap."""

GENESIS = bytes(32)
"""What stands for the hash before the first row."""


class Phase(StrEnum):
    """What a row tells of: that something is about to be done, how it ended, or that it was refused or allowed."""

    INTENT = "intent"
    OUTCOME = "outcome"
    DECISION = "decision"


@frozen(kw_only=True)
class Entry:
    """What is recorded. Every text in it is redacted already, but for words of the hub's own.

    `actor` is a principal (`ai:<key id>`, `user:<id>`, `key:<id>`, `system`; `command`: whoever may run `hub`);
    `customer` a pseudonym; `tool` the tool or operation; `decision` the hub's word for what came of it (`allowed`,
    `denied`, `ok`, …) and `problem` the code of the error, if it is one. `args_redacted` holds no float; `args_hmac`
    tells equal arguments (`Redactor.fingerprint`). `latency_ms` are whole milliseconds; `provider_status` is the back
    end's HTTP status.
    """

    at: datetime
    call_id: UUID
    phase: Phase = field(converter=Phase)
    actor: str
    tool: str
    decision: str
    conversation_id: UUID | None = None
    customer: str | None = None
    problem: str | None = None
    args_redacted: Mapping[str, Any] | None = None
    args_hmac: str | None = None
    provider_status: int | None = None
    latency_ms: int | None = None
    draft_id: UUID | None = None
    state_before: str | None = None
    state_after: str | None = None
    approval_id: UUID | None = None
    consent_id: UUID | None = None


_IDS = ("call_id", "conversation_id", "draft_id", "approval_id", "consent_id")


def body(entry: Entry) -> str:
    """The row of an entry as it is stored and hashed."""
    given = {field.name: getattr(entry, field.name) for field in fields(Entry)}
    ids = {name: None if given[name] is None else str(given[name]) for name in _IDS}
    return canonical(_storable({**given, **ids, "at": rfc3339(entry.at), "phase": entry.phase.value}))


def _storable(value: Any) -> Any:
    """What PostgreSQL cannot hold in a text, NUL and halves of surrogate pairs, replaced."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Mapping):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return [_storable(item) for item in value] if isinstance(value, list | tuple) else value


def link(previous: bytes, stream: str, seq: int, body: str) -> bytes:
    """The hash of a row: it stands for the row and, through `previous`, for all before it."""
    return hashlib.sha256(previous + f"{stream}|{seq}|{body}".encode()).digest()


class AuditLog(Protocol):
    """Where it is kept."""

    async def append(self, entry: Entry) -> AuditSeq:
        """Writes a row and commits it. Raises AuditUnavailable: then nothing may be done outside."""
