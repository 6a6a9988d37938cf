"""Turns at something costly: a few at a time, a bounded line behind them, a refusal for whoever comes after that."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hub.errors import Unavailable


class Turns:
    """`at_once` may go, `line` may wait; above that the next one is refused."""

    def __init__(self, at_once: int, line: int) -> None:
        self._free, self._most = asyncio.Semaphore(at_once), at_once + line
        self.taken = 0
        """How many go or wait."""

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A turn, when it comes. Raises Unavailable when too many wait already."""
        if self.taken >= self._most:
            raise Unavailable("Too many ask for this at once.", retry_after=1)
        self.taken += 1
        try:
            async with self._free:
                yield
        finally:
            self.taken -= 1
