"""Times as the API writes and reads them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from hub.clock import from_rfc3339, rfc3339


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 1, 5, 12, tzinfo=UTC), "2026-01-05T12:00:00.000Z"),
        (datetime(2026, 1, 5, 12, 0, 1, 999_999, tzinfo=UTC), "2026-01-05T12:00:01.999Z"),
        (datetime(2026, 1, 5, 1, tzinfo=timezone(timedelta(hours=3))), "2026-01-04T22:00:00.000Z"),
    ],
)
def test_utc_with_milliseconds(moment: datetime, text: str) -> None:
    assert rfc3339(moment) == text
    assert from_rfc3339(text) == moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert from_rfc3339(text).tzinfo is UTC


def test_any_offset_is_read() -> None:
    assert from_rfc3339("2026-01-05T15:00:00.000+03:00") == datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-01-05T12:00:00", "noon", ""])
def test_a_time_without_a_zone_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_rfc3339(text)
