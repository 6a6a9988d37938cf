"""Limits as they are shown."""

import pytest

from hub.ai.limits import CallRefused, Limit, Limits, standing


@pytest.mark.parametrize(("given", "most"), [((10, 0, 120), 30), ((10, 12, 120), 12), ((1000, 0, 120), 3000)])
def test_a_customers_limit_follows_from_the_conversations(given: tuple[int, int, int], most: int) -> None:
    assert Limits.of(*given).customer == Limit("customer", most, 3600)


def test_headers_name_the_limit_and_what_is_left() -> None:
    stands = standing(Limit("conversation", 10, 3600), 7, 3119.2)
    assert stands.view() == {"limit": 10, "remaining": 7, "reset_s": 3120}
    assert stands.headers() == {
        "RateLimit-Policy": '"conversation";q=10;w=3600',
        "RateLimit": '"conversation";r=7;t=3120',
    }


def test_a_refusal_says_when_to_come_back() -> None:
    refused = CallRefused(standing(Limit("customer", 30, 3600), 0, 12.01))
    assert (refused.code, refused.retry_after) == ("rate_limited", 13.0)
