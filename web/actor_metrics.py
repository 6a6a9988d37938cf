"""The actors group of figures: what the kernel counts by itself, read when somebody asks, and how long mail waits."""

from collections.abc import Callable, Iterable, Mapping

from attrs import frozen
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from actors.kernel import KindStats
from web.latencies import Latencies


@frozen
class KindLatencies:
    """How long mail of one kind waits, and how long its turns take. Called for every message."""

    waited: Callable[[float], None]
    turned: Callable[[float], None]


class ActorMetrics(Collector):
    """The kernel's observer, and the collector of its counters."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._stats: Callable[[], Mapping[str, KindStats]] = dict
        self._waited = Latencies("hub_actor_mailbox_wait_seconds", "From the post to the turn.", ("kind",), registry)
        self._turned = Latencies("hub_actor_message_duration_seconds", "One turn.", ("kind",), registry)
        self.lag = Gauge("hub_event_loop_lag_seconds", "How late the event loop is.", registry=registry)
        registry.register(self)

    def read(self, stats: Callable[[], Mapping[str, KindStats]]) -> None:
        """Says where the counters are."""
        self._stats = stats

    def of(self, kind: str) -> "KindLatencies":
        """The two histograms' series of this kind."""
        return KindLatencies(self._waited.of(kind).observe, self._turned.of(kind).observe)

    def collect(self) -> Iterable[Metric]:
        """The counters as they are now."""
        live = GaugeMetricFamily("hub_actors", "Actors in memory.", labels=["kind"])
        depth = GaugeMetricFamily("hub_actor_mailbox_messages", "Mail that waits.", labels=["kind"])
        crashes = CounterMetricFamily("hub_actor_restarts", "Instances lost to a failure.", labels=["kind"])
        rejected = CounterMetricFamily("hub_actor_messages_rejected", "Mail not taken.", labels=["kind"])
        expired = CounterMetricFamily("hub_actor_messages_expired", "Mail nobody waited for.", labels=["kind"])
        for kind, stats in self._stats().items():
            live.add_metric([kind], stats.live)
            depth.add_metric([kind], stats.depth)
            crashes.add_metric([kind], stats.crashes)
            rejected.add_metric([kind], stats.rejected)
            expired.add_metric([kind], stats.expired)
        return live, depth, crashes, rejected, expired
