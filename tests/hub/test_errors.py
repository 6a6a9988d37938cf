"""Every error has a code of its own and a title for people."""

from collections.abc import Iterator

import pytest

from hub import errors
from hub.errors import (
    Forbidden,
    HubError,
    IdempotencyInFlight,
    Invalid,
    LimitReached,
    NotFound,
    Overloaded,
    StaleVersion,
    Unavailable,
    WindowClosed,
)


def family(kind: type[HubError] = HubError) -> Iterator[type[HubError]]:
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from family(child)


@pytest.mark.parametrize("kind", list(family()))
def test_the_title_is_the_first_line_of_the_docstring(kind: type[HubError]) -> None:
    assert kind.title().endswith(".")
    assert "\n" not in kind.title()
    assert str(kind()) == kind.title() == kind().detail


def test_codes_are_not_shared() -> None:
    codes = [kind.code for kind in family()]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("kind", [LimitReached, Overloaded, Unavailable, IdempotencyInFlight])
def test_what_may_pass_by_itself_is_retryable(kind: type[HubError]) -> None:
    assert kind.retryable


@pytest.mark.parametrize("kind", [HubError, Invalid, NotFound, Forbidden, WindowClosed, StaleVersion])
def test_what_will_not_is_not(kind: type[HubError]) -> None:
    assert not kind.retryable


def test_an_error_carries_what_the_answer_needs() -> None:
    error = Invalid("two fields", errors=[{"path": "/text", "message": "is empty"}], extra={"current": 1})
    assert (error.detail, error.errors, error.extra) == (
        "two fields",
        ({"path": "/text", "message": "is empty"},),
        {"current": 1},
    )
    assert LimitReached(retry_after=2.5).retry_after == 2.5
