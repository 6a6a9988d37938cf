"""Deliveries in hand: so many and no more."""

import pytest

from hub.errors import Unavailable
from web.admission import InHand


def test_one_too_many_is_refused_and_told_when_to_come_again() -> None:
    hand = InHand(2)
    with hand:
        assert not hand.full
        with hand:
            assert hand.full
            with pytest.raises(Unavailable) as refused, hand:
                pass
            assert refused.value.retry_after == 1
            assert hand.count == 2
        assert not hand.full
    assert hand.count == 0


def test_what_fails_is_not_in_hand_any_more() -> None:
    hand = InHand(1)
    with pytest.raises(ValueError, match="broken"), hand:
        raise ValueError("broken")
    assert hand.count == 0
