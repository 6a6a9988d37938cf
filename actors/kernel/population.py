"""All actors of one kind: who is in memory, who leaves it, and whether mail is taken at all."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from enum import Enum
from itertools import islice

from actors.kernel.cell import Cell
from actors.kernel.crashes import CrashLog
from actors.kernel.deadlines import Deadlines
from actors.kernel.errors import Blocked, Stopping
from actors.kernel.kind import Directory, Kind
from actors.kernel.mail import CHAIN, Mail
from actors.kernel.metrics import Counters, KindStats, Observer
from actors.kernel.ref import Ref

SWEEP = 256
"""Actors passivated in one go of the loop; the rest follow in the next."""
CAP_SCAN = 8
"""Cells looked at when one comes to rest above the cap: busy ones are passed over, and a few are enough."""


class Gate(Enum):
    """Whose mail is taken."""

    OPEN = "open"
    INSIDE = "inside"  # draining: only what handlers send, so that they can finish their work
    SHUT = "shut"


_OPEN = Gate.OPEN  # looked up for every message; a global is half the cost


class Population:
    """The cells of one kind, in the order in which they came to rest (busy ones may lie anywhere)."""

    def __init__(
        self,
        kind: Kind,
        directory: Directory,
        deadlines: Deadlines,
        clock: Callable[[], float],
        quantum: int,
        observer: Observer | None,
    ) -> None:
        self.kind = kind
        self.name = kind.name
        self.directory = directory
        self.deadlines = deadlines
        self.clock = clock
        self.quantum = quantum
        self.observer = observer.of(kind.name) if observer is not None else None
        self.counters = Counters()
        self.crashes = CrashLog(kind.crashes, kind.block_base, kind.block_max)
        self.gate = Gate.OPEN
        self.running: dict[Cell, None] = {}  # a set in the order of arrival, so that a seeded run repeats itself
        self._cells: OrderedDict[Hashable, Cell] = OrderedDict()
        self._sweeping = False

    def __len__(self) -> int:
        return len(self._cells)

    def post(self, ref: Ref, key: Hashable, mail: Mail, urgent: bool) -> None:
        """Puts mail into the mailbox of `ref`. Raises MailboxFull, Blocked, Stopping."""
        if self.gate is not _OPEN and (self.gate is Gate.SHUT or not CHAIN.get()):
            raise Stopping
        mail.at = self.clock()
        if self.crashes.records:
            self._refuse_blocked(key, mail.at)
        cell = self._cells.get(key)
        if cell is not None:
            cell.put(mail, urgent)
            return
        cell = Cell(self, ref)
        cell.put(mail, urgent)
        self._cells[key] = cell  # after `put`, which may raise: an empty cell would stay for ever

    def stats(self) -> KindStats:
        counters = self.counters
        return KindStats(
            live=counters.live,
            busy=len(self.running),
            depth=sum(cell.depth for cell in self.running),
            blocked=self.crashes.count_blocked(self.clock()),
            activations=counters.activations,
            passivations=counters.passivations,
            crashes=counters.crashes,
            rejected=counters.rejected,
            dropped=counters.dropped,
            expired=counters.expired,
        )

    def passivate_some(self) -> None:
        """Sends the longest resting actors away, whether or not their time has come."""
        for cell in self._resting(SWEEP):
            cell.passivate()

    # What cells report

    def at_work(self, cell: Cell) -> None:
        self.running[cell] = None

    def at_rest(self, cell: Cell) -> None:
        """Nothing waits for the cell: it keeps its instance for a while, or is forgotten if it has none."""
        self.running.pop(cell, None)
        if cell.actor is None:
            del self._cells[cell.ref.key]
            return
        cell.since = self.clock()
        self._cells.move_to_end(cell.ref.key)
        if self.kind.cap is not None and self.counters.live > self.kind.cap:
            self._shrink(self.kind.cap)
        if self.kind.idle_after is not None and not self._sweeping:
            self._sweep_in(self.kind.idle_after)

    # Passivation

    def _resting(self, most: int) -> Iterator[Cell]:
        """The longest resting among the first `most` cells. Busy ones go to the end, where they will belong."""
        for cell in list(islice(self._cells.values(), most)):
            if cell.task is None:
                yield cell
            else:
                self._cells.move_to_end(cell.ref.key)

    def _shrink(self, cap: int) -> None:
        for cell in self._resting(CAP_SCAN):
            cell.passivate()
            if self.counters.live <= cap:
                return

    def _sweep_in(self, delay: float) -> None:
        self._sweeping = True
        self.directory.timers.call(delay, self._sweep)

    def _sweep(self) -> None:
        """Passivates who has rested for `idle_after`, and comes back when the next one will have."""
        self._sweeping = False
        idle_after = self.kind.idle_after or 0.0
        now = self.clock()
        for cell in self._resting(SWEEP):
            remaining = cell.since + idle_after - now
            if remaining > 0:
                self._sweep_in(max(remaining, 0.001))
                return
            cell.passivate()
        if self._cells:
            busy = len(self.running) == len(self._cells)
            self._sweep_in(idle_after if busy else 0.001)

    def _refuse_blocked(self, key: Hashable, now: float) -> None:
        seconds = self.crashes.blocked(key, now)
        if seconds > 0:
            self.counters.rejected += 1
            raise Blocked(self.name, key, seconds)
