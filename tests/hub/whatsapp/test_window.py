"""The 24-hour window, to the second."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.whatsapp.window import WINDOW, expires_at, is_open, opened

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("age", "expected"), [(timedelta(), True), (WINDOW - SECOND, True), (WINDOW, False), (WINDOW + SECOND, False)]
)
def test_open_until_exactly_24_hours(age: timedelta, expected: bool) -> None:
    assert is_open(AT, AT + age) is expected
    assert expires_at(AT) == AT + timedelta(hours=24)


def test_never_opened_is_closed() -> None:
    assert not is_open(None, AT)


def test_a_late_webhook_does_not_shorten_it() -> None:
    assert opened(None, AT) == AT
    assert opened(AT, AT - SECOND) == AT
    assert opened(AT, AT + SECOND) == AT + SECOND
