"""Small things done again and again beside the actors: they look after themselves and never end by a passing fault."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from hub.errors import Unavailable

log = logging.getLogger("hub.chores")


async def every(seconds: float, what: Callable[[], Awaitable[None]]) -> None:
    """Waits, does it, waits again. While the database is away it is left out."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await what()
        except Unavailable:
            log.info("a chore was left out: the database is away")


async def measure_lag(tell: Callable[[float], None], beat: float = 0.5) -> None:
    """Tells, at every beat, by how many seconds the event loop was late."""
    while True:
        began = time.monotonic()
        await asyncio.sleep(beat)
        tell(max(time.monotonic() - began - beat, 0.0))
