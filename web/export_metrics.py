"""The export group of the metrics."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge

from hub.export import ExportKind

OUTCOMES = ("whole", "cut", "refused")


class ExportMetrics:
    """How downloads of exports go."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._running = Gauge("hub_exports_running", "Exports being downloaded.", registry=registry)
        self._downloads = Counter(
            "hub_exports_total",
            "Downloads: whole, cut (the reader left, was too slow or may not read on), refused (too many at once).",
            ("outcome",),
            registry=registry,
        )
        self._rows = Counter("hub_exported_rows_total", "Rows written.", ("kind",), registry=registry)
        for outcome in OUTCOMES:
            self._downloads.labels(outcome)
        for kind in ExportKind:
            self._rows.labels(kind.value)

    @contextmanager
    def running(self) -> Iterator[None]:
        """One is being downloaded."""
        with self._running.track_inprogress():
            yield

    def ended(self, outcome: str) -> None:
        """One ended: whole, cut or refused."""
        self._downloads.labels(outcome).inc()

    def wrote(self, kind: str, rows: int) -> None:
        """So many rows of a kind were written."""
        self._rows.labels(kind).inc(rows)
