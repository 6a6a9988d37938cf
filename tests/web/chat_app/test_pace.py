import pytest

from hub.errors import LimitReached
from web.chat_app import pace
from web.chat_app.pace import Pace


def test_a_minutes_worth_at_once_and_as_much_a_minute() -> None:
    now = [0.0]
    made = Pace(1.0, 60.0, clock=lambda: now[0])
    assert (made.per_second, made.burst) == (Pace.per_minute(60).per_second, Pace.per_minute(60).burst)
    for _ in range(60):
        made.take("c-1")
    with pytest.raises(LimitReached) as refused:
        made.take("c-1")
    assert refused.value.retry_after == 1.0
    made.take("c-2")
    now[0] = 2.0
    made.take("c-1")
    made.take("c-1")
    with pytest.raises(LimitReached):
        made.take("c-1")


def test_a_slow_pace_says_how_long_to_wait() -> None:
    slow = Pace(0.1, 1.0, clock=lambda: 0.0)
    slow.take("c-1")
    with pytest.raises(LimitReached) as refused:
        slow.take("c-1")
    assert refused.value.retry_after == pytest.approx(10.0)


def test_whoever_was_heard_of_longest_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "KEPT", 2)
    made = Pace(0.0001, 1.0, clock=lambda: 0.0)
    for who in ("a", "b", "c"):
        made.take(who)
    made.take("a")
    with pytest.raises(LimitReached):
        made.take("c")
