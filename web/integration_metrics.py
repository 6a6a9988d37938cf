"""The integrations group of the figures: calls of back ends, their circuits, copies, and webhooks from them."""

from prometheus_client import CollectorRegistry, Counter, Gauge

from actors.circuit_world import Moved
from hub.integration.breaker import State
from hub.integration.outcome import WORDS
from web.latencies import Latencies

REASONS = ("open", "paused", "full", "late")
RESULTS = ("hit", "stale", "joined", "miss")
WEBHOOKS = ("new", "duplicate", "older", "invalid_signature", "rejected")


class IntegrationMetrics:
    """The watcher of all circuits (`actors.circuit_world.Watcher`), and of their states."""

    def __init__(self, registry: CollectorRegistry, circuits: tuple[str, ...]) -> None:
        """`circuits`: those that are configured; their series exist from the start."""
        self._requests = Counter(
            "hub_integration_requests_total",
            f"Attempts of calling a back end: {', '.join(WORDS)}.",
            ("integration", "operation", "outcome"),
            registry=registry,
        )
        self._duration = Latencies(
            "hub_integration_request_duration_seconds", "One attempt.", ("integration", "operation"), registry
        )
        self._retries = Counter(
            "hub_integration_retries_total", "Attempts that are made again.", ("integration",), registry=registry
        )
        self._rejected = Counter(
            "hub_integration_rejected_total",
            f"Calls that were refused without an attempt: {', '.join(REASONS)}.",
            ("integration", "reason"),
            registry=registry,
        )
        self._state = Gauge(
            "hub_integration_circuit_state",
            "1 on the state that the circuit is in.",
            ("integration", "state"),
            registry=registry,
        )
        self._transitions = Counter(
            "hub_integration_circuit_transitions_total",
            "Changes of a circuit's state.",
            ("integration", "state"),
            registry=registry,
        )
        self._calls = Gauge(
            "hub_integration_calls",
            "Calls in flight and waiting for a place.",
            ("integration", "state"),
            registry=registry,
        )
        self._cache = Counter(
            "hub_integration_cache_requests_total",
            f"Reads by where the answer came from: {', '.join(RESULTS)}.",
            ("integration", "operation", "result"),
            registry=registry,
        )
        self._webhooks = Counter(
            "hub_integration_webhooks_total",
            f"Webhooks of back ends: {', '.join(WEBHOOKS)}.",
            ("integration", "outcome"),
            registry=registry,
        )
        for circuit in circuits:
            self._begin(circuit)

    def _begin(self, circuit: str) -> None:
        self._retries.labels(circuit)
        self._show(circuit, State.CLOSED)
        self.loaded(circuit, 0, 0)
        for reason in REASONS:
            self._rejected.labels(circuit, reason)
        for state in State:
            self._transitions.labels(circuit, state.value)

    def attempted(self, circuit: str, operation: str, word: str, seconds: float) -> None:
        """An attempt has ended."""
        self._requests.labels(circuit, operation, word).inc()
        self._duration.of(circuit, operation).observe(seconds)

    def repeated(self, circuit: str) -> None:
        """An attempt will be made again."""
        self._retries.labels(circuit).inc()

    def rejected(self, circuit: str, reason: str) -> None:
        """A call was refused without an attempt."""
        self._rejected.labels(circuit, reason).inc()

    def copied(self, circuit: str, operation: str, result: str) -> None:
        """A read was asked for."""
        self._cache.labels(circuit, operation, result).inc()

    def moved(self, moved: Moved) -> None:
        """A circuit's state is another one."""
        self._transitions.labels(moved.circuit, moved.state.value).inc()
        self._show(moved.circuit, moved.state)

    def loaded(self, circuit: str, in_flight: int, waiting: int) -> None:
        """So many calls are on their way, and so many wait."""
        self._calls.labels(circuit, "in_flight").set(in_flight)
        self._calls.labels(circuit, "waiting").set(waiting)

    def webhook(self, integration: str, outcome: str) -> None:
        """A back end's webhook has come."""
        self._webhooks.labels(integration, outcome).inc()

    def _show(self, circuit: str, current: State) -> None:
        for state in State:
            self._state.labels(circuit, state.value).set(state is current)
