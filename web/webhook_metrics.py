"""The webhook group of the metrics: what is delivered to endpoints, and what waits. All endpoints together."""

from datetime import datetime
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge

from web.latencies import Latencies

OUTCOMES = ("delivered", "retried", "dead", "gone", "expired")


class Depth(Protocol):
    """What waits."""

    @property
    def pending(self) -> int: ...
    @property
    def oldest(self) -> datetime | None: ...
    @property
    def dead(self) -> int: ...
    @property
    def behind(self) -> int: ...
    @property
    def enabled(self) -> int: ...
    @property
    def disabled(self) -> int: ...


class WebhookMetrics:
    """Counts tries; the series exist from the start."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._deliveries = Counter(
            "hub_webhook_deliveries_total",
            "Tries of delivering to an endpoint: delivered, retried, dead, gone, expired.",
            ("outcome",),
            registry=registry,
        )
        for outcome in OUTCOMES:
            self._deliveries.labels(outcome)
        self._duration = Latencies(
            "hub_webhook_attempt_duration_seconds", "One try of delivering to an endpoint.", (), registry
        )
        self._duration.of()
        self._missed = Counter(
            "hub_webhook_missed_events_total",
            "Events that left the log before an endpoint could be told of them.",
            registry=registry,
        )
        self._pending = Gauge("hub_webhook_pending_deliveries", "Deliveries that wait.", registry=registry)
        self._oldest = Gauge(
            "hub_webhook_oldest_pending_timestamp_seconds",
            "When the oldest of them was made; 0 when there is none.",
            registry=registry,
        )
        self._dead = Gauge("hub_webhook_dead_deliveries", "Deliveries that were given up and kept.", registry=registry)
        self._behind = Gauge(
            "hub_webhook_events_behind",
            "Events of the log that the enabled endpoint furthest behind was not considered for yet.",
            registry=registry,
        )
        self._endpoints = Gauge("hub_webhook_endpoints", "Endpoints.", ("state",), registry=registry)

    def tried(self, outcome: str, seconds: float) -> None:
        """A try ended."""
        self._deliveries.labels(outcome).inc()
        self._duration.of().observe(seconds)

    def missed(self, count: int) -> None:
        """So many events were dropped before an endpoint came to them."""
        self._missed.inc(count)

    def depth(self, depth: Depth) -> None:
        """What waits now."""
        self._pending.set(depth.pending)
        self._oldest.set(depth.oldest.timestamp() if depth.oldest else 0)
        self._dead.set(depth.dead)
        self._behind.set(depth.behind)
        self._endpoints.labels("enabled").set(depth.enabled)
        self._endpoints.labels("disabled").set(depth.disabled)
