"""The outbound group of figures: what is sent, how long the provider takes, and what waits."""

from collections.abc import Iterable
from datetime import datetime

from attrs import frozen
from prometheus_client import CollectorRegistry, Counter, Gauge

from hub.conversation.commands import Outcome
from hub.outbox import Sent
from web.latencies import Latencies, Series

OUTCOMES = ("sent", "failed", "unknown", "window_closed")

_WORDS = {Outcome.ACCEPTED: "sent", Outcome.REFUSED: "failed", Outcome.UNKNOWN: "unknown"}


@frozen
class ChannelFigures:
    """A channel's lines of the figures, found once: a lookup by labels costs as much as all the counting."""

    messages: dict[str, Counter]
    retries: Counter
    attempt: Series
    down: Gauge


class Outbound:
    """Counts tries of sending; the series of each channel exist from the start."""

    def __init__(self, registry: CollectorRegistry, channels: tuple[str, ...]) -> None:
        self._messages = Counter(
            "hub_outbound_messages_total", "Messages by how sending ended.", ("channel", "outcome"), registry=registry
        )
        self._retries = Counter(
            "hub_outbound_retries_total", "Tries that are to be made again.", ("channel",), registry=registry
        )
        self._attempt = Latencies(
            "hub_outbound_attempt_duration_seconds", "One call of the provider.", ("channel",), registry
        )
        self._pending = Gauge(
            "hub_outbound_pending_messages", "Messages in the outbox.", ("channel",), registry=registry
        )
        self._oldest = Gauge(
            "hub_outbound_oldest_pending_timestamp_seconds",
            "When the oldest of them was written; 0 when there is none.",
            ("channel",),
            registry=registry,
        )
        self._down = Gauge(
            "hub_outbound_channel_down", "1 while the provider refuses the channel.", ("channel",), registry=registry
        )
        self._channels = channels
        self.depth([])
        self._of = {channel: self._figures(channel) for channel in channels}

    def _figures(self, channel: str) -> ChannelFigures:
        return ChannelFigures(
            messages={outcome: self._messages.labels(channel, outcome) for outcome in OUTCOMES},
            retries=self._retries.labels(channel),
            attempt=self._attempt.of(channel),
            down=self._down.labels(channel),
        )

    def tried(self, channel: str, sent: Sent, seconds: float) -> None:
        """A try has ended."""
        figures = self._of[channel]
        figures.attempt.observe(seconds)
        figures.down.set(1 if sent.channel_down else 0)
        if sent.outcome is Outcome.LATER:
            figures.retries.inc()
        else:
            figures.messages["window_closed" if sent.closes_window else _WORDS[sent.outcome]].inc()

    def depth(self, waiting: Iterable[tuple[str, int, datetime]]) -> None:
        """What the outbox holds now."""
        found = {channel: (count, oldest.timestamp()) for channel, count, oldest in waiting}
        for channel in self._channels:
            count, oldest = found.get(channel, (0, 0.0))
            self._pending.labels(channel).set(count)
            self._oldest.labels(channel).set(oldest)
