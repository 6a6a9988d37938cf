"""What the figures say of back ends."""

from prometheus_client import CollectorRegistry, generate_latest

from actors.circuit_world import Moved
from hub.integration.breaker import State
from web.integration_metrics import IntegrationMetrics


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(name, labels)


def test_a_circuits_series_exist_from_the_start() -> None:
    registry = CollectorRegistry()
    IntegrationMetrics(registry, ("ticketing",))
    assert value(registry, "hub_integration_circuit_state", integration="ticketing", state="closed") == 1
    assert value(registry, "hub_integration_circuit_state", integration="ticketing", state="open") == 0
    assert value(registry, "hub_integration_rejected_total", integration="ticketing", reason="full") == 0
    assert value(registry, "hub_integration_retries_total", integration="ticketing") == 0


def test_what_happens_is_counted() -> None:
    registry = CollectorRegistry()
    figures = IntegrationMetrics(registry, ("ticketing",))
    figures.attempted("ticketing", "get_ticket", "timeout", 10.0)
    figures.repeated("ticketing")
    figures.rejected("ticketing", "open")
    figures.copied("ticketing", "get_ticket", "hit")
    figures.moved(Moved("ticketing", State.OPEN, 60.0))
    figures.loaded("ticketing", 8, 3)
    figures.webhook("transaction_status", "duplicate")
    one = {"integration": "ticketing"}
    assert value(registry, "hub_integration_requests_total", **one, operation="get_ticket", outcome="timeout") == 1
    assert value(registry, "hub_integration_request_duration_seconds_sum", **one, operation="get_ticket") == 10.0
    assert value(registry, "hub_integration_retries_total", **one) == 1
    assert value(registry, "hub_integration_rejected_total", **one, reason="open") == 1
    assert value(registry, "hub_integration_cache_requests_total", **one, operation="get_ticket", result="hit") == 1
    assert value(registry, "hub_integration_circuit_transitions_total", **one, state="open") == 1
    states = {s: value(registry, "hub_integration_circuit_state", **one, state=s.value) for s in State}
    assert states == {State.CLOSED: 0, State.OPEN: 1, State.HALF_OPEN: 0}
    assert value(registry, "hub_integration_calls", **one, state="waiting") == 3
    assert b'outcome="duplicate"' in generate_latest(registry)
