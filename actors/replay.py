"""Resuming: what a session missed, at the reader's own pace, and then live, without gap or repeat.

Nothing is pushed to a session that replays. The step from the last replayed event to live takes no `await`: an event
is either below the tail's cursor and was replayed, or above it and is pushed.
"""

import asyncio
from collections.abc import Iterator, Sequence
from enum import StrEnum

from attrs import frozen

from actors.event_tail import EventTail
from actors.session import CloseCode, Session
from actors.session_registry import SessionRegistry
from hub.audience import entitled
from hub.errors import Unavailable
from hub.frame import Frame, control_frame, event_frame
from hub.ports import EventStore, LogPosition

PAGE = 256
CHUNK_BYTES = 64 * 1024
# Reads of the log at one time, by all sessions that are further behind than the ring; the others wait their turn.
READERS = 4


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

    def start(self, position: LogPosition) -> Start:
        """What can be done for it. A number ahead of the log belongs to another history."""
        if self.after is None:
            return Start.FRESH
        if (self.epoch is not None and self.epoch != position.epoch) or self.after > position.head:
            return Start.EPOCH
        return Start.EXPIRED if self.after < position.trimmed else Start.REPLAYED


@frozen
class Page:
    """A run of the log for one session: `frames` are all that concerns it up to the number `reached`."""

    frames: Sequence[Frame]
    reached: int


class Replayer:
    """Brings sessions up to the tail's cursor."""

    def __init__(self, tail: EventTail, store: EventStore, registry: SessionRegistry) -> None:
        self._tail = tail
        self._store = store
        self._registry = registry
        self._readers = asyncio.Semaphore(READERS)

    async def resume(self, session: Session, point: ResumePoint) -> Start:
        """Tells the session what it missed, or to fetch afresh, and puts it live. The session has had its hello.

        A session whose reader takes nothing is cut (4408), and so is one for which the log cannot be read (1013).
        """
        start = point.start(self._tail.position)
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
        cursor = after
        count = 0
        while cursor < self._tail.cursor and not session.closed:
            page = await self._page(session, cursor)
            if page is None:
                return Start.EXPIRED
            for chunk in _chunks(page.frames):
                # Rights may change while the reader takes its time: a chunk is filtered when its turn has come.
                count += self._write(session, chunk)
                if not await session.link.drained():
                    self._registry.cut(session, CloseCode.SLOW)
                if session.closed:
                    return Start.REPLAYED
            cursor = page.reached
        session.say(control_frame("resumed", cursor, **{"from": after, "to": cursor, "count": count}))
        return Start.REPLAYED

    async def _page(self, session: Session, cursor: int) -> Page | None:
        """What comes next for the session; None when some of it is no longer kept."""
        frames = self._tail.ring.after(cursor, PAGE)
        if frames is None:
            async with self._readers:
                events = await self._store.between(cursor, self._tail.cursor, PAGE)
            frames = [event_frame(event) for event in events]
        return Page(frames, cursor + len(frames)) if frames and frames[0].seq == cursor + 1 else None

    def _write(self, session: Session, frames: Sequence[Frame]) -> int:
        allowed = [
            frame for frame in frames if entitled(session.viewer, frame.audience, conversation=frame.conversation)
        ]
        if allowed and session.link.open:
            encode = session.encode
            session.link.write(b"".join([encode(frame) for frame in allowed]))
        return len(allowed)


def _chunks(frames: Sequence[Frame]) -> Iterator[Sequence[Frame]]:
    """Runs of frames of at most 64 kB, or of one frame that is larger."""
    begin = size = 0
    for index, frame in enumerate(frames):
        size += len(frame.payload)
        if size > CHUNK_BYTES and index > begin:
            yield frames[begin:index]
            begin, size = index, len(frame.payload)
    yield frames[begin:]
