"""Histograms for the hot path: what the client library's do in twenty calls and two locks is here one addition.

The hub has one thread that counts, so nothing has to be locked; Prometheus sees an ordinary histogram.
"""

from bisect import bisect_left
from collections.abc import Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the buckets, seconds; above the last one is +Inf."""


class Series:
    """One line of a histogram."""

    __slots__ = ("_counts", "_sum")

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS) + 1)
        self._sum = 0.0

    def observe(self, seconds: float) -> None:
        """Something took so long."""
        self._counts[bisect_left(BOUNDS, seconds)] += 1
        self._sum += seconds

    def buckets(self) -> tuple[list[tuple[str, float]], float]:
        """The cumulated buckets by upper bound, and the sum."""
        shown, total = [], 0
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), self._counts, strict=True):
            total += count
            shown.append((bound, float(total)))
        return shown, self._sum


class Latencies(Collector):
    """A histogram of seconds with labels. Series exist from their first `of`."""

    def __init__(self, name: str, documentation: str, labels: tuple[str, ...], registry: CollectorRegistry) -> None:
        self._name, self._documentation, self._labels = name, documentation, labels
        self._series: dict[tuple[str, ...], Series] = {}
        registry.register(self)

    def of(self, *values: str) -> Series:
        """The series of these label values."""
        known = self._series.get(values)
        if known is None:
            known = self._series[values] = Series()
        return known

    def collect(self) -> Iterable[Metric]:
        """The histogram as it is now."""
        family = HistogramMetricFamily(self._name, self._documentation, labels=self._labels)
        for values, series in self._series.items():
            buckets, total = series.buckets()
            family.add_metric(values, buckets, total)
        return (family,)
