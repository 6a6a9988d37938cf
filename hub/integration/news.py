"""What the hub tells itself and others of its back ends, through the event log: so every replica hears of it, once.

A circuit that opens or closes is told to everybody: agents see why transactions cannot be shown. That something has
changed at a back end concerns the replicas alone, which keep copies: nobody is told.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from hub.conversation.effects import Effects, NewEvent
from hub.events import Audience, EventType
from hub.frame import Frame
from hub.ids import uuid7
from hub.integration.breaker import State
from hub.journal import Change

CHANGED = "integration.changed"
"""The type of the event that only replicas hear."""

NOBODY = Audience(user_id=UUID(int=0))


def circuit_changed(circuit: str, state: State, seconds: float, at: datetime) -> Change:
    """A circuit has opened, for so many seconds at least, or closed."""
    data = {"integration": circuit, "state": state.value, "retry_after_s": round(seconds)}
    return _told(EventType.CIRCUIT_CHANGED, Audience(), data, at)


def changed(integration: str, at: datetime) -> Change:
    """Something has changed at a back end: copies of its answers may be wrong."""
    return _told(CHANGED, NOBODY, {"integration": integration}, at)


def changed_at(frame: Frame) -> str | None:
    """Of which back end a frame tells that something has changed there; None for other frames."""
    if frame.type != CHANGED:
        return None
    integration: str = orjson.loads(frame.payload)["data"]["integration"]
    return integration


def circuit_at(frame: Frame) -> tuple[str, State] | None:
    """Of which circuit a frame tells, and what it became; None for other frames."""
    if frame.type != EventType.CIRCUIT_CHANGED:
        return None
    data = orjson.loads(frame.payload)["data"]
    return data["integration"], State(data["state"])


def _told(type: str, audience: Audience, data: dict[str, Any], at: datetime) -> Change:
    event = NewEvent(id=uuid7(), type=type, at=at, audience=audience, data=data)
    return Change(id=uuid7(), effects=Effects(events=[event]))
