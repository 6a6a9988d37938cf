"""Who crashed how often. Kept apart from the actors, because a crashed actor is thrown away and its history is not."""

from collections import OrderedDict
from collections.abc import Hashable

from actors.kernel.limit import Limit, Window

MOST_KEYS = 10_000
"""Keys remembered per kind; past it the one whose crash is longest ago is forgotten and starts afresh."""


class Record:
    """The crashes of one key."""

    __slots__ = ("block", "last", "until", "window")

    def __init__(self, limit: Limit) -> None:
        self.window = Window(limit)
        self.last = 0.0
        self.until = 0.0  # blocked until then
        self.block = 0.0  # how long the latest block was, seconds; the next is twice as long


class CrashLog:
    """Decides when a key is blocked and for how long: `base` seconds, twice that at each further block, up to `most`.

    A key that stays well for as long as the limit's window and its latest block is forgotten.
    """

    __slots__ = ("_base", "_limit", "_most", "records")

    def __init__(self, limit: Limit, base: float, most: float) -> None:
        self._limit = limit
        self._base = base
        self._most = most
        self.records: OrderedDict[Hashable, Record] = OrderedDict()

    def crashed(self, key: Hashable, now: float) -> float:
        """Counts a crash; the seconds the key is blocked for because of it, 0.0 if it is not."""
        self._forget(now)
        record = self.records.setdefault(key, Record(self._limit))
        self.records.move_to_end(key)
        record.last = now
        if not record.window.add(now):
            return 0.0
        record.block = min(record.block * 2 or self._base, self._most)
        record.until = now + record.block
        record.window = Window(self._limit)
        return record.block

    def blocked(self, key: Hashable, now: float) -> float:
        """The seconds until the key takes mail again, 0.0 if it does."""
        record = self.records.get(key)
        return 0.0 if record is None else max(0.0, record.until - now)

    def count_blocked(self, now: float) -> int:
        """How many keys are blocked now."""
        return sum(record.until > now for record in self.records.values())

    def _forget(self, now: float) -> None:
        """Drops the longest quiet keys: all that are well again, and one more at the bound."""
        while self.records:
            key, record = next(iter(self.records.items()))
            well = max(record.last, record.until) + max(self._limit.within, record.block) < now
            if not well and len(self.records) < MOST_KEYS:
                return
            del self.records[key]
