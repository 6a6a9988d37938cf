"""When waiting for an answer ends. Nearly every answer comes in time, so that a wait has to cost next to nothing: no
timer of its own, nothing to cancel. Waits of one length end in the order in which they began; a queue for each length
is therefore in order by itself."""

import asyncio
import math
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Any, NamedTuple

from actors.kernel.mail import time_out
from actors.kernel.timers import SLACK

KEPT_ANSWERED = 256
"""Waits of one length that are kept, answered ones among them. Above it, and twice as many as were left the last time,
the answered ones are let go."""


class Wait(NamedTuple):
    """Somebody waits until `when` for an actor of this kind."""

    when: float
    reply: "asyncio.Future[Any]"
    kind: str


class _Lane:
    """The waits of one length."""

    __slots__ = ("full", "waits")

    def __init__(self) -> None:
        self.waits: deque[Wait] = deque()
        self.full = KEPT_ANSWERED

    def clear_out(self) -> None:
        self.waits = deque(wait for wait in self.waits if not wait.reply.done())
        self.full = max(KEPT_ANSWERED, 2 * len(self.waits))

    def end(self, now: float) -> float:
        """Ends the waits that are over; the moment at which the next one will be."""
        waits = self.waits
        while waits and (waits[0].when <= now or waits[0].reply.done()):
            wait = waits.popleft()
            time_out(wait.reply, wait.kind)
        return waits[0].when if waits else math.inf


class Deadlines:
    """All waits of a system. The mailboxes bound how many there are, and one timer of the loop ends them."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lanes: dict[float, _Lane] = {}
        self._handle: asyncio.TimerHandle | None = None
        self._wake_at = math.inf
        self._context = Context()  # whoever asked first has nothing to do with who waits in vain

    def __len__(self) -> int:
        return sum(len(lane.waits) for lane in self._lanes.values())

    def add(self, reply: "asyncio.Future[Any]", timeout: float, kind: str) -> None:
        """From now on the wait ends with AskTimeout, unless there is an answer within `timeout` seconds."""
        lane = self._lanes.get(timeout)
        if lane is None:
            lane = self._lanes[timeout] = _Lane()
        when = self._clock() + timeout
        lane.waits.append(Wait(when, reply, kind))
        if len(lane.waits) > lane.full:
            lane.clear_out()
        if when < self._wake_at:
            self._arm(when)

    def _arm(self, when: float) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._wake_at = when
        delay = max(0.0, when - self._clock())
        self._handle = asyncio.get_running_loop().call_later(delay, self._end, context=self._context)

    def _end(self) -> None:
        self._handle, self._wake_at = None, math.inf
        now = self._clock() + SLACK
        following = {timeout: lane.end(now) for timeout, lane in self._lanes.items()}
        for timeout, when in following.items():
            if when == math.inf:
                del self._lanes[timeout]
        if self._lanes:
            self._arm(min(map(following.__getitem__, self._lanes)))
