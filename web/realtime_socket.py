"""A WebSocket after its handshake, for as long as it is open.

aiohttp keeps a request, a response, two parsers, two tasks and a dozen coroutines for every open socket: some 20 KiB,
and a whole company is connected all day. So the connection is taken from it once the handshake is answered; what stays
is this.
"""

import asyncio
import logging
from asyncio import Transport
from collections import deque
from collections.abc import Callable
from typing import Protocol

from aiohttp import web
from attrs import define

from actors.session import CloseCode, Session
from actors.session_registry import SessionRegistry
from hub.frame import websocket_control
from hub.websocket import Broken, Incoming, Message, Opcode
from web.connections import Connection, Connections
from web.realtime_client import Frames
from web.realtime_link import SocketLink

log = logging.getLogger("hub.realtime")

WAITING = 16
"""A client's messages that may wait while one is dealt with; above it nothing more is read from the client."""

LOOKS = 3
"""Looks at a silent client: after the second it is pinged, at the third it counts as gone."""


PARTING: set[asyncio.Task[None]] = set()
"""Tasks that tell colleagues that somebody looks no longer; held here, because a loop holds them weakly."""


class Handshake(web.WebSocketResponse):
    """Only the answer to a handshake. When the handler is done, it does not say goodbye as aiohttp's does."""

    async def write_eof(self) -> None:  # type: ignore[override]
        """Nothing: the connection is another's now."""


class Listener(Protocol):
    """Who deals with what a client says."""

    @property
    def leaving(self) -> bool:
        """Whether the client was told goodbye: its own is the answer then."""

    async def told(self, message: Message) -> None:
        """A message, one at a time. Raises Broken."""

    def broken(self, code: int) -> None:
        """The client cannot be understood and has to be sent away with this code."""

    def ended(self) -> None:
        """The client takes leave or is gone. Once."""


class Socket(asyncio.Protocol):
    """Reads one client. A message above `longest` bytes sends it away."""

    __slots__ = (
        "_connections",
        "_drained",
        "_incoming",
        "_listener",
        "_paused",
        "_quiet",
        "_taking",
        "_waiting",
        "transport",
    )

    def __init__(self, longest: int) -> None:
        self.transport: Transport
        self._connections: Connections
        self._incoming: Incoming | None = Incoming(longest)
        self._listener: Listener | None = None
        self._waiting: deque[Message] | None = None
        self._taking: asyncio.Task[None] | None = None
        self._paused = False
        self._drained: asyncio.Future[None] | None = None
        self._quiet = 0

    def take_over(self, request: web.Request) -> Transport:
        """Takes the request's connection. Raises ConnectionResetError when the client has left meanwhile."""
        connection = request.protocol
        assert isinstance(connection, Connection)
        self.transport, self._connections = connection.hand_over(self)
        return self.transport

    def listen(self, listener: Listener) -> None:
        """Who deals with messages; to be called in the same tick as `take_over`."""
        self._listener = listener

    def alive(self) -> bool:
        """A look at a client from whom something must be heard now and then: pings it or gives it up, if it is silent.

        False when it is no longer connected."""
        if self.transport.is_closing():
            return False
        self._quiet += 1
        if self._quiet >= LOOKS:
            self.transport.abort()
            return False
        if self._quiet == LOOKS - 1:
            self.transport.write(websocket_control(Opcode.PING))
        return True

    async def drain(self) -> None:
        """Waits until the transport has room. Raises ConnectionResetError when the client is gone."""
        if self.transport.is_closing():
            raise ConnectionResetError("the client has left")
        if self._paused:
            if self._drained is None:
                self._drained = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._drained)

    # Told by the transport

    def data_received(self, data: bytes) -> None:
        """What the client sends."""
        self._quiet = 0
        try:
            for message in self._incoming.feed(data) if self._incoming else ():
                self._take(message)
        except Broken as error:
            self._break(error)

    def pause_writing(self) -> None:
        """The client takes less than it is told."""
        self._paused = True

    def resume_writing(self) -> None:
        """There is room again."""
        self._paused = False
        if self._drained is not None:
            self._drained.set_result(None)
            self._drained = None

    def connection_lost(self, exc: Exception | None) -> None:
        """The end."""
        self._connections.elsewhere.discard(self.transport)
        self.resume_writing()
        self._end()

    def _take(self, message: Message) -> None:
        if message.opcode is Opcode.PING:
            self.transport.write(websocket_control(Opcode.PONG, message.payload))
        elif message.opcode is Opcode.CLOSE:
            self._leave(message.payload)
        elif message.opcode is not Opcode.PONG:
            self._queue(message)

    def _queue(self, message: Message) -> None:
        if self._waiting is None:
            self._waiting = deque()
        self._waiting.append(message)
        if self._taking is None:
            self._taking = asyncio.create_task(self._tell())
        elif len(self._waiting) == WAITING:
            self.transport.pause_reading()

    async def _tell(self) -> None:
        try:
            while self._waiting and self._listener is not None:
                await self._listener.told(self._waiting.popleft())
        except Broken as error:
            self._break(error)
        finally:
            self._taking = self._waiting = None
            self.transport.resume_reading()

    def _break(self, error: Broken) -> None:
        self._incoming = None
        if self._listener is not None:
            self._listener.broken(error.code)

    def _leave(self, payload: bytes) -> None:
        """The client says goodbye, or answers ours: the connection ends when what it was told last is sent."""
        self._incoming = None
        if self._listener is not None and not self._listener.leaving:
            self.transport.write(websocket_control(Opcode.CLOSE, payload))
        self._end()
        self.transport.close()

    def _end(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.ended()


@define(eq=False)
class Client:
    """The listener of one session's socket. `leave` undoes that it was opened; `replaying` is what catches up."""

    session: Session
    link: SocketLink
    registry: SessionRegistry
    frames: Frames
    leave: Callable[[], None]
    replaying: asyncio.Task[None] | None = None

    @property
    def leaving(self) -> bool:
        """Whether it was cut."""
        return self.link.code is not None

    async def told(self, message: Message) -> None:
        """Does what it asks for, or cuts the client."""
        if self.session.closed:
            return
        code: CloseCode | None = CloseCode.UNSUPPORTED
        try:
            if message.opcode is Opcode.TEXT:
                code = await self.frames.take(message.text)
        except Broken:
            raise
        except Exception:
            log.exception("a client's frame could not be dealt with")
            code = CloseCode.TRY_LATER
        if code is not None:
            self.registry.cut(self.session, code)

    def broken(self, code: int) -> None:
        """Cuts it."""
        self.registry.cut(self.session, CloseCode(code))

    def ended(self) -> None:
        """Lets everything go."""
        if self.replaying is not None:
            self.replaying.cancel()
        self.leave()
        self.link.finish()
        parting = asyncio.create_task(self.frames.leave())
        PARTING.add(parting)
        parting.add_done_callback(PARTING.discard)
