"""The states of a delivery are those of its table."""

from hub.webhook.delivery import TRANSITIONS, DeliveryState


def test_a_delivery_can_always_be_made_again_and_none_dies_twice() -> None:
    assert set(TRANSITIONS) == set(DeliveryState)
    assert all(DeliveryState.PENDING in TRANSITIONS[state] for state in DeliveryState if state != "pending")
    assert DeliveryState.DEAD not in TRANSITIONS[DeliveryState.DELIVERED]
