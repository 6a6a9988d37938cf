"""JSON as the contract writes it."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import asyncpg
import pytest
from attrs import frozen

from web import answers

ID = "018f0000-0000-7000-8000-000000000001"


@frozen
class Shown:
    at: datetime
    from_: tuple[UUID, ...]


def test_times_ids_and_classes() -> None:
    moment = datetime(2026, 1, 5, 13, 0, 0, 123_999, tzinfo=timezone(timedelta(hours=1)))
    text = answers.dumps(Shown(moment, (UUID(ID), asyncpg.pgproto.pgproto.UUID(ID))))
    assert text.decode() == f'{{"at":"2026-01-05T12:00:00.123Z","from":["{ID}","{ID}"]}}'
    assert answers.value({"a": datetime(2026, 1, 5, tzinfo=UTC)}) == {"a": "2026-01-05T00:00:00.000Z"}


def test_sets_are_lists_in_order_and_the_unknown_is_an_error() -> None:
    assert answers.dumps({"tags": {"b", "a"}}) == b'{"tags":["a","b"]}'
    with pytest.raises(TypeError):
        answers.dumps(object())


def test_an_answer_has_a_charset() -> None:
    answer = answers.json({}, 201, {"Location": "/x"})
    assert (answer.status, answer.headers["Location"]) == (201, "/x")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answers.nothing().status == 204
