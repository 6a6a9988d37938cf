"""A session: one open stream of one person, what it may be told, and how much may wait for it.

What is pushed within one tick of the loop is written at once. A reader that lets more than the bound pile up is cut;
it comes back with its cursor and gets the rest from memory or the log, at its own pace.
"""

from collections import deque
from collections.abc import Callable
from enum import IntEnum
from typing import Protocol
from uuid import UUID

from attrs import define, field, frozen

from hub.audience import Viewer
from hub.frame import Frame


class CloseCode(IntEnum):
    """Why a session was ended, as WebSocket close codes; event streams carry them in `bye`."""

    MALFORMED = 1002  # what is no WebSocket
    UNSUPPORTED = 1003  # a binary frame
    LOST = 1006  # the peer is gone; never sent
    NO_TEXT = 1007  # a text frame that is no UTF-8
    POLICY = 1008  # garbage or a flood from the client
    TOO_LARGE = 1009
    RESTART = 1012
    TRY_LATER = 1013  # the log cannot be read
    UNAUTHENTICATED = 4401
    SLOW = 4408
    TOO_MANY = 4429


@frozen
class SessionLimits:
    """How much may wait for one session, above which it is cut; and how many sessions one person may hold."""

    frames: int = 512
    size: int = 256 * 1024
    per_user: int = 8


class Link(Protocol):
    """The wire under a session."""

    @property
    def transport(self) -> str:
        """`ws` or `sse`."""

    @property
    def code(self) -> CloseCode | None:
        """Why it was closed from our side; None while it was not."""

    @property
    def open(self) -> bool:
        """Whether writing still makes sense."""

    def lost(self) -> bool:
        """Whether the connection is closed, or about to be."""

    def write(self, data: bytes, /) -> None:
        """Hands bytes to the transport; does not wait."""

    def buffered(self) -> int:
        """Bytes that the transport could not send yet."""

    async def drained(self) -> bool:
        """Waits until there is room again; False when the peer did not read for too long."""

    def close(self, code: CloseCode, retry_after: float | None) -> None:
        """Begins to end the connection; one whose peer does not read is aborted after a short grace."""


@define(eq=False)
class Session:
    """One stream. `live` once it has caught up: before that it reads at its own pace and nothing is pushed to it."""

    viewer: Viewer
    link: Link
    limits: SessionLimits = field(factory=SessionLimits)
    # The sign-in whose access token opened it: it ends with it.
    sign_in: UUID | None = None
    live: bool = False
    closed: bool = False
    pending: list[bytes] = field(factory=list)
    # How many frames that is.
    frames: int = 0
    # What the transport has not sent, tick by tick: where it begins and ends, in bytes since the transport was last
    # empty, and how many frames it was. None while nothing waits, which is nearly always.
    _behind: deque[tuple[int, int, int]] | None = None
    _written: int = 0

    @property
    def websocket(self) -> bool:
        """Whether frames go out in WebSocket framing."""
        return self.link.transport == "ws"

    @property
    def encode(self) -> Callable[[Frame], bytes]:
        """A frame's bytes for this session."""
        return _websocket if self.websocket else _stream

    def say(self, *frames: Frame) -> None:
        """Writes words of the connection itself, at once and as one."""
        if self.link.open:
            encode = self.encode
            self.link.write(b"".join([encode(frame) for frame in frames]))

    @property
    def lagging(self) -> bool:
        """Whether frames of an earlier tick wait still: passing signs are not worth adding to them."""
        return self._behind is not None

    def flush(self) -> bool:
        """Writes what is pending as one; False when more waits than the limits allow."""
        pending = self.pending
        if not pending:
            return True
        data = pending[0] if len(pending) == 1 else b"".join(pending)
        frames = self.frames
        pending.clear()
        self.frames = 0
        return self.write(data, frames)

    def write(self, data: bytes, frames: int) -> bool:
        """Writes so many frames at once; False when more waits than the limits allow."""
        link = self.link
        link.write(data)
        waiting = link.buffered()
        return self._account(len(data), frames, waiting) if waiting or self._behind else True

    def _account(self, size: int, frames: int, waiting: int) -> bool:
        if not waiting:
            self._behind = None
            self._written = 0
            return True
        behind = self._behind = self._behind or deque()
        begin, self._written = self._written, self._written + size
        behind.append((begin, self._written, frames))
        sent = self._written - waiting
        while behind[0][1] <= sent:
            behind.popleft()
        return waiting <= self.limits.size and _frames_after(sent, behind) <= self.limits.frames


def _frames_after(sent: int, behind: deque[tuple[int, int, int]]) -> int:
    """How many frames are not sent; of a tick that is sent in part, the same part of its frames."""
    begin, end, frames = behind[0]
    part = -(-frames * (end - max(begin, sent)) // (end - begin))
    return part - frames + sum(frames for _, _, frames in behind)


def _websocket(frame: Frame) -> bytes:
    return frame.websocket


def _stream(frame: Frame) -> bytes:
    return frame.stream
