"""Which delivery of an endpoint may go out now: one at a time per line, the earlier before the later."""

from collections import deque
from collections.abc import Collection, Sequence
from uuid import UUID

from attrs import define, field

from hub.webhook.delivery import Due


@define
class Order:
    """What of an endpoint's deliveries is at hand. Everything in here is pending in the table as well, so it can be
    thrown away at any moment."""

    _waiting: dict[UUID, deque[Due]] = field(factory=dict)
    _busy: set[UUID] = field(factory=set)

    @property
    def busy(self) -> Collection[UUID]:
        """The lines of which one is on its way."""
        return self._busy

    def refill(self, found: Sequence[Due]) -> None:
        """Takes over what the table has for the lines that are not busy, each in order from its first."""
        self._waiting = {line: held for line, held in self._waiting.items() if line in self._busy}
        for due in found:
            if due.line not in self._busy:
                self._waiting.setdefault(due.line, deque()).append(due)

    def step(self) -> Due | None:
        """The next that may go; from then on its line is busy. None when there is none at hand."""
        line = next((line for line in self._waiting if line not in self._busy), None)
        if line is None:
            return None
        held = self._waiting[line]
        due = held.popleft()
        if not held:
            del self._waiting[line]
        self._busy.add(line)
        return due

    def over(self, line: UUID, *, settled: bool) -> None:
        """The one on its way has come to an end. Unless it is settled, the later ones of its line wait for it."""
        self._busy.discard(line)
        if not settled:
            self._waiting.pop(line, None)

    def clear(self) -> None:
        """Forgets what has not gone out."""
        self._waiting.clear()
