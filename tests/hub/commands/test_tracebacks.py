"""Exceptions are told by where and of what kind, without the data in them."""

import aiohttp
import asyncpg
import orjson
import pytest
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from hub.commands.tracebacks import summary, told
from hub.errors import Invalid


def test_the_frames_and_the_kind_are_told() -> None:
    def fails() -> None:
        raise RuntimeError("the line is cut")

    with pytest.raises(RuntimeError) as caught:
        fails()
    text = told(caught.value)
    assert text.startswith("Traceback (most recent call last):\n")
    assert 'raise RuntimeError("the line is cut")' in text
    assert text.endswith("RuntimeError: the line is cut")


def test_a_clients_error_keeps_its_request_for_itself() -> None:
    url = URL("https://payments.test/transactions?customer_id=maria")
    headers = CIMultiDictProxy(CIMultiDict({"Authorization": "Bearer canary"}))
    error = aiohttp.ClientResponseError(
        aiohttp.RequestInfo(url, "GET", headers, url), (), status=502, message="Maria Oliveira is no customer"
    )
    assert "canary" in repr(error)
    assert summary(error) == "aiohttp.client_exceptions.ClientResponseError: status 502"


async def test_a_drivers_error_keeps_the_row_for_itself(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("create temp table t (name text primary key)")
        await connection.execute("insert into t values ('Maria Oliveira')")
        with pytest.raises(asyncpg.UniqueViolationError) as caught:
            await connection.execute("insert into t values ('Maria Oliveira')")
    finally:
        await connection.close()
    assert "Maria" in str(caught.value)
    assert summary(caught.value) == ("asyncpg.exceptions.UniqueViolationError: sqlstate 23505, constraint_name t_pkey")
    assert "Maria" not in told(caught.value).replace("insert into t values ('Maria Oliveira')", "")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KeyError("Maria"), "KeyError: '…'"),
        (
            ValueError("invalid literal for int() with base 10: 'Maria'"),
            "ValueError: invalid literal for int() with base 10: '…'",
        ),
        (
            AttributeError("'NoneType' object has no attribute 'x'"),
            "AttributeError: 'NoneType' object has no attribute 'x'",
        ),
        (Invalid("It is not 'x'."), "hub.errors.Invalid: It is not 'x'."),
        (TimeoutError(), "TimeoutError"),
        (orjson.JSONEncodeError("Maria"), "TypeError: Maria"),
    ],
)
def test_of_messages_what_is_no_data_is_told(error: Exception, words: str) -> None:
    assert summary(error) == words


def test_causes_and_contexts_come_first_and_end() -> None:
    first, second, third = ValueError("one"), RuntimeError("two"), RuntimeError("three")
    second.__cause__, third.__context__ = first, second
    first.__context__ = third
    lines = told(third).splitlines()
    assert [line for line in lines if line and not line.startswith("Trace")] == [
        "ValueError: one",
        "which led to:",
        "RuntimeError: two",
        "and while that was dealt with:",
        "RuntimeError: three",
    ]
    third.__suppress_context__ = True
    assert "two" not in told(third)


def test_groups_are_told_with_what_is_in_them() -> None:
    group = ExceptionGroup("several", [KeyError("Maria"), TimeoutError("late")])
    assert "  | KeyError: '…'" in told(group)
    assert "  | TimeoutError: late" in told(group)
