"""Histograms of the hot path read like the client library's own."""

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.exposition import generate_latest

from web.latencies import BOUNDS, Latencies

TIMES = [0.0, 0.0004, 0.001, 0.0011, 0.2, 0.25, 9.9, 10.0, 11.0, 300.0]


def lines(registry: CollectorRegistry) -> set[str]:
    return {line for line in generate_latest(registry).decode().splitlines() if "_created" not in line}


def test_prometheus_cannot_tell_the_difference() -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    fast = Latencies("took_seconds", "How long.", ("kind",), ours)
    slow = Histogram("took_seconds", "How long.", ("kind",), buckets=BOUNDS, registry=theirs)
    for kind in ("a", "b"):
        slow.labels(kind)
        fast.of(kind)
    for seconds in TIMES:
        fast.of("a").observe(seconds)
        slow.labels("a").observe(seconds)
    assert lines(ours) == lines(theirs)


def test_a_series_is_kept() -> None:
    fast = Latencies("took_seconds", "How long.", ("kind",), CollectorRegistry())
    assert fast.of("a") is fast.of("a")
    assert fast.of("a") is not fast.of("b")
