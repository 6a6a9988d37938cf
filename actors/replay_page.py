"""A run of the log as bytes, put together once for all who may see the same of it.

When a whole company comes back at once, its members differ in where they were and in their teams, and in little else.
"""

from collections.abc import Hashable, Iterator, Sequence
from uuid import UUID

from attrs import define, field, frozen

from hub.audience import Viewer, alike, entitled
from hub.frame import Frame

CHUNK_BYTES = 64 * 1024
"""Bytes of one write, unless a single frame is larger: after each the reader's pace and rights are looked at."""

KEEP_BYTES = 4 * 1024 * 1024
"""Bytes put together of one page and kept; above it they are made for each session by itself."""


@frozen
class Chunk:
    """So many frames, written at once; `reached` is the number up to which nothing else concerns the viewer."""

    data: bytes
    count: int
    reached: int


@define(eq=False)
class Page:
    """A run of the log for one session: `frames` are all that may concern it up to the number `reached`."""

    frames: Sequence[Frame]
    reached: int
    _kept: int = 0
    _named: frozenset[UUID | None] | None = None
    _shares: dict[Hashable, list[Chunk]] = field(factory=dict)

    def chunks(self, viewer: Viewer, *, websocket: bool) -> Sequence[Chunk]:
        """What the viewer may see of it, in order."""
        if self._named is None:
            self._named = frozenset(
                id for f in self.frames for id in (f.audience.user_id, f.audience.assignee_id, *f.audience.members)
            )
        if viewer.user_id in self._named:
            return list(_chunks(self.frames, viewer, websocket))
        key = (alike(viewer), websocket)
        share = self._shares.get(key)
        if share is None:
            share = list(_chunks(self.frames, viewer, websocket))
            self._keep(key, share)
        return share

    def _keep(self, key: Hashable, share: list[Chunk]) -> None:
        size = sum(len(chunk.data) for chunk in share)
        if self._kept + size <= KEEP_BYTES:
            self._kept += size
            self._shares[key] = share


def _chunks(frames: Sequence[Frame], viewer: Viewer, websocket: bool) -> Iterator[Chunk]:
    gathered: list[bytes] = []
    size = reached = 0
    for frame in frames:
        if not entitled(viewer, frame.audience, conversation=frame.conversation):
            continue
        data = frame.websocket if websocket else frame.stream
        if gathered and size + len(data) > CHUNK_BYTES:
            yield Chunk(b"".join(gathered), len(gathered), reached)
            gathered, size = [], 0
        gathered.append(data)
        size += len(data)
        reached = frame.seq or reached
    if gathered:
        yield Chunk(b"".join(gathered), len(gathered), reached)
