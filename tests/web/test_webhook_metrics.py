"""The webhook figures."""

from datetime import UTC, datetime

from attrs import frozen
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest

from web.webhook_metrics import WebhookMetrics


@frozen
class Waiting:
    pending: int = 3
    oldest: datetime | None = datetime(2026, 1, 5, tzinfo=UTC)
    dead: int = 2
    behind: int = 40
    enabled: int = 5
    disabled: int = 1


def test_tries_and_what_waits() -> None:
    registry = CollectorRegistry()
    figures = WebhookMetrics(registry)
    assert registry.get_sample_value("hub_webhook_deliveries_total", {"outcome": "dead"}) == 0
    figures.tried("delivered", 0.02)
    figures.missed(7)
    figures.depth(Waiting())
    text = generate_latest(registry).decode()
    for line in (
        'hub_webhook_deliveries_total{outcome="delivered"} 1.0',
        "hub_webhook_attempt_duration_seconds_count 1.0",
        "hub_webhook_missed_events_total 7.0",
        "hub_webhook_pending_deliveries 3.0",
        "hub_webhook_dead_deliveries 2.0",
        "hub_webhook_events_behind 40.0",
        'hub_webhook_endpoints{state="disabled"} 1.0',
    ):
        assert line in text
    assert registry.get_sample_value("hub_webhook_oldest_pending_timestamp_seconds") == 1767571200.0
    figures.depth(Waiting(oldest=None))
    assert registry.get_sample_value("hub_webhook_oldest_pending_timestamp_seconds") == 0
