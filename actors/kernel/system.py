"""All kinds of actors of a process, found by name."""

import time
from collections.abc import Callable, Hashable

from actors.kernel.deadlines import Deadlines
from actors.kernel.drain import DrainReport, drain
from actors.kernel.kind import Kind
from actors.kernel.metrics import KindStats, Observer
from actors.kernel.population import Population
from actors.kernel.ref import Ref
from actors.kernel.timers import Timers

QUANTUM = 64
"""Messages an actor handles before it gives way to the rest of the loop."""


class System:
    """Belongs to one event loop and is used on its thread.

    `clock` gives seconds at the pace of the loop's own clock: the default suits asyncio and uvloop, a loop with another
    clock wants `loop.time`.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        quantum: int = QUANTUM,
        observer: Observer | None = None,
    ) -> None:
        self._clock = clock
        self._quantum = quantum
        self._observer = observer
        self._populations: dict[str, Population] = {}
        self._timers = Timers(clock)
        self._deadlines = Deadlines(clock)

    @property
    def timers(self) -> Timers:
        return self._timers

    def register(self, kind: Kind) -> None:
        """Makes a kind known. What others depend on is registered first: a drain stops in reverse order."""
        if kind.name in self._populations:
            raise ValueError(f"there is a kind {kind.name} already")
        self._populations[kind.name] = Population(
            kind, self, self._deadlines, self._clock, self._quantum, self._observer
        )

    def ref(self, kind: str, key: Hashable) -> Ref:
        """The address of an actor, which this does not create. KeyError for a kind nobody registered."""
        return Ref(self._populations[kind], key)

    def stats(self) -> dict[str, KindStats]:
        """By name of the kind, in the order of registration."""
        return {name: population.stats() for name, population in self._populations.items()}

    async def drain(self, timeout: float) -> DrainReport:  # noqa: ASYNC109 - it bounds phases, it is no cancel scope
        """Stops for good within about `timeout` seconds.

        Mail from outside is refused with Stopping from here on, timers fire no more, handlers may still send. Every
        ask that is waiting at the end is answered with Stopping.
        """
        self._timers.close()
        return await drain(tuple(self._populations.values()), timeout, self._clock)
