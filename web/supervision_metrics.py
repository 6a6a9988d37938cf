"""The supervision group of the metrics: dead letters, alerts, and what is told of them."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge

from hub.alert import Rule
from hub.dead_letter import Step
from hub.integration.call import Integration
from hub.notice import Carried, NoticeChannel

ENDS = (Step.DONE, Step.UNWANTED, Step.FAIL)


class SupervisionMetrics:
    """Counts; the series of what is configured by name exist from the start. `queue` is the integration. What every
    replica sees alike (the gauges) is to be read as a maximum, not summed."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._letters = Gauge("hub_dlq_entries", "Dead letters to be seen to.", ("queue",), registry=registry)
        self._added = Counter(
            "hub_dlq_entries_added_total", "Dead letters that were put down.", ("queue",), registry=registry
        )
        self._redriven = Counter(
            "hub_dlq_redrives_total",
            "Dead letters that were done again: done, unwanted, fail.",
            ("queue", "outcome"),
            registry=registry,
        )
        for queue in Integration:
            self._letters.labels(queue.value)
            self._added.labels(queue.value)
            for step in ENDS:
                self._redriven.labels(queue.value, step.value)
        self._firing = Gauge("hub_alerts_firing", "Alerts that fire.", ("rule",), registry=registry)
        for rule in Rule:
            self._firing.labels(rule.value)
        self._notices = Counter(
            "hub_notifications_total",
            "Tries of telling somebody of an alert: sent, retry, dead.",
            ("kind", "outcome"),
            registry=registry,
        )
        self._waiting = Gauge("hub_notifications_waiting", "What is still to be told.", ("kind",), registry=registry)
        for channel in NoticeChannel:
            self._waiting.labels(channel.value)
            for carried in Carried:
                self._notices.labels(channel.value, carried.value)

    def added(self, letters: Mapping[str, int]) -> None:
        """Letters were put down, so many of each integration."""
        for queue, count in letters.items():
            self._added.labels(queue).inc(count)

    def redriven(self, integration: str, step: Step) -> None:
        """One was done again."""
        self._redriven.labels(integration, step.value).inc()

    def carried(self, channel: NoticeChannel, carried: Carried) -> None:
        """Somebody was told, or not."""
        self._notices.labels(channel.value, carried.value).inc()

    def stand(self, letters: Mapping[str, int], firing: Mapping[str, int], waiting: Mapping[str, int]) -> None:
        """How many there are now."""
        for queue in {*letters, *(queue.value for queue in Integration)}:
            self._letters.labels(queue).set(letters.get(queue, 0))
        for rule in Rule:
            self._firing.labels(rule.value).set(firing.get(rule.value, 0))
        for channel in NoticeChannel:
            self._waiting.labels(channel.value).set(waiting.get(channel.value, 0))
