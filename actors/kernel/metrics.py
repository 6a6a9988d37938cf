"""What the kernel counts. Plain numbers; whoever shows them gives them their form."""

from dataclasses import dataclass
from typing import Protocol


class KindObserver(Protocol):
    """Told of every single message of one kind, so it must be cheap and must not raise."""

    def waited(self, seconds: float) -> None:
        """A message lay this long in its mailbox."""

    def turned(self, seconds: float) -> None:
        """A turn (one message, or one batch) took this long."""


class Observer(Protocol):
    """Whoever watches a system."""

    def of(self, kind: str) -> KindObserver:
        """Who watches this kind; asked once, when the kind is registered."""


@dataclass(slots=True)
class Counters:
    """The running counts of one kind."""

    live: int = 0
    activations: int = 0
    passivations: int = 0
    crashes: int = 0
    rejected: int = 0
    dropped: int = 0
    expired: int = 0


@dataclass(frozen=True, slots=True)
class KindStats:
    """One kind at one moment. The first four are levels, the others count up from the start of the system."""

    live: int
    """Actors that hold an instance."""
    busy: int
    """Actors at work or stopping now."""
    depth: int
    """Messages waiting in all mailboxes."""
    blocked: int
    """Keys that take no mail because they crashed too often."""
    activations: int
    passivations: int
    crashes: int
    """Handlers, starts and stops that raised."""
    rejected: int
    """Messages refused at a full mailbox or a blocked key, and those thrown out when the key was blocked."""
    dropped: int
    """Messages that gave way to newer ones (DROP_OLDEST)."""
    expired: int
    """Asks skipped because nobody waited for the answer any more."""
