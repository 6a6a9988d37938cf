"""The registry that `/metrics` shows, with the groups that belong to the doors: requests, and the process itself.

Labels have few values by construction: methods and route templates of the table, status codes, never a raw path.
Other groups register with the same registry.
"""

import hmac
import platform
import time

from aiohttp import web
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from hub.errors import Unauthenticated
from web.latencies import BOUNDS, Latencies
from web.routes import Route

LATENCY = BOUNDS
"""Bounds of latency histograms, seconds."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNMATCHED = "unmatched"


def registry(version: str) -> CollectorRegistry:
    """A new registry with the process's own figures and the build's."""
    disable_created_metrics()  # type: ignore[no-untyped-call]
    made = CollectorRegistry()
    ProcessCollector(registry=made)
    PlatformCollector(registry=made)
    GCCollector(registry=made)
    build = Gauge("hub_build_info", "The running build; always 1.", ("version", "python"), registry=made)
    build.labels(version, platform.python_version()).set(1)
    return made


class Requests:
    """The http group: how many requests, how long they took, how many are running, connections and refusals."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._total = Counter(
            "hub_http_requests_total", "Requests answered.", ("method", "route", "code"), registry=registry
        )
        self._duration = Latencies(
            "hub_http_request_duration_seconds",
            "From the request's head to its answer; streams are not counted.",
            ("method", "route"),
            registry,
        )
        self._running = 0
        running = Gauge("hub_http_requests_in_progress", "Requests being handled.", registry=registry)
        running.set_function(lambda: self._running)
        self.connections = Gauge("hub_http_connections", "Open connections.", registry=registry)
        self.refused = Counter(
            "hub_http_connections_refused_total", "Connections cut because the limit was reached.", registry=registry
        )
        # `labels()` takes a lock and builds a key at every call; the finished children are kept instead.
        self._counted: dict[tuple[str, str, int], Counter] = {}

    def begin(self) -> float:
        """A request has come; returns the moment, for `end`."""
        self._running += 1
        return time.perf_counter()

    def end(self, method: str, route: str, code: int, began: float, *, stream: bool = False) -> None:
        """A request was answered. `route` is a template of the table or UNMATCHED."""
        self._running -= 1
        method = method if method in METHODS else "other"
        counted = self._counted.get((method, route, code))
        if counted is None:
            counted = self._counted[method, route, code] = self._total.labels(method, route, str(code))
        counted.inc()
        if not stream:
            self._duration.of(method, route).observe(time.perf_counter() - began)


class Exposition:
    """`GET /metrics`, open, or behind a Bearer token when one is configured."""

    def __init__(self, registry: CollectorRegistry, token: str = "") -> None:
        self._registry = registry
        self._wanted = f"Bearer {token}".encode() if token else b""

    async def show(self, request: web.Request) -> web.Response:
        """The figures in Prometheus's text format. Raises Unauthenticated without the right token."""
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if self._wanted and not hmac.compare_digest(given, self._wanted):
            raise Unauthenticated
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def routes(self) -> list[Route]:
        """The one route."""
        return [
            Route(
                method="GET",
                path="/metrics",
                handler=self.show,
                summary="Figures for Prometheus",
                permission=None,
                tags=("operations",),
            )
        ]
