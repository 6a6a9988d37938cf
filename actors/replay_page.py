"""A run of the log as bytes, put together once for all who may see the same of it.

When a whole company comes back at once, its members differ in where they were and in their teams, and in little else.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from uuid import UUID

from attrs import define, field, frozen

from hub.audience import Viewer, alike, entitled
from hub.events import Audience
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
    # Of each frame which audience it is for, by its number in the order of the audiences. Made for the first reader.
    _told: list[int] = field(factory=list)
    _audiences: dict[tuple[Audience, bool], int] = field(factory=dict)
    _named: frozenset[UUID | None] = frozenset()
    _shares: dict[Hashable, list[Chunk]] = field(factory=dict)

    def chunks(self, viewer: Viewer, *, websocket: bool) -> Sequence[Chunk]:
        """What the viewer may see of it, in order."""
        if not self._told:
            self._index()
        if viewer.user_id in self._named:
            return self._share(viewer, websocket)
        key = (alike(viewer), websocket)
        share = self._shares.get(key)
        if share is None:
            share = self._share(viewer, websocket)
            self._keep(key, share)
        return share

    def _index(self) -> None:
        audiences = self._audiences
        self._told = [audiences.setdefault((f.audience, f.conversation), len(audiences)) for f in self.frames]
        self._named = frozenset(id for a, _ in audiences for id in (a.user_id, a.assignee_id, *a.members))

    def _share(self, viewer: Viewer, websocket: bool) -> list[Chunk]:
        """The rule is asked once per audience: a run of the log has many events and few audiences."""
        seen = {
            number
            for (audience, conversation), number in self._audiences.items()
            if entitled(viewer, audience, conversation=conversation)
        }
        return list(_chunks(_selected(self.frames, self._told, seen), websocket))

    def _keep(self, key: Hashable, share: list[Chunk]) -> None:
        size = sum(len(chunk.data) for chunk in share)
        if self._kept + size <= KEEP_BYTES:
            self._kept += size
            self._shares[key] = share


def _selected(frames: Sequence[Frame], told: Sequence[int], seen: Collection[int]) -> Iterable[Frame]:
    return [frame for frame, audience in zip(frames, told, strict=True) if audience in seen]


def _chunks(frames: Iterable[Frame], websocket: bool) -> Iterator[Chunk]:
    gathered: list[bytes] = []
    size = reached = 0
    for frame in frames:
        data = frame.websocket if websocket else frame.stream
        if gathered and size + len(data) > CHUNK_BYTES:
            yield Chunk(b"".join(gathered), len(gathered), reached)
            gathered, size = [], 0
        gathered.append(data)
        size += len(data)
        reached = frame.seq or reached
    if gathered:
        yield Chunk(b"".join(gathered), len(gathered), reached)
