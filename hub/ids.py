"""Identifiers: UUID version 7 (RFC 9562 §5.7), so that rows made together lie together on disk."""

import secrets
import time
from collections.abc import Iterator
from uuid import UUID

_FIXED = 0x7 << 76 | 0b10 << 62
_RANDOM = 0xFFF << 64 | (1 << 62) - 1
_DRAWN = 128


def _draw() -> Iterator[int]:
    """The lower 80 bits of an id: version and variant, the rest random. The system is asked for many at once: each
    question is a call into the kernel."""
    while True:
        drawn = secrets.token_bytes(10 * _DRAWN)
        for start in range(0, len(drawn), 10):
            yield int.from_bytes(drawn[start : start + 10]) & _RANDOM | _FIXED


_lower = _draw()


def uuid7(unix_ms: int | None = None) -> UUID:
    """A new UUIDv7 of the given moment (milliseconds since 1970), by default of now.

    74 of its bits are random, so ids made in one millisecond by several replicas do not collide. The order inside one
    millisecond is not kept: nothing in the hub orders by id alone.
    """
    moment = time.time_ns() // 1_000_000 if unix_ms is None else unix_ms
    return UUID(int=(moment & 0xFFFF_FFFF_FFFF) << 80 | next(_lower))
