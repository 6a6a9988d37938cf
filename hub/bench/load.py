"""Two ways to bring load: as much as is answered (closed loop), and as much as arrives (open loop)."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable

from attrs import define, field

from hub.bench.wire import Connection, connect

Request = Callable[[], bytes | None]
"""Makes the next request; None when there are no more."""


def chance(seed: int) -> random.Random:
    """The same choices in every run, and for every server."""
    return random.Random(seed)  # noqa: S311 - nothing is kept secret with it


@define
class Load:
    """What came of it. `latencies` are those of accepted requests (2xx), in seconds from the start of sending."""

    seconds: float = 0.0
    latencies: list[float] = field(factory=list)
    statuses: Counter[int] = field(factory=Counter)
    # Connections that broke, and requests of an open loop for which no connection was free.
    broken: int = 0
    unsent: int = 0
    # Those accepted before the last request was sent off.
    in_time: int = 0

    @property
    def accepted(self) -> int:
        """Requests answered with 2xx."""
        return len(self.latencies)

    @property
    def rate(self) -> float:
        """Accepted requests per second, while there was load."""
        return self.in_time / self.seconds if self.seconds else 0.0

    async def ask(self, connection: Connection, request: bytes) -> None:
        """Makes one request and keeps what came of it."""
        began = time.perf_counter()
        try:
            answer = await connection.ask(request)
        except ConnectionError:
            self.broken += 1
            return
        self.statuses[answer.status] += 1
        if 200 <= answer.status < 300:
            self.latencies.append(time.perf_counter() - began)


async def closed_loop(port: int, connections: int, request: Request, seconds: float | None = None) -> Load:
    """Each connection asks again as soon as it is answered, until the time is over or there are no more requests."""
    load = Load()
    opened = await asyncio.gather(*(connect(port) for _ in range(connections)))
    began = time.perf_counter()
    end = None if seconds is None else began + seconds
    try:
        await asyncio.gather(*(_keep_asking(load, port, connection, request, end) for connection in opened))
    finally:
        load.seconds, load.in_time = time.perf_counter() - began, load.accepted
        for connection in opened:
            connection.close()
    return load


async def _keep_asking(load: Load, port: int, connection: Connection, request: Request, end: float | None) -> None:
    while end is None or time.perf_counter() < end:
        made = request()
        if made is None:
            break
        if not connection.open:
            connection = await connect(port)
        await load.ask(connection, made)
    connection.close()


class OpenLoop:
    """Requests arrive at moments of their own (a Poisson process), however the earlier ones fare."""

    def __init__(self, port: int, request: Request, rate: float, most: int, seed: int = 1) -> None:
        """`rate` per second; `most` connections at a time, above which arrivals are counted as unsent."""
        self._port, self._request, self._rate, self._most = port, request, rate, most
        self._random = chance(seed)
        self._idle: list[Connection] = []
        self._opened = 0
        self._running: set[asyncio.Task[None]] = set()
        self.load = Load()

    async def run(self, seconds: float) -> Load:
        """Lets requests arrive for so long, then waits for the last answers."""
        await self._open(min(self._most, 64))
        began = due = time.perf_counter()
        try:
            while due < began + seconds:
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                while due <= time.perf_counter() and due < began + seconds:
                    self._arrive()
                    due += self._random.expovariate(self._rate)
            self.load.seconds, self.load.in_time = time.perf_counter() - began, self.load.accepted
            await asyncio.gather(*self._running)
        finally:
            for task in list(self._running):
                task.cancel()
            for connection in self._idle:
                connection.close()
        return self.load

    async def _open(self, count: int) -> None:
        self._idle.extend(await asyncio.gather(*(connect(self._port) for _ in range(count))))
        self._opened += count

    def _arrive(self) -> None:
        request = self._request()
        if request is None:
            return
        if not self._idle and self._opened >= self._most:
            self.load.unsent += 1
            return
        connection = self._idle.pop() if self._idle else None
        if connection is None:
            self._opened += 1
        task = asyncio.create_task(self._carry(connection, request))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _carry(self, connection: Connection | None, request: bytes) -> None:
        try:
            if connection is None:
                connection = await connect(self._port)
            await self.load.ask(connection, request)
        except OSError:
            self.load.broken += 1
        if connection is not None and connection.open:
            self._idle.append(connection)
        else:
            self._opened -= 1
