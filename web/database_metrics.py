"""The database group of figures: the pool, read when somebody asks."""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

PoolSize = Callable[[], tuple[int, int]]
"""How many connections there are, and how many of them are idle."""


class DatabaseMetrics(Collector):
    """Connections of the pool by state."""

    def __init__(self, registry: CollectorRegistry, pool: PoolSize) -> None:
        self._pool = pool
        registry.register(self)

    def collect(self) -> Iterable[Metric]:
        """The pool as it is now."""
        size, idle = self._pool()
        family = GaugeMetricFamily("hub_db_pool_connections", "Connections of the pool.", labels=["state"])
        family.add_metric(["idle"], idle)
        family.add_metric(["used"], size - idle)
        return (family,)
