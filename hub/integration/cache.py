"""Copies of a back end's answers: shown for a while instead of asking again, and dropped when they may be wrong.

A fetch carries the generation at which it began. What began before an invalidation is not kept: the answer may be from
before the change, whenever it arrives. Moments are seconds of a clock that never jumps.
"""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

from attrs import define, field, frozen

from hub.integration.call import Fetched
from hub.record import evolve


@frozen
class Keep:
    """How long copies of an operation are shown: `ttl` seconds; `stale` seconds while the back end is left alone."""

    ttl: float = 0.0
    stale: float = 0.0


@frozen
class Entry:
    """A copy and when it was made."""

    value: Fetched[Any]
    at: float


@define
class Cache:
    """At most `most` copies; the least used goes first. 0 keeps none."""

    most: int
    generation: int = 0
    _entries: "OrderedDict[Hashable, Entry]" = field(factory=OrderedDict, init=False)

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable, keep: Keep, now: float) -> Fetched[Any] | None:
        """The copy, if it may be shown."""
        entry = self._entries.get(key)
        if entry is None or now - entry.at >= keep.ttl:
            return None
        self._entries.move_to_end(key)
        return evolve(entry.value, cached=True)

    def stale(self, key: Hashable, keep: Keep, now: float) -> Fetched[Any] | None:
        """The copy, if it may be shown while the back end is left alone."""
        entry = self._entries.get(key)
        if entry is None or now - entry.at >= max(keep.ttl, keep.stale):
            return None
        return evolve(entry.value, cached=True, stale=now - entry.at >= keep.ttl)

    def put(self, key: Hashable, value: Fetched[Any], generation: int, now: float) -> None:
        """Keeps what a fetch brought that began at this generation."""
        if generation != self.generation or not self.most:
            return
        self._entries[key] = Entry(value, now)
        self._entries.move_to_end(key)
        if len(self._entries) > self.most:
            self._entries.popitem(last=False)

    def invalidate(self) -> None:
        """Something has changed over there: no copy is shown any more, and no fetch under way is kept."""
        self.generation += 1
        self._entries.clear()

    def drop(self, key: Hashable) -> None:
        """This copy is known to be wrong."""
        self._entries.pop(key, None)
