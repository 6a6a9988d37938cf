"""What was measured: values by key, one per repetition, and what they come to."""

import math
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from attrs import define, field, frozen


@frozen
class Spread:
    """The median of the repetitions and the ends of their range."""

    median: float
    low: float
    high: float


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` of them do not exceed (nearest rank). Nan for no values."""
    if not values:
        return math.nan
    ordered = sorted(values)
    rank = math.ceil(len(ordered) * percent / 100)
    return ordered[max(rank, 1) - 1]


def spread(values: Sequence[float]) -> Spread:
    """What the repetitions come to. Raises ValueError for none."""
    if not values:
        raise ValueError("nothing was measured")
    return Spread(median(values), min(values), max(values))


@define
class Samples:
    """Collects a value per key and repetition."""

    values: dict[str, list[float]] = field(factory=dict)

    def add(self, key: str, value: float) -> None:
        """One repetition's value. What could not be measured (nan) is left out."""
        if not math.isnan(value):
            self.values.setdefault(key, []).append(value)

    def add_latency(self, key: str, seconds: Sequence[float]) -> None:
        """The p50 and p99 of one repetition, in milliseconds, under `<key>.p50` and `<key>.p99`."""
        self.add(f"{key}.p50", percentile(seconds, 50) * 1000)
        self.add(f"{key}.p99", percentile(seconds, 99) * 1000)

    def spreads(self) -> Mapping[str, Spread]:
        """Every key's outcome."""
        return dict(self._spreads())

    def _spreads(self) -> Iterator[tuple[str, Spread]]:
        for key, values in self.values.items():
            yield key, spread(values)
