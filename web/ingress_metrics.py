"""The ingress group of figures: what channels bring."""

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge

OUTCOMES = ("accepted", "invalid_signature", "rejected", "foreign_number")


class Ingress:
    """Counts webhooks and what they held; the series of each channel exist from the start."""

    def __init__(self, registry: CollectorRegistry, channels: tuple[str, ...]) -> None:
        self._webhooks = Counter(
            "hub_ingress_webhooks_total", "Deliveries by how they ended.", ("channel", "outcome"), registry=registry
        )
        self._messages = Counter(
            "hub_ingress_messages_total", "Elements of deliveries, by kind.", ("channel", "type"), registry=registry
        )
        self._duplicates = Counter(
            "hub_ingress_duplicates_total", "Messages brought again.", ("channel",), registry=registry
        )
        self._quarantined = Counter(
            "hub_ingress_quarantined_total", "Elements put aside.", ("channel", "reason"), registry=registry
        )
        self._last = Gauge(
            "hub_ingress_last_webhook_timestamp_seconds", "The last accepted delivery.", ("channel",), registry=registry
        )
        for channel in channels:
            self._duplicates.labels(channel)
        # `labels()` takes a lock and builds a key at every call; the finished children are kept instead.
        self._came = {channel: self._last.labels(channel) for channel in channels}
        self._ended = {
            (channel, outcome): self._webhooks.labels(channel, outcome) for channel in channels for outcome in OUTCOMES
        }
        self._children: dict[tuple[str, str], Counter] = {}

    def webhook(self, channel: str, outcome: str, now: datetime | None = None) -> None:
        """A delivery has ended."""
        self._ended[channel, outcome].inc()
        if now is not None:
            self._came[channel].set(now.timestamp())

    def message(self, channel: str, kind: str) -> None:
        """One element was taken in."""
        child = self._children.get((channel, kind))
        if child is None:
            child = self._children[channel, kind] = self._messages.labels(channel, kind)
        child.inc()

    def duplicates(self, channel: str, count: int) -> None:
        """So many messages were stored before."""
        self._duplicates.labels(channel).inc(count)

    def quarantined(self, channel: str, reason: str) -> None:
        """One element was put aside."""
        self._quarantined.labels(channel, reason).inc()
