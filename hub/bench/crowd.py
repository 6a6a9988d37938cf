"""Agents at open streams: one whose events are told apart, and crowds of which only the number of deliveries counts."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from attrs import define, field

from hub.bench.streams import Reader, Refused, open_counted
from hub.bench.webhook import MARK

PATIENCE = 30.0
"""Seconds without the awaited event after which the measurement fails: something is lost."""

HANDSHAKES = 500
"""Handshakes at a time while a crowd gathers: about half of what waits at a listening socket before it is accepted."""

GATHERING = 180.0
"""Seconds after which a crowd that is not complete fails the measurement."""


UNAVAILABLE = 503
COME_AGAIN = 1.0
"""Seconds after a refusal."""

LONGEST_UNREST = 60.0
"""Seconds."""


class Lost(Exception):
    """What was accepted did not arrive. The message says what."""


def starts(kind: str) -> bytes:
    """How the JSON of an event of this type begins."""
    return b'{"type":"%b"' % kind.encode()


@define(eq=False)
class Agent:
    """Notes when each message's event of one type is read, by the mark in the message's text."""

    kind: str
    seen: dict[int, float] = field(factory=dict)
    payload: bytes = b""
    _awaited: dict[int, "asyncio.Future[float]"] = field(factory=dict)

    def told(self, payload: bytes, now: float) -> None:
        """A `Frame` callback."""
        if not payload.startswith(starts(self.kind)):
            return
        self.payload = payload
        found = MARK.search(payload)
        if found:
            mark = int(found[1])
            self.seen[mark] = now
            waiting = self._awaited.pop(mark, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(now)

    async def arrival(self, mark: int) -> float:
        """The moment at which the message's event was read. Raises Lost."""
        if mark in self.seen:
            return self.seen[mark]
        waiting = self._awaited[mark] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(PATIENCE):
                arrived: float = await waiting
        except TimeoutError:
            raise Lost(f"no {self.kind} within {PATIENCE:.0f} s of an accepted message") from None
        return arrived


@define(eq=False)
class Crowd:
    """Many readers. Counts the deliveries of one type of event; `last` is the moment of the newest."""

    kind: str = "message.received"
    readers: list[Reader] = field(factory=list)
    delivered: int = 0
    refused: int = 0
    last: float = 0.0
    heard: float = 0.0
    _goal: int = 0
    _reached: asyncio.Event = field(factory=asyncio.Event)

    def counted(self, count: int, now: float) -> None:
        """A `Counted` callback."""
        self.heard = now
        if count:
            self.delivered += count
            self.last = now
            if self.delivered >= self._goal:
                self._reached.set()

    def expect(self, more: int) -> None:
        """From now on so many deliveries are awaited."""
        self._goal = self.delivered + more
        self._reached.clear()

    async def complete(self) -> float:
        """The moment of the last expected delivery. Raises Lost."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._reached.wait()
        except TimeoutError:
            raise Lost(f"{self._goal - self.delivered} deliveries are missing after {PATIENCE:.0f} s") from None
        return self.last

    async def quiet(self, seconds: float = 0.5) -> None:
        """Waits until nothing was heard for so long: after a crowd has come, everybody is told who is there.

        At most `LONGEST_UNREST`."""
        end = time.perf_counter() + LONGEST_UNREST
        for _ in range(round(LONGEST_UNREST / seconds)):
            wait = min(self.heard + seconds, end) - time.perf_counter()
            if wait <= 0:
                return
            await asyncio.sleep(wait)

    @property
    def received(self) -> int:
        """Bytes that all readers got."""
        return sum(reader.received for reader in self.readers)

    async def gather(self, port: int, tokens: Sequence[str], *, event_stream: bool = False, query: str = "") -> None:
        """Opens one stream per token; one that is refused for now (503) comes again, as clients do.

        Raises Lost; ConnectionError or OSError when one is refused for good.
        """
        room, beginning = asyncio.Semaphore(HANDSHAKES), starts(self.kind)

        def opening(token: str) -> Awaitable[Reader]:
            return open_counted(port, token, beginning, self.counted, query, event_stream=event_stream)

        async def join(token: str) -> None:
            async with room:
                self.readers.append(await self._join(lambda: opening(token)))

        try:
            async with asyncio.timeout(GATHERING), asyncio.TaskGroup() as joining:
                for token in tokens:
                    joining.create_task(join(token))
        except TimeoutError:
            raise Lost(f"{len(self.readers)} of {len(tokens)} streams were open after {GATHERING:.0f} s") from None
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        self.heard = time.perf_counter()

    async def _join(self, opening: Callable[[], Awaitable[Reader]]) -> Reader:
        while True:
            try:
                return await opening()
            except Refused as error:
                if error.status != UNAVAILABLE:
                    raise
                self.refused += 1
                await asyncio.sleep(COME_AGAIN)

    def leave(self) -> None:
        """Everybody goes at once."""
        for reader in self.readers:
            reader.close()
        self.readers.clear()
