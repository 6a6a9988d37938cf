"""When a notice is tried again, and when it is given up."""

from datetime import timedelta

import pytest

from hub.notice import FIRST_PAUSE, LONGEST_PAUSE, TRIES, Carried, Receipt, decided

LATER = Receipt(Carried.RETRY, "http_503")


@pytest.mark.parametrize("carried", [Carried.SENT, Carried.DEAD])
def test_what_is_over_is_over(carried: Carried) -> None:
    assert decided(Receipt(carried), 1, 0.5) == (carried, timedelta())


def test_pauses_grow_to_a_bound_and_then_it_is_given_up() -> None:
    pauses = [decided(LATER, attempt, 0.999)[1] for attempt in range(1, TRIES)]
    assert pauses == sorted(pauses)
    assert FIRST_PAUSE / 2 <= pauses[0] <= FIRST_PAUSE
    assert LONGEST_PAUSE / 2 <= pauses[-1] <= LONGEST_PAUSE
    assert decided(LATER, TRIES, 0.5) == (Carried.DEAD, timedelta())
    assert timedelta(hours=1) < sum(pauses, timedelta()) < timedelta(hours=4)


def test_what_the_other_side_asks_for_is_waited_for_within_the_bound() -> None:
    asked = Receipt(Carried.RETRY, "http_429", timedelta(seconds=90))
    assert decided(asked, 1, 0.0) == (Carried.RETRY, timedelta(seconds=90))
    greedy = Receipt(Carried.RETRY, "http_429", timedelta(days=1))
    assert decided(greedy, 1, 0.0) == (Carried.RETRY, LONGEST_PAUSE)
