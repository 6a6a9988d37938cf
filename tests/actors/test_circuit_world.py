"""The bounds of circuits are those of the configuration."""

from actors.circuit_world import Bounds
from hub.config.integrations import Circuits


def test_the_defaults_are_one_and_the_same() -> None:
    assert Bounds.of(Circuits()) == Bounds()


def test_a_budget_is_a_share() -> None:
    assert Bounds.of(Circuits(retry_budget=25)).budget == 0.25
