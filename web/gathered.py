"""Questions of one kind that come at the same time are one query: a whole company that reconnects asks five thousand.

The first question is asked at once, with what else is asked in the same tick. What comes while an answer is awaited is
the next query. In a crowd there is a pause between queries, so that each answers many.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

MOST = 500
"""Questions in one query; the others are the next one's."""

CROWD = 8
"""Questions at once that make a crowd."""

PAUSE = 0.25
"""Seconds from one answer to a crowd until the next question."""

K = TypeVar("K")
V = TypeVar("V")


class Gathered(Generic[K, V]):
    """Asks `read` for many keys at once; what is missing in its answer is None. Its failure is everybody's who asked.

    Bounded by who asks: each waits for his answer.
    """

    def __init__(
        self,
        read: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]],
        *,
        most: int = MOST,
        crowd: int = CROWD,
        pause: float = PAUSE,
    ) -> None:
        self._read, self._most, self._crowd, self._pause = read, most, crowd, pause
        self._asked: dict[K, asyncio.Future[V | None]] = {}
        self._reading: asyncio.Task[None] | None = None

    async def __call__(self, key: K) -> V | None:
        """What there is for this key."""
        asked = self._asked.get(key)
        if asked is None:
            asked = self._asked[key] = asyncio.get_running_loop().create_future()
            if self._reading is None:
                self._reading = asyncio.create_task(self._read_all())
        return await asyncio.shield(asked)

    async def _read_all(self) -> None:
        try:
            while self._asked:
                keys = list(self._asked)[: self._most]
                batch = {key: self._asked.pop(key) for key in keys}
                await self._answer(batch)
                if len(batch) >= self._crowd:
                    await asyncio.sleep(self._pause)
        finally:
            self._reading = None

    async def _answer(self, batch: dict[K, "asyncio.Future[V | None]"]) -> None:
        try:
            found = await self._read(list(batch))
        except Exception as error:
            for asked in batch.values():
                asked.set_exception(error)
                asked.exception()  # who asked may have left: asyncio need not complain about it
            return
        for key, asked in batch.items():
            asked.set_result(found.get(key))
