"""The event tail: one per replica, it knows the log up to its cursor and hands every event on, in order, once.

The writer tells it what it committed and what came just before; if that is where the tail stands, the events are handed
on without a read. Anything else (another replica committed in between, a hint over the bus, a hint that was lost) is
answered by reading the log above the cursor. A look at the log every second makes every hint dispensable: lost, late,
doubled or disordered ones cost time, never an event.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from attrs import define

from actors.event_ring import EventRing
from hub.errors import Unavailable
from hub.events import Event
from hub.frame import Frame, event_frame
from hub.ports import EventStore, LogPosition

PAGE = 250
# After a full page: readers of live streams get a moment to take what was handed on, before they count as slow.
PAUSE = 0.005


@define
class TailStats:
    """Counts for the metrics."""

    applied: int = 0
    reads: int = 0
    gaps: int = 0
    resets: int = 0
    failures: int = 0


class EventTail:
    """Follows the event log.

    `publish` gets the new frames, `discontinued` the reason (`epoch` or `expired`) and the new cursor when what follows
    does not follow from what was handed on: everybody must fetch afresh then. Both are called in order, never inside
    one another.
    """

    def __init__(
        self,
        store: EventStore,
        publish: Callable[[Sequence[Frame]], None],
        discontinued: Callable[[str, int], None],
        *,
        poll: float = 1.0,
        ring: EventRing | None = None,
    ) -> None:
        self._store = store
        self._publish = publish
        self._discontinued = discontinued
        self._position: LogPosition | None = None
        self._cursor = 0
        self._wake = asyncio.Event()
        self._lock = asyncio.Lock()
        self._opened = asyncio.Event()
        self.poll = poll
        """Seconds between looks at the log without any word; shorter while the bus is away."""
        self.ring = EventRing() if ring is None else ring
        self.stats = TailStats()

    @property
    def ready(self) -> bool:
        """Whether the log was reached once: before that nobody can be served."""
        return self._position is not None

    @property
    def cursor(self) -> int:
        """The newest number handed on."""
        return self._cursor

    @property
    def position(self) -> LogPosition:
        """Epoch and what is gone, as last read, with the cursor as head. Raises Unavailable before the first read."""
        if self._position is None:
            raise Unavailable("The event log has not been read yet.", retry_after=1)
        return LogPosition(self._position.epoch, self._cursor, self._position.trimmed)

    async def opened(self) -> None:
        """Waits until the log was reached."""
        await self._opened.wait()

    def committed(self, prev: int, events: Sequence[Event]) -> None:
        """Events that were committed, numbered on from `prev`: from the writer here, or of another replica's hint."""
        if self._position is None or not events or events[-1].seq <= self._cursor:
            return
        if prev > self._cursor:
            self.stats.gaps += 1
            self._wake.set()
        else:
            self._apply(events)

    def hint(self, upto: int) -> None:
        """Somebody committed up to this number."""
        if upto > self._cursor:
            self._wake.set()

    async def reach(self, seq: int) -> None:
        """Looks at the log now, if a number lies ahead of the cursor: another replica may have committed it.

        Raises Unavailable when the database is away.
        """
        async with self._lock:
            if seq > self._cursor:
                await self._look()

    async def run(self) -> None:
        """Follows the log until cancelled. A database that is away is asked again; any other error ends it."""
        time = asyncio.get_running_loop().time
        due = time()
        while True:
            self._wake.clear()
            try:
                async with self._lock:
                    if time() >= due:
                        due = time() + self.poll
                        await self._look()
                    else:
                        await self._read()
            except Unavailable:
                self.stats.failures += 1
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, due - time())):
                    await self._wake.wait()

    async def _look(self) -> None:
        """Compares the log's position with ours, and reads what is new."""
        known = self._cursor
        position = await self._store.position()
        self.stats.reads += 1
        if self._position is None:
            await self._open(position)
        # Not below the cursor of now: it may have moved while the log was asked.
        elif position.epoch != self._position.epoch or position.head < known:
            self._restart(position, "epoch")
        self._position = position
        self._opened.set()
        if position.head > self._cursor:
            await self._read()

    async def _open(self, position: LogPosition) -> None:
        """Fills the ring: sessions come back in crowds just after a start."""
        start = max(position.trimmed, position.head - self.ring.keep)
        self.ring.clear(start)
        self._cursor = start
        while self._cursor < position.head:
            events = await self._store.between(self._cursor, position.head, 1000)
            self.stats.reads += 1
            if not events or events[0].seq != self._cursor + 1:
                self.ring.clear(position.head)
                self._cursor = position.head
                return
            self.ring.extend([event_frame(event) for event in events])
            self._cursor = events[-1].seq

    async def _read(self) -> None:
        """Everything above the cursor, page by page."""
        while self._position is not None:
            events = await self._store.after(self._cursor, PAGE)
            self.stats.reads += 1
            self._apply(events)
            if len(events) < PAGE:
                return
            await asyncio.sleep(PAUSE)

    def _apply(self, events: Sequence[Event]) -> None:
        fresh = [event_frame(event) for event in events if event.seq > self._cursor]
        if not fresh:
            return
        if fresh[0].seq != self._cursor + 1:
            assert self._position is not None
            # So far behind that the log was trimmed above the cursor.
            self._restart(LogPosition(self._position.epoch, events[-1].seq, events[0].seq - 1), "expired")
            return
        self.ring.extend(fresh)
        self._cursor += len(fresh)
        self.stats.applied += len(fresh)
        self._publish(fresh)

    def _restart(self, position: LogPosition, reason: str) -> None:
        self._position = position
        self._cursor = position.head
        self.ring.clear(position.head)
        self.stats.resets += 1
        self._discontinued(reason, self._cursor)
