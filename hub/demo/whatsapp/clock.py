"""The world's time: it runs at the pace of real time and can be set forward, so that windows and links expire."""

import time

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Clock:
    """Seconds since 1970 as this world sees them. It never runs backwards on its own, whatever the machine's does."""

    def __init__(self, offset: float = 0.0) -> None:
        """`offset`: seconds by which the world is ahead of the machine."""
        self._origin = time.time() - time.monotonic()
        self.offset = offset

    def now(self) -> float:
        """The present moment."""
        return self._origin + time.monotonic() + self.offset

    def advance(self, seconds: float) -> None:
        """Jump ahead (or back, with a negative number). Delays that are already running are not shortened."""
        self.offset += seconds

    def timestamp(self) -> str:
        """The moment as webhooks write it: whole seconds, as a string."""
        return str(int(self.now()))
