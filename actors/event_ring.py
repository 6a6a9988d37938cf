"""The newest events in memory, so that a thousand sessions coming back at once do not become a thousand queries."""

from collections.abc import Sequence

from hub.frame import Frame

KEEP_FRAMES = 10_000
KEEP_BYTES = 32 * 1024 * 1024


class EventRing:
    """Frames with consecutive numbers. Above either bound the oldest are forgotten: they are read from the log then."""

    def __init__(self, keep: int = KEEP_FRAMES, keep_bytes: int = KEEP_BYTES) -> None:
        self.keep = keep
        self._keep_bytes = keep_bytes
        self._frames: list[Frame] = []
        # Frames before this index are forgotten; the list is shortened now and then, not at every event.
        self._start = 0
        self._last = 0
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._frames) - self._start

    @property
    def size(self) -> int:
        """Bytes of JSON held."""
        return self._bytes

    @property
    def floor(self) -> int:
        """The lowest cursor from which everything since is here."""
        return self._last - len(self)

    def clear(self, cursor: int) -> None:
        """Forgets all; the next frame is the one after the cursor."""
        self._frames = []
        self._start = self._bytes = 0
        self._last = cursor

    def extend(self, frames: Sequence[Frame]) -> None:
        """Adds frames numbered on from the last one. Raises ValueError when they do not follow."""
        for frame in frames:
            if frame.seq != self._last + 1:
                raise ValueError(f"event {frame.seq} does not follow {self._last}")
            self._frames.append(frame)
            self._last += 1
            self._bytes += len(frame.payload)
        self._forget()

    def after(self, cursor: int, limit: int) -> Sequence[Frame] | None:
        """The frames numbered above the cursor, at most `limit`; None when some of them are no longer here."""
        if cursor < self.floor:
            return None
        begin = self._start + cursor - self.floor
        return self._frames[begin : begin + limit]

    def _forget(self) -> None:
        while len(self) > self.keep or (self._bytes > self._keep_bytes and len(self) > 1):
            self._bytes -= len(self._frames[self._start].payload)
            self._start += 1
        if self._start * 4 > len(self._frames):
            del self._frames[: self._start]
            self._start = 0
