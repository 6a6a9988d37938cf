"""What is still to happen in the world, so that a test can wait until nothing is."""

import asyncio
from collections.abc import Callable


class Agenda:
    """Delayed actions and work in progress, counted. It is quiet when there is neither."""

    def __init__(self) -> None:
        self._timers: set[asyncio.TimerHandle] = set()
        self._working = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def pending(self) -> int:
        """How many actions and pieces of work are outstanding."""
        return self._working + len(self._timers)

    def later(self, delay: float, action: Callable[[], None]) -> None:
        """Run `action` after `delay` real seconds; until then the world is not quiet."""
        self.at(self.now() + max(0.0, delay), action)

    def now(self) -> float:
        """The event loop's time, which `at` counts in."""
        return asyncio.get_running_loop().time()

    def at(self, moment: float, action: Callable[[], None]) -> None:
        """Run `action` at a moment. Different moments keep their order, equal ones need not."""

        def run() -> None:
            try:
                action()
            finally:
                self._timers.discard(handle)
                self._settle()

        handle = asyncio.get_running_loop().call_at(moment, run)
        self._timers.add(handle)
        self._idle.clear()

    def begin(self) -> None:
        """A piece of work has started; `end` must follow."""
        self._working += 1
        self._idle.clear()

    def end(self) -> None:
        """A piece of work is over."""
        self._working -= 1
        self._settle()

    async def quiet(self, patience: float) -> None:
        """Wait up to `patience` seconds until nothing is outstanding. Raises TimeoutError saying how much still is."""
        try:
            async with asyncio.timeout(patience):
                while self.pending:
                    await self._idle.wait()
        except TimeoutError:
            raise TimeoutError(f"the world is not quiet after {patience} s: {self.pending} outstanding") from None

    def cancel(self) -> None:
        """Forget everything that has not happened yet."""
        for handle in self._timers:
            handle.cancel()
        self._timers.clear()
        self._working = 0
        self._idle.set()

    def _settle(self) -> None:
        if not self.pending:
            self._idle.set()
