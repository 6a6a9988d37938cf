"""Identifiers: UUID version 7 (RFC 9562 §5.7), so that rows made together lie together on disk."""

import secrets
import time
from uuid import UUID


def uuid7(unix_ms: int | None = None) -> UUID:
    """A new UUIDv7 of the given moment (milliseconds since 1970), by default of now.

    74 of its bits are random, so ids made in one millisecond by several replicas do not collide. The order inside one
    millisecond is not kept: nothing in the hub orders by id alone.
    """
    moment = time.time_ns() // 1_000_000 if unix_ms is None else unix_ms
    noise = secrets.randbits(74)
    value = (moment & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | (noise >> 62) << 64 | 0b10 << 62 | noise & ((1 << 62) - 1)
    return UUID(int=value)
