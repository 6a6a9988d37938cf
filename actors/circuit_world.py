"""What circuits stand on: their bounds, the way out, what remembers them, and who watches."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any, Protocol

from attrs import field, frozen

from hub.config.integrations import Circuits
from hub.integration.breaker import Rules, State
from hub.integration.proof import Proof
from hub.integration.retry import Retries
from hub.integration.wire import Provider


@frozen
class Bounds:
    """The bounds of a circuit. `budget`: the share of calls by which repeats may grow. `in_flight` calls are on their
    way at once and `waiting` more may wait for one of those; above that they are refused."""

    rules: Rules = field(factory=Rules)
    retries: Retries = field(factory=Retries)
    budget: float = 0.1
    in_flight: int = 8
    waiting: int = 32
    cache_entries: int = 10_000

    @classmethod
    def of(cls, given: Circuits) -> "Bounds":
        """From the configuration."""
        return cls(
            Rules(given.failures, given.open),
            Retries(given.attempts, given.backoff_base, given.backoff_cap, given.retry_after_cap),
            given.retry_budget / 100,
            given.in_flight,
            given.waiting,
            given.cache_entries,
        )


@frozen
class Moved:
    """A circuit has changed its state. `seconds`: how long it will stay open at most."""

    circuit: str
    state: State
    seconds: float = 0.0


class Watcher(Protocol):
    """Who is told what happens in circuits; quick, and raising nothing."""

    def attempted(self, circuit: str, operation: str, word: str, seconds: float) -> None:
        """An attempt has ended, in one of the words of `hub.integration.outcome`."""

    def repeated(self, circuit: str) -> None:
        """An attempt will be made again."""

    def rejected(self, circuit: str, reason: str) -> None:
        """A call was refused without an attempt: `open`, `paused`, `full`, `late`."""

    def copied(self, circuit: str, operation: str, result: str) -> None:
        """A read was asked for: `hit`, `stale`, `joined` or `miss`."""

    def loaded(self, circuit: str, in_flight: int, waiting: int) -> None:
        """So many calls are on their way, and so many wait."""


class CircuitStore(Protocol):
    """What of circuits outlives the process."""

    async def opened_ago(self, circuit: str) -> float | None:
        """How many seconds ago it was opened, None when it is closed. Raises hub.errors.Unavailable."""

    async def save(self, circuit: str, state: State) -> None:
        """Notes its state, from this moment. Raises hub.errors.Unavailable."""


@frozen
class World:
    """What a circuit needs beside its bounds. `proofs` by circuit; `moved` is told when a state is another one, quickly
    and raising nothing; `spawn` runs an attempt in the background, ended at shutdown; `random` gives [0, 1); `now` is
    the wall clock, for what people and signatures see."""

    bounds: Bounds
    provider: Provider
    proofs: Mapping[str, Proof]
    store: CircuitStore
    watcher: Watcher
    moved: Callable[[Moved], None]
    spawn: Callable[[Coroutine[Any, Any, None]], Awaitable[object]]
    random: Callable[[], float]
    now: Callable[[], datetime]
