"""How often one customer may do something: a bucket of tokens each, in this process."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from attrs import define, field

from hub.errors import LimitReached

KEPT = 20_000
"""Customers whose pace is remembered. Above it the one heard of longest ago is forgotten, and may begin anew."""


@define
class Pace:
    """So many at once after a quiet time, then `per_second`. What is above is refused with the time to wait."""

    per_second: float
    burst: float
    clock: Callable[[], float] = time.monotonic
    _known: OrderedDict[Any, tuple[float, float]] = field(factory=OrderedDict)

    @classmethod
    def per_minute(cls, count: int) -> "Pace":
        """A minute's worth at once, and as much a minute."""
        return cls(count / 60, max(1.0, float(count)))

    def take(self, who: object) -> None:
        """One more. Raises LimitReached."""
        now = self.clock()
        left, seen = self._known.pop(who, (self.burst, now))
        left = min(self.burst, left + (now - seen) * self.per_second)
        if left < 1:
            self._known[who] = left, now
            raise LimitReached(retry_after=max(1.0, (1 - left) / self.per_second))
        self._known[who] = left - 1, now
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
