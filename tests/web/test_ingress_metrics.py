"""The figures of what channels bring."""

from datetime import UTC, datetime

from prometheus_client import CollectorRegistry

from web.ingress_metrics import OUTCOMES, Ingress


def test_a_channels_series_are_there_before_anything_happens() -> None:
    registry = CollectorRegistry()
    Ingress(registry, ("wa",))
    for outcome in OUTCOMES:
        assert registry.get_sample_value("hub_ingress_webhooks_total", {"channel": "wa", "outcome": outcome}) == 0
    assert registry.get_sample_value("hub_ingress_duplicates_total", {"channel": "wa"}) == 0
    assert registry.get_sample_value("hub_ingress_last_webhook_timestamp_seconds", {"channel": "wa"}) == 0


def test_what_is_counted() -> None:
    registry = CollectorRegistry()
    ingress, now = Ingress(registry, ("wa", "app")), datetime(2026, 1, 5, 12, tzinfo=UTC)
    ingress.webhook("wa", "accepted", now)
    ingress.webhook("wa", "rejected")
    ingress.message("wa", "text")
    ingress.message("wa", "text")
    ingress.message("wa", "statusupdate")
    ingress.duplicates("wa", 3)
    ingress.quarantined("wa", "no_sender")
    value = registry.get_sample_value
    assert value("hub_ingress_webhooks_total", {"channel": "wa", "outcome": "accepted"}) == 1
    assert value("hub_ingress_webhooks_total", {"channel": "wa", "outcome": "rejected"}) == 1
    assert value("hub_ingress_webhooks_total", {"channel": "app", "outcome": "accepted"}) == 0
    assert value("hub_ingress_last_webhook_timestamp_seconds", {"channel": "wa"}) == now.timestamp()
    assert value("hub_ingress_messages_total", {"channel": "wa", "type": "text"}) == 2
    assert value("hub_ingress_messages_total", {"channel": "wa", "type": "statusupdate"}) == 1
    assert value("hub_ingress_duplicates_total", {"channel": "wa"}) == 3
    assert value("hub_ingress_quarantined_total", {"channel": "wa", "reason": "no_sender"}) == 1
