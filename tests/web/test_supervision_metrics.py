"""The supervision group of the metrics."""

from prometheus_client import CollectorRegistry, generate_latest

from hub.dead_letter import Step
from hub.notice import Carried, NoticeChannel
from web.supervision_metrics import SupervisionMetrics


def test_what_is_counted_and_what_stands() -> None:
    registry = CollectorRegistry()
    metrics = SupervisionMetrics(registry)
    metrics.added({"ticketing": 1})
    metrics.redriven("ticketing", Step.DONE)
    metrics.carried(NoticeChannel.SLACK, Carried.RETRY)
    metrics.stand({"ticketing": 3}, {"circuit_open": 1}, {"email": 2})
    lines = generate_latest(registry).decode().splitlines()
    assert 'hub_dlq_entries{queue="ticketing"} 3.0' in lines
    assert 'hub_dlq_entries{queue="transaction_create"} 0.0' in lines
    assert 'hub_dlq_entries_added_total{queue="ticketing"} 1.0' in lines
    assert 'hub_dlq_redrives_total{outcome="done",queue="ticketing"} 1.0' in lines
    assert 'hub_alerts_firing{rule="circuit_open"} 1.0' in lines
    assert 'hub_notifications_total{kind="slack",outcome="retry"} 1.0' in lines
    assert 'hub_notifications_waiting{kind="email"} 2.0' in lines
    metrics.stand({}, {}, {})
    lines = generate_latest(registry).decode().splitlines()
    assert 'hub_dlq_entries{queue="ticketing"} 0.0' in lines
    assert 'hub_alerts_firing{rule="circuit_open"} 0.0' in lines
