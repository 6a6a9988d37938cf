"""What a receiver is told: the event as agents see it, in the words of Standard Webhooks."""

from datetime import datetime
from typing import Any

import orjson

from hub.clock import rfc3339
from hub.events import Event
from hub.webhook.delivery import TEST

MOST_BYTES = 256 * 1024
"""Bytes of a body. A larger event is told without its `data` and marked `truncated`: the receiver reads the rest
through the API."""


def body_of(event: Event) -> bytes:
    """The body of an event: the same bytes at every try, because each try signs them anew."""
    told: dict[str, Any] = {
        "type": event.type,
        "timestamp": rfc3339(event.at),
        "id": event.id,
        "seq": event.seq,
        "conversation_id": event.conversation_id,
        "conversation_seq": event.conversation_seq,
        "version": event.version,
        "actor": event.actor,
        "data": event.data,
    }
    body = orjson.dumps(told)
    return body if len(body) <= MOST_BYTES else orjson.dumps({**told, "data": {}, "truncated": True})


def trial_body(at: datetime) -> bytes:
    """The body of a delivery that somebody asked for to see whether it arrives."""
    return orjson.dumps({"type": TEST, "timestamp": rfc3339(at), "data": {}})
