"""When an attempt is repeated: three in all, after pauses drawn at random, as long as repeats are the exception.

A repeat is worth it for what may pass by itself: no connection, no answer in time, 429, 502, 503, 504. Never for other
4xx; never for a write that the back end could not tell from its repeat.
"""

from collections.abc import Callable

from attrs import frozen

from hub.record import evolve

PASSING = frozenset({429, 502, 503, 504})
"""HTTP statuses that may pass by themselves."""

RESERVE = 10.0
"""Repeats that are always to be had after a quiet time. Above it, and beyond the budget, calls fail at their first
failure: a back end that is going down is not called three times as often."""

REFILL = 1.0
"""Repeats per second that come back by themselves, so that a hub with few calls can repeat at all."""


@frozen
class Retries:
    """`attempts` in all; the bound of the pause begins with `base` seconds and doubles up to `cap`. A `Retry-After` up
    to `retry_after_cap` seconds is waited for; a longer one ends the call."""

    attempts: int = 3
    base: float = 0.2
    cap: float = 2.0
    retry_after_cap: float = 5.0

    def pause(self, made: int, asked: float | None, random: Callable[[], float]) -> float | None:
        """Seconds until the next attempt after `made` of them (full jitter: evenly below the bound); None when there is
        none. `asked` is the back end's Retry-After; `random` gives [0, 1)."""
        if made >= self.attempts or (asked or 0.0) > self.retry_after_cap:
            return None
        return max(random() * min(self.base * 2.0 ** (made - 1), self.cap), asked or 0.0)


@frozen
class Budget:
    """How many repeats one may make just now, at the moment `at`."""

    left: float = RESERVE
    at: float = 0.0

    def called(self, share: float) -> "Budget":
        """A call was made: `share` of a repeat more may be made."""
        return evolve(self, left=min(self.left + share, RESERVE))

    def repeated(self, now: float) -> "Budget | None":
        """What is left after a repeat now; None when none may be made."""
        left = min(self.left + max(now - self.at, 0.0) * REFILL, RESERVE)
        return Budget(left - 1.0, now) if left >= 1.0 else None
