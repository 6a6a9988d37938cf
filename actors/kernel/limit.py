"""How many failures in how much time are too many: one rule for actors and for supervised children."""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `restarts` within any `within` seconds; one more exceeds it."""

    restarts: int
    within: float

    def __post_init__(self) -> None:
        if self.restarts < 0 or self.within <= 0:
            raise ValueError("a limit needs restarts >= 0 and within > 0 seconds")


class Window:
    """The failures that still count against a limit. Holds at most `restarts + 1` moments."""

    __slots__ = ("_limit", "_moments")

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._moments: deque[float] = deque(maxlen=limit.restarts + 1)

    def add(self, now: float) -> bool:
        """Counts one failure; whether the limit is exceeded with it."""
        self._moments.append(now)
        while now - self._moments[0] > self._limit.within:
            self._moments.popleft()
        return len(self._moments) > self._limit.restarts

    def __len__(self) -> int:
        return len(self._moments)
