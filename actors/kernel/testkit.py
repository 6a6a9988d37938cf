"""Time and order under control, for tests of anything that runs on the kernel.

`VirtualLoop` is the standard event loop with two changes: its clock stands still while there is something to do and
jumps to the next timer when there is not, and with a seed it runs what is ready in a shuffled order. Sockets and
threads are outside of its time: with them the clock may jump past what they would have done.
"""

import asyncio
import functools
import inspect
import random
import selectors
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from actors.kernel.kind import Actor, Kind
from actors.kernel.mail import Mail
from actors.kernel.metrics import Observer
from actors.kernel.system import QUANTUM, System

P = ParamSpec("P")
T = TypeVar("T")

STUCK_AFTER = 5.0
"""Real seconds with nothing ready and no timer, after which the test is declared stuck."""


class _Selector(selectors.DefaultSelector):
    """Moves the loop's clock instead of sleeping."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.shuffle: Callable[[], None] = lambda: None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.shuffle()
        events = super().select(0 if timeout is not None else STUCK_AFTER)
        if timeout is None and not events:
            raise RuntimeError("nothing is ready and no timer is set: the test waits for ever")
        if timeout and not events:
            self.now += timeout
        return events


class VirtualLoop(asyncio.SelectorEventLoop):
    """`seed` shuffles the ready callbacks of each pass, the same way for the same seed; None keeps their order."""

    def __init__(self, seed: int | None = None) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)
        if seed is not None:
            chance = random.Random(seed)  # noqa: S311 - an order of callbacks, no secret
            self._virtual.shuffle = lambda: chance.shuffle(self._waiting)

    def time(self) -> float:
        return self._virtual.now

    @property
    def idle(self) -> bool:
        """Whether nothing but the caller is ready to run at this moment."""
        return not self._waiting

    @property
    def _waiting(self) -> deque[asyncio.Handle]:
        waiting: deque[asyncio.Handle] = vars(self)["_ready"]
        return waiting


def run_virtual(main: Coroutine[Any, Any, T], seed: int | None = None) -> T:
    """Runs a coroutine to its end on a loop of its own, as `asyncio.run` does."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(seed)) as runner:
        return runner.run(main)


def virtual(test: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Makes a plain test function of a coroutine function. A parameter `seed` also shuffles the loop."""
    takes_seed = "seed" in inspect.signature(test).parameters

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        seed = kwargs.get("seed") if takes_seed else None
        return run_virtual(test(*args, **kwargs), seed if isinstance(seed, int) else None)

    return run


def virtual_system(quantum: int = QUANTUM, observer: Observer | None = None) -> System:
    """A system on the clock of the running loop."""
    return System(asyncio.get_running_loop().time, quantum, observer)


def kind_from(name: str, receive: Callable[[Mail], Awaitable[object]], **options: Any) -> Kind:
    """A kind whose actors have no state but a handler; `options` are those of Kind."""

    class Stateless(Actor):
        async def receive(self, mail: Mail) -> object:
            return await receive(mail)

    return Kind(name, lambda key, context: Stateless(), **options)


async def settle() -> None:
    """Lets everything run that can without time going on."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualLoop):
        raise TypeError("settle needs a VirtualLoop")
    await asyncio.sleep(0)
    while not loop.idle:  # noqa: ASYNC110 - there is nothing to be told by
        await asyncio.sleep(0)
