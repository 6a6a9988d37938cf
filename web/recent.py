"""What was read a moment ago, so that many requests cost one query; and never believed for longer than said."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from itertools import islice
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


DROPPED = 2
"""Old answers looked at whenever one is read: more than one, so that those of a crowd are gone soon after it."""


class Recent(Generic[K, V]):
    """Answers of `find`, each believed for `fresh` seconds. Above `most` the one read longest ago is forgotten."""

    def __init__(
        self,
        find: Callable[[K], Awaitable[V]],
        fresh: float,
        most: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._find, self._fresh, self._most, self._clock = find, fresh, most, clock
        self._kept: OrderedDict[K, tuple[float, asyncio.Future[V]]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    async def get(self, key: K) -> V:
        """The answer. Those who ask at once share one question, and its failure; a failure is not kept."""
        kept = self._kept.get(key)
        if kept is None or kept[0] < self._clock():
            asked = asyncio.ensure_future(self._find(key))
            asked.add_done_callback(_seen)
            kept = self._kept[key] = (self._clock() + self._fresh, asked)
            self._kept.move_to_end(key)
            self._drop()
        try:
            return await asyncio.shield(kept[1])
        except Exception:
            if self._kept.get(key) is kept:
                del self._kept[key]
            raise

    def _drop(self) -> None:
        """Drops what is no longer believed, and what is above the bound; the oldest stand first."""
        for key, (until, _) in list(islice(self._kept.items(), DROPPED)):
            if until < self._clock() or len(self._kept) > self._most:
                del self._kept[key]

    def forget(self, key: K) -> None:
        """The next one who asks gets a new answer."""
        self._kept.pop(key, None)


def _seen(asked: "asyncio.Future[V]") -> None:
    """Those who asked get the failure; when all of them have left, asyncio need not complain about it."""
    if not asked.cancelled():
        asked.exception()
