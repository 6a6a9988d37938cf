"""The wires under sessions: a WebSocket and an event stream, written to with frames that are ready to go.

Both end politely first (a close frame, a last event) and are reset after a short grace when the peer does not read: a
peer that is deaf cannot see a farewell either.
"""

import asyncio
import contextlib
import socket
import struct
from asyncio import Transport
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp_sse import EventSourceResponse

from actors.session import CloseCode
from hub.frame import control_frame, websocket_close

GRACE = 2.0
"""Seconds for the peer to take leave."""

STALLED = 10.0
"""Seconds in which a reader that catches up must take something; then it counts as slow."""

SEND_BUFFER = 128 * 1024
"""Bytes that the kernel may keep for one peer (Linux doubles it): without it some 4 MB for each that does not read."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class _Wire:
    """What both have in common: the transport under aiohttp's response."""

    transport: str

    __slots__ = ("_drain", "_grace", "_stalled", "_transport", "buffered", "code", "lost", "write")

    def __init__(
        self, transport: Transport, drain: Callable[[], Awaitable[None]], grace: float, stalled: float
    ) -> None:
        self._transport = transport
        # The transport's own methods: one call less for each delivery.
        self.write: Callable[[bytes], None] = transport.write
        """Hands bytes to the transport; does not wait."""
        self.buffered: Callable[[], int] = transport.get_write_buffer_size
        """Bytes that the transport could not send yet."""
        self.lost: Callable[[], bool] = transport.is_closing
        """Whether the connection is closed, or about to be."""
        self._drain = drain
        self._grace = grace
        self._stalled = stalled
        self.code: CloseCode | None = None
        """Why it was closed from our side; None while it was not."""
        raw = self._transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)

    @property
    def open(self) -> bool:
        """Whether writing still makes sense."""
        return self.code is None and not self._transport.is_closing()

    async def drained(self) -> bool:
        """Waits until there is room again, and lets others run; False when the peer took nothing for too long."""
        try:
            if self.buffered():
                async with asyncio.timeout(self._stalled):
                    await self._drain()
        except TimeoutError:
            return False
        except ConnectionError:
            return True
        await asyncio.sleep(0)
        return True

    def _reset(self) -> None:
        """Ends the connection at once, and forgets what could not be sent: in the transport and in the kernel."""
        raw = self._transport.get_extra_info("socket")
        if self._transport.get_write_buffer_size() and raw is not None:
            with contextlib.suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._transport.abort()

    def _reset_deaf(self) -> None:
        if self.buffered():
            self._reset()


class SocketLink(_Wire):
    """A WebSocket.

    After the close frame the peer's answer is awaited: what the peer has still to read would be lost otherwise.
    """

    __slots__ = ("_deadline",)
    transport = "ws"

    def __init__(
        self, transport: Transport, drain: Callable[[], Awaitable[None]], grace: float = GRACE, stalled: float = STALLED
    ) -> None:
        super().__init__(transport, drain, grace, stalled)
        self._deadline: asyncio.TimerHandle | None = None

    def close(self, code: CloseCode, retry_after: float | None) -> None:
        """Says goodbye with a close code; the peer has the grace to answer."""
        if self.code is not None:
            return
        if self.open:
            if code is CloseCode.RESTART:
                wait = 0.0 if retry_after is None else retry_after
                self.write(control_frame("bye", code=int(code), retry_after_s=wait).websocket)
            self.write(websocket_close(code, code.name.lower()))
        self.code = code
        self._deadline = asyncio.get_running_loop().call_later(self._grace, self._reset)

    def finish(self) -> None:
        """The client takes leave or is gone. Nothing stays behind that a peer who does not read would hold for ever."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._reset_deaf()


class StreamLink(_Wire):
    """An event stream. Its close codes travel in `bye`."""

    __slots__ = ("_response",)
    transport = "sse"

    def __init__(
        self,
        request: web.Request,
        response: EventSourceResponse,
        writer: AbstractStreamWriter,
        grace: float = GRACE,
        stalled: float = STALLED,
    ) -> None:
        # The client may have left during the handshake.
        if request.transport is None:
            raise ConnectionResetError("the client has left")
        super().__init__(request.transport, writer.drain, grace, stalled)
        self._response = response

    def close(self, code: CloseCode, retry_after: float | None) -> None:
        """Says why, and wakes the handler, which ends the response."""
        if self.code is None:
            if self.open:
                wait = 0.0 if retry_after is None else retry_after
                self.write(control_frame("bye", code=int(code), retry_after_s=wait).stream)
            self.code = code
            self._response.stop_streaming()

    async def finish(self) -> None:
        """Ends the response; a peer that does not take its end within the grace is reset."""
        self._response.force_close()
        try:
            async with asyncio.timeout(self._grace):
                await self._response.write_eof()
        except (TimeoutError, ConnectionError):
            self._reset()
        else:
            asyncio.get_running_loop().call_later(self._grace, self._reset_deaf)
