from prometheus_client import CollectorRegistry

from actors.session import CloseCode
from web.realtime_metrics import RealtimeMetrics


def test_figures_have_the_names_and_labels_of_the_realtime_group() -> None:
    registry = CollectorRegistry()
    metrics = RealtimeMetrics(registry)
    metrics.sent("message.received", 3)
    metrics.sent("message.received", 2)
    metrics.delayed("ws", -0.1)
    metrics.cut("ws", CloseCode.SLOW)
    metrics.cut("ws", CloseCode.RESTART)
    metrics.asked("sse", "unauthenticated")
    metrics.opened("ws")
    metrics.opened("ws")
    metrics.closed("ws", CloseCode.SLOW)
    metrics.closed("ws", None)
    metrics.resumed("fresh")
    agent = {"audience": "agent"}
    wanted = [
        ("hub_realtime_events_sent_total", {"event": "message.received"}, 5),
        ("hub_realtime_delivery_delay_seconds_count", {"transport": "ws"}, 1),
        ("hub_realtime_slow_consumers_total", {"transport": "ws"}, 1),
        ("hub_realtime_connects_total", {"transport": "sse", "outcome": "unauthenticated", **agent}, 1),
        ("hub_realtime_connections", {"transport": "ws", **agent}, 0),
        ("hub_realtime_disconnects_total", {"transport": "ws", "reason": "slow", **agent}, 1),
        ("hub_realtime_disconnects_total", {"transport": "ws", "reason": "client", **agent}, 1),
        ("hub_realtime_resumes_total", {"outcome": "fresh"}, 1),
    ]
    for name, labels, value in wanted:
        assert registry.get_sample_value(name, labels) == value, name
