"""What an actor is, and what all actors of one kind have in common."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from actors.kernel.errors import KernelError
from actors.kernel.limit import Limit
from actors.kernel.mail import Mail
from actors.kernel.mailbox import Bound, Policy
from actors.kernel.ref import Ref
from actors.kernel.timers import Timers


class Directory(Protocol):
    """What an actor sees of the system it lives in: others' addresses and the timers."""

    @property
    def timers(self) -> Timers: ...
    def ref(self, kind: str, key: Hashable) -> Ref: ...


@dataclass(frozen=True, slots=True)
class Context:
    """Given to an actor at its creation."""

    ref: Ref
    system: Directory
    timers: Timers


class Actor:
    """One thing with state, that does one thing at a time.

    Turns never overlap: while a handler awaits, its mail waits. A handler that raises loses the instance (`on_stop` is
    not called; the state cannot be trusted) and the next mail makes a new one, so an outcome of the domain is answered
    with `mail.fail(error)`, not raised. A task that a handler starts counts as part of its turn: it may send while the
    system drains, and its ask to an actor that waits for this turn, or to this actor itself, is an AskCycle.
    """

    __slots__ = ()

    async def on_start(self) -> None:
        """Loads the state, at the first mail and before it. Raising fails that mail and counts as a crash."""

    async def receive(self, mail: Mail) -> object:
        """Handles one message; the returned value answers an ask that is not answered yet."""
        raise KernelError(f"{type(self).__name__} takes no mail")

    async def receive_batch(self, mails: Sequence[Mail]) -> None:
        """Handles up to `Kind.batch` messages in one turn. Mail unanswered at the end gets None, or the error."""
        for mail in mails:
            mail.reply(await self.receive(mail))

    async def on_stop(self) -> None:
        """Saves what must be saved before the instance leaves memory. Cut off after `STOP_WITHIN` seconds."""


DEFAULT_BOUND = Bound(200, Policy.REJECT)
DEFAULT_CRASHES = Limit(3, within=5.0)


@dataclass(frozen=True, slots=True)
class Kind:
    """Everything the kernel knows about a sort of actor."""

    name: str
    create: Callable[[Any, Context], Actor]
    """Makes the instance for a key. Must not block; loading belongs into `on_start`."""
    bound: Bound = DEFAULT_BOUND
    batch: int = 1
    """Above 1 the actor gets `receive_batch`."""
    idle_after: float | None = 120.0
    """Seconds without mail after which the instance leaves memory; None keeps it."""
    cap: int | None = None
    """Instances wanted in memory at most. Above it the longest idle leave; busy ones stay, so it can be exceeded."""
    crashes: Limit = DEFAULT_CRASHES
    """One crash more and the key is blocked."""
    block_base: float = 1.0
    block_max: float = 60.0
    """Seconds of the first block, doubled at each further one up to the longest."""

    def __post_init__(self) -> None:
        if self.batch < 1 or (self.cap is not None and self.cap < 1):
            raise ValueError("batch and cap start at 1")
        if self.block_base <= 0 or self.block_max < self.block_base:
            raise ValueError("a block lasts more than 0 seconds and the longest is not the shortest")
