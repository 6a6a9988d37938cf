"""The housekeeping group of the metrics: what was forgotten after its time, and whether it is still looked for."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge


class HousekeepingMetrics:
    """By chore; a series begins when its chore was done for the first time, at most ten minutes after the start."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._rows = Counter(
            "hub_forgotten_rows_total", "Rows that were forgotten after their time.", ("chore",), registry=registry
        )
        self._done = Gauge(
            "hub_chore_done_timestamp_seconds",
            "When what is to be forgotten was last looked for without a failure.",
            ("chore",),
            registry=registry,
        )

    def done(self, chore: str, rows: int) -> None:
        """A chore was done, and so many rows are gone."""
        self._rows.labels(chore).inc(rows)
        self._done.labels(chore).set(time.time())
