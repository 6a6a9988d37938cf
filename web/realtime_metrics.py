"""The realtime group of the metrics."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from actors.event_tail import EventTail
from actors.session import CloseCode
from web.metrics import LATENCY

_WHO = ("transport", "audience")


class RealtimeMetrics:
    """Implements `actors.session_registry.FanOutObserver`, and counts the doors."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._connections = Gauge("hub_realtime_connections", "Open streams.", _WHO, registry=registry)
        self._connects = Counter(
            "hub_realtime_connects_total", "Streams asked for.", (*_WHO, "outcome"), registry=registry
        )
        self._disconnects = Counter(
            "hub_realtime_disconnects_total", "Streams ended.", (*_WHO, "reason"), registry=registry
        )
        self._resumes = Counter("hub_realtime_resumes_total", "How streams began.", ("outcome",), registry=registry)
        self._sent = Counter(
            "hub_realtime_events_sent_total", "Events put on their way to a session.", ("event",), registry=registry
        )
        self._delay = Histogram(
            "hub_realtime_delivery_delay_seconds",
            "From an event's time until the last session of a transport was written to.",
            ("transport",),
            buckets=LATENCY,
            registry=registry,
        )
        self._slow = Counter(
            "hub_realtime_slow_consumers_total",
            "Streams cut because too much waited.",
            ("transport",),
            registry=registry,
        )
        self._registry = registry
        # `labels()` takes a lock and builds a key at every call.
        self._sent_by_type: dict[str, Counter] = {}

    def sent(self, type: str, sessions: int) -> None:
        """An event was put on its way to this many sessions."""
        counter = self._sent_by_type.get(type)
        if counter is None:
            counter = self._sent_by_type[type] = self._sent.labels(type)
        counter.inc(sessions)

    def delayed(self, transport: str, seconds: float) -> None:
        """From an event's time until the last session of this transport was written to."""
        self._delay.labels(transport).observe(max(0.0, seconds))

    def cut(self, transport: str, code: CloseCode) -> None:
        """The hub ended a session."""
        if code is CloseCode.SLOW:
            self._slow.labels(transport).inc()

    def asked(self, transport: str, outcome: str, audience: str = "agent") -> None:
        """Somebody asked for a stream: `accepted`, or the code of the error."""
        self._connects.labels(transport, audience, outcome).inc()

    def opened(self, transport: str, audience: str = "agent") -> None:
        """A stream is open."""
        self._connections.labels(transport, audience).inc()

    def closed(self, transport: str, code: CloseCode | None, audience: str = "agent") -> None:
        """A stream was closed: by us with a code, or by the client."""
        self._connections.labels(transport, audience).dec()
        reason = "client" if code is None else code.name.lower()
        self._disconnects.labels(transport, audience, reason).inc()

    def resumed(self, outcome: str) -> None:
        """How a stream began: replayed, reset or fresh."""
        self._resumes.labels(outcome).inc()

    def count_untold(self, newcomers: Callable[[], float]) -> None:
        """Shows of how many newcomers nobody was told, because too many came at once."""
        name = "hub_realtime_presence_untold"
        Gauge(name, "Newcomers not told of, in a crowd.", registry=self._registry).set_function(newcomers)

    def follow(self, tail: EventTail) -> None:
        """Shows how the event tail is doing."""
        shown: dict[str, tuple[str, Callable[[], float]]] = {
            "hub_realtime_ring_events": ("Events kept in memory.", lambda: len(tail.ring)),
            "hub_realtime_ring_bytes": ("Their JSON.", lambda: tail.ring.size),
            "hub_realtime_cursor": ("Newest event handed on.", lambda: tail.cursor),
        }
        for name, (text, value) in shown.items():
            Gauge(name, text, registry=self._registry).set_function(value)
