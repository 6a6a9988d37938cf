"""When something happened, by the channel's clock, kept within reason.

A webhook can be a week late, so Meta's timestamp counts, not the arrival; but a broken one must not put a message into
the year 33658. (Meta, "Webhooks: messages": `timestamp` is a string of unix seconds.)
"""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

EARLIEST = datetime(2009, 1, 1, tzinfo=UTC)
"""WhatsApp's first year; earlier times become this one."""
TOLERANCE = timedelta(minutes=5)
"""How far a channel's clock may run ahead of ours; later times become now + this."""

_EARLIEST_SECONDS = EARLIEST.timestamp()
_TOLERANCE_SECONDS = TOLERANCE.total_seconds()
_HUGE = 10**18  # seconds; beyond any bound, within any float


def moment(raw: Any, now: datetime) -> tuple[datetime, str | None]:
    """The time meant by `raw`, and why it is not exactly that: `not_numeric` (then it is `now`), `too_early` or
    `in_future` (then it is the nearest bound)."""
    seconds = _seconds(raw)
    if seconds is None:
        return now, "not_numeric"
    if seconds < _EARLIEST_SECONDS:
        return EARLIEST, "too_early"
    if seconds > now.timestamp() + _TOLERANCE_SECONDS:
        return now + TOLERANCE, "in_future"
    return datetime.fromtimestamp(seconds, UTC), None


def _seconds(raw: Any) -> float | None:
    if isinstance(raw, str) and raw.isascii() and raw.removeprefix("-").isdigit():
        return float(raw)
    if isinstance(raw, float):
        return None if math.isnan(raw) else raw
    if isinstance(raw, int) and not isinstance(raw, bool):
        return float(max(-_HUGE, min(raw, _HUGE)))
    return None
