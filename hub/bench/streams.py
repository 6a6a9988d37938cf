"""Readers of live streams that cost little: thousands of them run in this process.

Which events came is decided by how their JSON begins, because the hub writes `type` first. An agent cuts its stream
into events; one of a crowd only counts such beginnings. Cutting took this process longer than telling takes the hub,
so that with thousands of readers it was the reading that was measured.
"""

import asyncio
import os
import time
from base64 import b64encode
from collections.abc import Callable
from typing import cast

Frame = Callable[[bytes, float], None]
"""Called with an event's JSON and the moment it was read (`time.perf_counter`)."""

Heard = Callable[[bytes, float], None]
"""Called with a piece of the stream and the moment it was read."""

Counted = Callable[[int, float], None]
"""Called with how many events began in a piece of the stream, and the moment it was read."""


class Refused(ConnectionError):
    """A stream was not opened; `status` is the answer's."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the stream was refused with {status}")
        self.status = status


_PONG = b"\x8a\x80\x00\x00\x00\x00"
_PING, _CLOSE = 9, 8
_PING_FRAME = b"\x89\x00"


class WebSocketFrames:
    """Cuts a server's bytes into frames (RFC 6455 §5.2: unmasked, not fragmented). `pinged` is called for a ping."""

    def __init__(self, pinged: Callable[[], None]) -> None:
        self._buffer = b""
        self._pinged = pinged

    def feed(self, data: bytes) -> list[bytes]:
        """The payloads of the data frames that are complete now."""
        buffer = self._buffer + data if self._buffer else data
        found, at, total = [], 0, len(buffer)
        while total - at >= 2:
            size, begin = buffer[at + 1] & 0x7F, at + 2
            if size == 126:
                size, begin = int.from_bytes(buffer[at + 2 : at + 4], "big"), at + 4
            elif size == 127:
                size, begin = int.from_bytes(buffer[at + 2 : at + 10], "big"), at + 10
            if total < begin + size:
                break
            kind = buffer[at] & 0x0F
            if kind == _PING:
                self._pinged()
            elif kind != _CLOSE:
                found.append(buffer[begin : begin + size])
            at = begin + size
        self._buffer = buffer[at:]
        return found


class EventStreamFrames:
    """Cuts an event stream in HTTP chunks into the JSON of its events."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The `data:` of the events that are complete now."""
        parts = (self._buffer + data).split(b"\n\n")
        self._buffer = parts.pop()
        return [line[6:] for part in parts for line in part.split(b"\n") if line.startswith(b"data: ")]


class Beginnings:
    """Counts the events of a stream, of either kind, that begin like this. `pinged` is called for a server's ping; in
    an event's text its two bytes cannot stand, and a pong for a length that looks like it does no harm (§5.5.3)."""

    def __init__(self, beginning: bytes, pinged: Callable[[], None]) -> None:
        self._beginning = beginning
        self._kept = len(beginning) - 1
        self._end = b""
        self._pinged = pinged

    def feed(self, data: bytes) -> int:
        """How many are complete now."""
        joined = self._end + data
        if _PING_FRAME[0] in joined:  # found at the speed of memory, which looking for two bytes is not
            for _ in range(joined.count(_PING_FRAME, max(len(self._end) - 1, 0))):
                self._pinged()
        self._end = joined[-self._kept :]
        return joined.count(self._beginning)


class Reader(asyncio.Protocol):
    """One stream. `opened` is done when the server has accepted it, or fails with ConnectionError."""

    def __init__(self, handshake: bytes, listening: Callable[["Reader"], Heard]) -> None:
        self._handshake = handshake
        self._heard = listening(self)
        self._head = b""
        self._transport: asyncio.Transport | None = None
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received = 0
        """Bytes since the handshake."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one by its methods only
        self._transport.write(self._handshake)

    def data_received(self, data: bytes) -> None:
        if not self.opened.done():
            data = self._answered(data)
        if data:
            self.received += len(data)
            self._heard(data, time.perf_counter())

    def _answered(self, data: bytes) -> bytes:
        self._head += data
        head, found, rest = self._head.partition(b"\r\n\r\n")
        if not found:
            return b""
        if head[9:12] in (b"101", b"200"):
            self.opened.set_result(None)
            return rest
        self.opened.set_exception(Refused(int(head[9:12])))
        self.close()
        return b""

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("the stream was closed during its handshake"))

    @property
    def open(self) -> bool:
        """Whether the server has not closed it."""
        return self._transport is not None and not self._transport.is_closing()

    def close(self) -> None:
        """Leaves at once."""
        if self._transport is not None:
            self._transport.abort()

    def pong(self) -> None:
        """Answers a ping."""
        if self._transport is not None:
            self._transport.write(_PONG)


def _head(path: str, *lines: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *lines, "", ""]).encode()


def _counting(beginning: bytes, counted: Counted) -> Callable[[Reader], Heard]:
    def listening(reader: Reader) -> Heard:
        beginnings = Beginnings(beginning, reader.pong)
        return lambda data, now: counted(beginnings.feed(data), now)

    return listening


def _cutting(frames: Callable[[Reader], WebSocketFrames | EventStreamFrames], told: Frame) -> Callable[[Reader], Heard]:
    def listening(reader: Reader) -> Heard:
        cut = frames(reader)

        def heard(data: bytes, now: float) -> None:
            for payload in cut.feed(data):
                told(payload, now)

        return heard

    return listening


def _socket_handshake(token: str, query: str) -> bytes:
    key = b64encode(os.urandom(16)).decode()
    return _head(
        f"/ws{query}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        f"Authorization: Bearer {token}",
    )


def _stream_handshake(token: str, query: str) -> bytes:
    return _head(f"/sse{query}", "Accept: text/event-stream", f"Authorization: Bearer {token}")


async def open_socket(port: int, token: str, told: Frame, query: str = "") -> Reader:
    """A WebSocket that is accepted. Raises Refused, ConnectionError or OSError."""
    listening = _cutting(lambda reader: WebSocketFrames(reader.pong), told)
    return await _open(port, _socket_handshake(token, query), listening)


async def open_event_stream(port: int, token: str, told: Frame, query: str = "") -> Reader:
    """An event stream that is accepted. Raises Refused, ConnectionError or OSError."""
    return await _open(port, _stream_handshake(token, query), _cutting(lambda _: EventStreamFrames(), told))


async def open_counted(
    port: int, token: str, beginning: bytes, counted: Counted, query: str = "", *, event_stream: bool = False
) -> Reader:
    """A stream of either kind that is accepted, whose events are only counted. Raises as the others do."""
    handshake = _stream_handshake(token, query) if event_stream else _socket_handshake(token, query)
    return await _open(port, handshake, _counting(beginning, counted))


async def _open(port: int, handshake: bytes, listening: Callable[[Reader], Heard]) -> Reader:
    loop = asyncio.get_running_loop()
    _, reader = await loop.create_connection(lambda: Reader(handshake, listening), "127.0.0.1", port)
    try:
        await reader.opened
    except BaseException:
        reader.close()
        raise
    return reader
