"""What a receiver is told of an event."""

from datetime import UTC, datetime
from typing import Any

import orjson

from hub.events import Audience, Event
from hub.ids import uuid7
from hub.webhook.body import MOST_BYTES, body_of, trial_body

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def event(**data: Any) -> Event:
    audience = Audience(team_id=uuid7())
    return Event(7, uuid7(), "message.received", NOON, uuid7(), 3, 2, audience, {"type": "customer"}, data)


def test_an_event_is_told_as_agents_see_it() -> None:
    told = event(text="Olá")
    assert orjson.loads(body_of(told)) == {
        "type": "message.received",
        "timestamp": "2026-01-05T12:00:00.000Z",
        "id": str(told.id),
        "seq": 7,
        "conversation_id": str(told.conversation_id),
        "conversation_seq": 3,
        "version": 2,
        "actor": {"type": "customer"},
        "data": {"text": "Olá"},
    }


def test_one_that_is_too_large_is_told_without_its_data() -> None:
    body = body_of(event(text="x" * MOST_BYTES))
    told = orjson.loads(body)
    assert len(body) < 1000
    assert (told["data"], told["truncated"], told["seq"]) == ({}, True, 7)
    assert b"truncated" not in body_of(event(text="x" * (MOST_BYTES - 1000)))


def test_a_trial_tells_of_nothing() -> None:
    assert orjson.loads(trial_body(NOON)) == {
        "type": "webhook.test",
        "timestamp": "2026-01-05T12:00:00.000Z",
        "data": {},
    }
