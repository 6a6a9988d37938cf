"""How fast a number sends: no faster than WhatsApp takes it (Meta, "Throughput": 80 messages a second by default)."""

import asyncio
import time
from collections.abc import Callable

from attrs import define

BURST = 0.25
"""Seconds' worth of messages that may go at once after a quiet time."""


@define
class Throughput:
    """Spaces sends. Who comes too soon waits for his turn; as many wait as may be on their way at once."""

    per_second: float
    clock: Callable[[], float] = time.monotonic
    _next: float = 0.0

    def take(self) -> float:
        """Takes the next turn; the seconds until it comes."""
        now = self.clock()
        at = max(self._next, now - BURST)
        self._next = at + 1 / self.per_second
        return max(at - now, 0.0)

    async def turn(self) -> None:
        """Returns when it is this one's turn."""
        wait = self.take()
        if wait > 0:
            await asyncio.sleep(wait)
