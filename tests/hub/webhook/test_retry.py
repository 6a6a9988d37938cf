"""What follows from each answer, and how long a delivery is tried."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.webhook.delivery import DeliveryState
from hub.webhook.retry import RESTS_AFTER, RETRY_AFTER_MOST, Answer, Decision, Retries, retry_after

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
DAY = 86_400.0


def decide(status: int | None, attempt: int = 1, asked: float | None = None, chance: float = 0.5) -> Decision:
    return Retries().decide(Answer(status, None, 0.1, asked), attempt, lambda: chance)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_2xx_is_done(status: int) -> None:
    assert decide(status) == Decision(DeliveryState.DELIVERED, "delivered")


@pytest.mark.parametrize("status", [None, 100, 301, 302, 307, 400, 401, 404, 409, 429, 500, 503])
def test_anything_else_is_tried_again_until_the_tries_are_used_up(status: int | None) -> None:
    assert decide(status) == Decision(DeliveryState.PENDING, "retried", 5.0)
    assert decide(status, Retries().tries) == Decision(DeliveryState.DEAD, "dead")


def test_410_ends_it_for_the_endpoint_and_keeps_the_delivery() -> None:
    for attempt in (1, Retries().tries):
        decision = decide(410, attempt)
        assert (decision.state, decision.outcome, decision.gone) == (DeliveryState.PENDING, "gone", True)


def test_the_tries_take_three_days() -> None:
    retries = Retries()
    bounds = [retries.bound(attempt) for attempt in range(1, retries.tries)]
    assert bounds[:4] == [10.0, 30.0, 90.0, 270.0]
    assert bounds == sorted(bounds)
    assert 2.5 * DAY < sum(bounds) / 2 < 3.5 * DAY


@given(st.integers(1, 19), st.floats(0, 1, exclude_max=True))
def test_a_pause_is_drawn_below_its_bound(attempt: int, chance: float) -> None:
    assert decide(500, attempt, chance=chance).retry_in == chance * Retries().bound(attempt)


def test_a_receiver_that_says_when_is_believed() -> None:
    assert decide(503, asked=120.0).retry_in == 120.0
    assert decide(503, asked=1.0).retry_in == 5.0


def test_an_endpoint_that_fails_again_and_again_rests() -> None:
    retries = Retries()
    rests = [retries.rest(failures, None, lambda: 0.0) for failures in range(RESTS_AFTER + 6)]
    assert rests == [0.0] * RESTS_AFTER + [5.0, 10.0, 20.0, 30.0, 30.0, 30.0]
    assert retries.rest(RESTS_AFTER + 9, None, lambda: 1.0) == retries.rest_most
    assert retries.rest(1, 17.0, lambda: 0.0) == 17.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("²", None),
        ("0", 0.0),
        (" 120 ", 120.0),
        ("99999999999999999999", RETRY_AFTER_MOST),
        ("Mon, 05 Jan 2026 12:00:30 GMT", 30.0),
        ("Mon, 05 Jan 2026 12:00:30 -0000", 30.0),
        ("Mon, 05 Jan 2026 11:00:00 GMT", 0.0),
        ("Tue, 05 Jan 2027 12:00:00 GMT", RETRY_AFTER_MOST),
    ],
)
def test_retry_after_in_both_its_forms(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOON) == seconds
