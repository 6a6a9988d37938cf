"""What is told of back ends, and to whom."""

from datetime import UTC, datetime

from hub.audience import Viewer, entitled
from hub.conversation.effects import NewEvent
from hub.events import Event
from hub.frame import Frame, event_frame
from hub.ids import uuid7
from hub.integration.breaker import State
from hub.integration.news import changed, changed_at, circuit_at, circuit_changed
from hub.journal import Change
from hub.rights import Role

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def told(change: Change) -> tuple[NewEvent, Frame]:
    (event,) = change.effects.events
    stored = Event(7, event.id, event.type, event.at, None, None, None, event.audience, None, event.data)
    return event, event_frame(stored)


def test_everybody_hears_of_a_circuit() -> None:
    event, frame = told(circuit_changed("ticketing", State.OPEN, 59.6, NOON))
    assert event.type == "circuit.changed"
    assert event.data == {"integration": "ticketing", "state": "open", "retry_after_s": 60}
    assert all(entitled(Viewer(uuid7(), "Ana", role), event.audience, conversation=False) for role in Role)
    assert changed_at(frame) is None
    assert circuit_at(frame) == ("ticketing", State.OPEN)


def test_only_replicas_hear_of_a_change() -> None:
    event, frame = told(changed("transaction_status", NOON))
    assert changed_at(frame) == "transaction_status"
    assert circuit_at(frame) is None
    assert not any(entitled(Viewer(uuid7(), "Ana", role), event.audience, conversation=False) for role in Role)
