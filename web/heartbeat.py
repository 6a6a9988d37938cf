"""One clock for all sockets: a timer of its own for each would weigh more than the socket."""

import asyncio
from collections import deque
from typing import Protocol

COARSE = 0.25
"""Seconds by which a look may be late, so that a crowd is not looked at one by one."""


class Looked(Protocol):
    """What is looked at."""

    def alive(self) -> bool:
        """Told at every look; False when there is nothing more to look at."""


class Heartbeat:
    """Looks at everything that was added, every so many seconds, until it is no longer alive."""

    def __init__(self, every: float) -> None:
        self._every = every
        # In the order in which they are due.
        self._due: deque[tuple[float, Looked]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._due)

    def add(self, looked: Looked) -> None:
        """From now on."""
        self._due.append((asyncio.get_running_loop().time() + self._every, looked))
        self._schedule()

    def _schedule(self) -> None:
        if self._due and self._timer is None:
            loop = asyncio.get_running_loop()
            wait = max(self._due[0][0] - loop.time(), min(COARSE, self._every))
            self._timer = loop.call_later(wait, self._look)

    def _look(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        while self._due and self._due[0][0] <= now:
            looked = self._due.popleft()[1]
            if looked.alive():
                self._due.append((now + self._every, looked))
        self._schedule()
