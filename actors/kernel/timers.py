"""Messages for later: one heap, one `call_later` of the loop. What must survive a restart is a row instead."""

import asyncio
import heapq
import itertools
import math
from collections.abc import Callable
from contextvars import Context
from typing import Protocol

from actors.kernel.errors import KernelError, TimersFull

MOST_TIMERS = 1_000_000
"""Timers held at once, about 250 bytes each; past it `after` raises TimersFull."""
FIRED_AT_ONCE = 1_000
"""Timers fired in one go of the loop; the rest follow in the next, so that others get their turn."""
SLACK = 1e-6
"""Seconds a timer may fire early: loops round their own clocks."""


KEPT_CANCELLED = 256
"""Cancelled timers that may stay in the heap; more are cleared out when they are the larger half of it."""


class Receiver(Protocol):
    """Whoever takes the message; in the hub always a Ref."""

    def tell(self, message: object) -> None: ...


class Timer:
    """Something due at a moment. Cancelling it twice, or after it fired, does nothing."""

    __slots__ = ("_action", "_timers", "when")

    def __init__(self, timers: "Timers", when: float, action: Callable[[], None]) -> None:
        self._timers = timers
        self._action: Callable[[], None] | None = action
        self.when = when

    @property
    def waiting(self) -> bool:
        """Whether it will still fire."""
        return self._action is not None

    def cancel(self) -> None:
        if self._action is not None:
            self._action = None
            self._timers.cancelled()

    def forget(self) -> None:
        """Cancels it for timers that hold it no longer."""
        self._action = None

    def fire(self) -> None:
        """Does what was due, once."""
        action, self._action = self._action, None
        if action is not None:
            action()


class Timers:
    """All timers of a system. `rejected` counts messages that their actor did not take; they are not tried again."""

    def __init__(self, clock: Callable[[], float], limit: int = MOST_TIMERS) -> None:
        self._clock = clock
        self._limit = limit
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()  # timers of one moment fire in the order they were made
        self._cancelled = 0
        self._handle: asyncio.TimerHandle | None = None
        self._wake_at = math.inf  # when the handle is due
        self._context = Context()  # a timer's message starts a trace of its own
        self._closed = False
        self.rejected = 0

    def __len__(self) -> int:
        return len(self._heap) - self._cancelled

    def after(self, delay: float, ref: Receiver, message: object) -> Timer:
        """Tells `ref` the message in `delay` seconds. Raises TimersFull."""
        return self.call(delay, lambda: self._tell(ref, message))

    def call(self, delay: float, action: Callable[[], None]) -> Timer:
        """Runs a short action of the kernel in `delay` seconds."""
        if len(self) >= self._limit:
            raise TimersFull(self._limit)
        timer = Timer(self, self._clock() + delay, action)
        if self._closed:
            timer.forget()
            return timer
        heapq.heappush(self._heap, (timer.when, next(self._order), timer))
        if timer.when < self._wake_at:
            self._arm(timer.when)
        return timer

    def cancelled(self) -> None:
        """Told by a timer, which stays in the heap for now."""
        self._cancelled += 1
        if self._cancelled > KEPT_CANCELLED and self._cancelled * 2 > len(self._heap):
            self._heap = [entry for entry in self._heap if entry[2].waiting]
            heapq.heapify(self._heap)
            self._cancelled = 0

    def close(self) -> None:
        """Forgets every timer; later ones never fire."""
        self._closed = True
        for _, _, timer in self._heap:
            timer.forget()
        self._heap.clear()
        self._cancelled = 0
        if self._handle is not None:
            self._handle.cancel()

    def _tell(self, ref: Receiver, message: object) -> None:
        try:
            ref.tell(message)
        except KernelError:
            self.rejected += 1

    def _arm(self, when: float) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._wake_at = when
        delay = max(0.0, when - self._clock())
        self._handle = asyncio.get_running_loop().call_later(delay, self._fire, context=self._context)

    def _fire(self) -> None:
        self._handle, self._wake_at = None, math.inf
        now = self._clock() + SLACK
        for _ in range(FIRED_AT_ONCE):
            if not self._heap or self._heap[0][0] > now:
                break
            timer = heapq.heappop(self._heap)[2]
            if timer.waiting:
                timer.fire()
            else:
                self._cancelled -= 1
        if self._heap and self._heap[0][0] < self._wake_at:
            self._arm(self._heap[0][0])
