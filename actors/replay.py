"""Resuming: what a session missed, at the reader's own pace, and then live, without gap or repeat.

Nothing is pushed to a session that replays. The step from the last replayed event to live takes no `await`: an event
is either below the tail's cursor and was replayed, or above it and is pushed.
"""

import asyncio
from collections.abc import Sequence
from enum import StrEnum

from attrs import frozen

from actors.event_tail import EventTail
from actors.replay_page import Page
from actors.session import CloseCode, Session
from actors.session_registry import SessionRegistry
from hub.errors import Unavailable
from hub.frame import Frame, control_frame, event_frame
from hub.ports import EventStore, LogPosition

# Events read at once: some 2 MB, which take the loop some 20 ms. Half as many are twice the queries and the writes of a
# crowd.
PAGE = 2048
# Pages of the log kept, above which all are forgotten, and seconds after the newest: a crowd comes by and by.
KEEP_PAGES = 16
KEEP = 30.0
# Reads of the log at one time, by all sessions that are further behind than the ring; the others wait their turn.
READERS = 4
# Events that are replayed to one client at most: one further behind fetches afresh, which is less for everybody.
MOST = 20_000


class Start(StrEnum):
    """How a stream began."""

    FRESH = "fresh"
    REPLAYED = "replayed"
    EXPIRED = "expired"
    EPOCH = "epoch"


@frozen
class ResumePoint:
    """Where the client says it was: the last number it has, and the history that the number belongs to."""

    after: int | None
    epoch: str | None = None

    def start(self, position: LogPosition, most: int = MOST) -> Start:
        """What can be done for it, who may be `most` events behind. A number ahead of the log belongs to another
        history."""
        if self.after is None:
            return Start.FRESH
        if (self.epoch is not None and self.epoch != position.epoch) or self.after > position.head:
            return Start.EPOCH
        far = self.after < position.trimmed or position.head - self.after > most
        return Start.EXPIRED if far else Start.REPLAYED


class Replayer:
    """Brings sessions up to the tail's cursor."""

    def __init__(self, tail: EventTail, store: EventStore, registry: SessionRegistry, most: int = MOST) -> None:
        self._tail = tail
        self._most = most
        self._store = store
        self._registry = registry
        self._readers = asyncio.Semaphore(READERS)
        # By the number before the first and that of the last event.
        self._pages: dict[tuple[int, int], Page] = {}
        self._forgetting: asyncio.TimerHandle | None = None

    async def resume(self, session: Session, point: ResumePoint) -> Start:
        """Tells the session what it missed, or to fetch afresh, and puts it live. The session has had its hello.

        A session whose reader takes nothing is cut (4408), and so is one for which the log cannot be read (1013).
        """
        start = point.start(self._tail.position, self._most)
        if start is Start.REPLAYED and point.after is not None:
            try:
                start = await self._replay(session, point.after)
            except Unavailable:
                self._registry.cut(session, CloseCode.TRY_LATER, 1.0)
                return start
        if start in (Start.EXPIRED, Start.EPOCH):
            session.say(control_frame("reset", self._tail.cursor, reason=start.value, seq=self._tail.cursor))
        self._registry.go_live(session)
        return start

    async def _replay(self, session: Session, after: int) -> Start:
        cursor, count = after, 0
        while cursor < self._tail.cursor and not session.closed:
            page = await self._page(session, cursor)
            if page is None:
                return Start.EXPIRED
            # Rights may change while the reader takes its time: what is left is looked at anew then.
            viewer, cursor = session.viewer, page.reached
            for chunk in page.chunks(viewer, websocket=session.websocket):
                count += chunk.count
                if not await self._write(session, chunk.data):
                    return Start.REPLAYED
                if session.viewer is not viewer:
                    cursor = chunk.reached
                    break
        session.say(control_frame("resumed", cursor, **{"from": after, "to": cursor, "count": count}))
        return Start.REPLAYED

    async def _write(self, session: Session, data: bytes) -> bool:
        """Whether the session goes on after it has taken this."""
        if session.link.open:
            session.link.write(data)
        if not await session.link.drained():
            self._registry.cut(session, CloseCode.SLOW)
        return not session.closed

    async def _page(self, session: Session, cursor: int) -> Page | None:
        """What comes next for the session; None when some of it is no longer kept.

        Pages end at multiples of `PAGE`, so that those who were at different places soon read the same ones.
        """
        upto = min(cursor - cursor % PAGE + PAGE, self._tail.cursor)
        kept = self._pages.get((cursor, upto))
        if kept is not None:
            return kept
        frames = self._tail.ring.after(cursor, upto - cursor)
        return self._keep(cursor, upto, frames) if frames is not None else await self._read(cursor, upto)

    async def _read(self, cursor: int, upto: int) -> Page | None:
        async with self._readers:
            # Another may have read it while this one waited for its turn.
            kept = self._pages.get((cursor, upto))
            if kept is not None:
                return kept
            events = await self._store.between(cursor, upto, PAGE)
        return self._keep(cursor, upto, [event_frame(event) for event in events])

    def _keep(self, cursor: int, upto: int, frames: Sequence[Frame]) -> Page | None:
        if not frames or frames[0].seq != cursor + 1:
            return None
        if len(self._pages) >= KEEP_PAGES:
            self._pages.clear()
        page = self._pages[cursor, upto] = Page(frames, cursor + len(frames))
        self._forget_later()
        return page

    def _forget_later(self) -> None:
        if self._forgetting is not None:
            self._forgetting.cancel()
        self._forgetting = asyncio.get_running_loop().call_later(KEEP, self._pages.clear)
