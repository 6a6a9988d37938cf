"""A running commentary on the world, for the page and for scripted people."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

WAITING = 1000
"""Events that a listener may be behind; one further and it is cut off, since it can look everything up again."""

Event = dict[str, Any]


class Listener:
    """One reader of the commentary. Iteration ends when it was too slow."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue(WAITING + 1)
        self.cut = False

    def offer(self, event: Event) -> None:
        """Add an event, or cut the listener off."""
        if self.cut:
            return
        if self._queue.qsize() >= WAITING:
            self.cut = True
            self._queue.put_nowait(None)
        else:
            self._queue.put_nowait(event)

    async def __aiter__(self) -> AsyncIterator[Event]:
        while (event := await self._queue.get()) is not None:
            yield event

    async def with_pauses(self, seconds: float) -> AsyncIterator[Event | None]:
        """The same, with None after every `seconds` without an event."""
        while True:
            try:
                async with asyncio.timeout(seconds):
                    event = await self._queue.get()
            except TimeoutError:
                yield None
                continue
            if event is None:
                return
            yield event


class Feed:
    """Who listens, and the voice."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()

    @contextmanager
    def listen(self) -> Iterator[Listener]:
        """A listener for as long as the block lasts."""
        listener = Listener()
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def publish(self, event: str, number: str, **facts: Any) -> None:
        """Tell everybody: `said`, `received`, `status`, `changed` or `typing`, about one customer."""
        for listener in self._listeners:
            listener.offer({"event": event, "number": number, **facts})
