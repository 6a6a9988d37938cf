"""Taking connections: many in one turn of the event loop, so that a crowd that comes at once is let in at once.

uvloop's own server takes one connection per turn (libuv since 1.45). When turns are long, because there is much to do,
those who wait in the system's queue wait for seconds before anybody reads what they sent long ago.
"""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web
from aiohttp.web_runner import BaseSite

log = logging.getLogger("hub.web")

BACKLOG = 1024
"""Connections that wait in the system's queue of one socket; above it they are refused."""

ROUND = 128
"""Connections taken in one turn; more wait for the next, so that those who are in are served in between."""

REST = 0.5
"""Seconds without taking any when the system has none to give."""

SAY_EVERY = 10.0
"""Seconds between two words about that."""


class Acceptor:
    """Takes the connections of listening sockets. What an aiohttp site asks of an `asyncio.AbstractServer`, it has."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, sockets: Sequence[socket.socket], factory: Callable[[], asyncio.Protocol]
    ) -> None:
        """`factory` makes the protocol of a connection."""
        self._loop, self._factory = loop, factory
        self.sockets = tuple(sockets)
        self._entering: set[asyncio.Task[Any]] = set()
        self._resting: dict[socket.socket, asyncio.TimerHandle] = {}
        self._said = -SAY_EVERY
        self._open = True
        for listening in self.sockets:
            listening.listen(BACKLOG)
            loop.add_reader(listening, self._accept, listening)

    def close(self) -> None:
        """Takes no more; those that were taken stay. Closing again does nothing."""
        if not self._open:
            return
        self._open = False
        for handle in self._resting.values():
            handle.cancel()
        for listening in self.sockets:
            self._loop.remove_reader(listening)
            listening.close()

    async def wait_closed(self) -> None:
        """Waits until the connections taken last have their protocols."""
        await asyncio.gather(*self._entering, return_exceptions=True)

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(ROUND):
            try:
                connection, _address = listening.accept()
            except (BlockingIOError, InterruptedError):
                return
            except ConnectionAbortedError:
                continue
            except OSError as error:
                self._rest(listening, error)
                return
            connection.setblocking(False)
            task = self._loop.create_task(self._enter(connection))
            self._entering.add(task)
            task.add_done_callback(self._entering.discard)

    async def _enter(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._factory, connection)
        except OSError:
            connection.close()  # it has left already

    def _rest(self, listening: socket.socket, error: OSError) -> None:
        """The open files are used up (or memory is): trying again at once would only keep the loop busy."""
        if self._loop.time() - self._said >= SAY_EVERY:
            self._said = self._loop.time()
            reason = errno.errorcode.get(error.errno or 0, "unknown")
            log.error("no connection can be accepted for want of files or memory", extra={"reason": reason})
        self._loop.remove_reader(listening)
        self._resting[listening] = self._loop.call_later(REST, self._resume, listening)

    def _resume(self, listening: socket.socket) -> None:
        del self._resting[listening]
        if self._open:
            self._loop.add_reader(listening, self._accept, listening)


async def bind(host: str, port: int, *, reuse_port: bool = False) -> list[socket.socket]:
    """Sockets bound to all addresses of a host, on one port: 0 takes any free one. Raises OSError when they cannot be
    had."""
    loop = asyncio.get_running_loop()
    infos = await loop.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    bound: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(infos):
            made = socket.socket(family, kind, protocol)
            bound.append(made)
            made.setblocking(False)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if reuse_port:
                made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if family == socket.AF_INET6:
                made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            made.bind((address[0], bound[0].getsockname()[1] if len(bound) > 1 else port, *address[2:]))
    except OSError:
        for made in bound:
            made.close()
        raise
    return bound


class Site(BaseSite):
    """Where an aiohttp runner's server is reached: bound sockets whose connections it takes."""

    __slots__ = ("_sockets",)

    def __init__(self, runner: web.AppRunner, sockets: Sequence[socket.socket]) -> None:
        super().__init__(runner)
        self._sockets = sockets

    @property
    def name(self) -> str:
        """Its address, as the runner tells it."""
        host, port = self._sockets[0].getsockname()[:2]
        return f"http://{host}:{port}"

    async def start(self) -> None:
        """Takes connections from now on."""
        await super().start()
        assert self._runner.server is not None
        taking = Acceptor(asyncio.get_running_loop(), self._sockets, self._runner.server)
        self._server = taking  # type: ignore[assignment]

    async def stop(self) -> None:
        """Takes no more; returns when those that were taken are in, so that they are ended with the others."""
        taken = self._server
        await super().stop()
        if taken is not None:
            await taken.wait_closed()
