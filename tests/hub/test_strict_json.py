"""JSON that two parsers could read differently is refused."""

import json
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import InvalidJson
from hub.strict_json import DEEPEST, parse

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=10,
)


@given(VALUES)
def test_what_is_plain_json_is_read(value: Any) -> None:
    assert parse(json.dumps(value).encode()) == value


@given(st.binary(max_size=40) | st.text('[]{}",:\\0123456789.eE-+ \nnulltruefasNI', max_size=40).map(str.encode))
def test_nothing_but_json_is_read(source: bytes) -> None:
    try:
        value = parse(source)
    except InvalidJson:
        return
    assert value == json.loads(source, parse_float=Decimal)


@pytest.mark.parametrize(
    "source",
    [
        b'{"amount":"5","amount":"5000"}',
        b'{"a":{"b":1,"b":1}}',
        b'{"a":1,"\\u0061":2}',
        b"NaN",
        b"[Infinity]",
        b'{"a":-Infinity}',
        b"1e999",
        b"1e-999",
        b"9" * 65,
        b"9" * 5000,
        b"0." + b"1" * 65,
        b"",
        b"{",
        b"{} {}",
        b"\xff",
        b'"\xed\xa0\x80"',
        b"\xef\xbb\xbf{}",
        b"{'a':1}",
        b"[1,]",
        b"// x\n1",
        b'"\n"',
    ],
)
def test_what_is_not_one_thing_is_refused(source: bytes) -> None:
    with pytest.raises(InvalidJson):
        parse(source)


def test_numbers_keep_every_digit() -> None:
    assert parse(b"[0.1, 12345678901234567890123456789, 1E2, -0.0]") == [
        Decimal("0.1"),
        12345678901234567890123456789,
        Decimal("1E2"),
        Decimal("-0.0"),
    ]
    assert isinstance(parse(b"10.50"), Decimal)


@pytest.mark.parametrize(("before", "after"), [("[", "]"), ('{"a":', "}")])
def test_depth_is_bounded(before: str, after: str) -> None:
    deep = before * DEEPEST + "1" + after * DEEPEST
    parse(deep.encode())
    with pytest.raises(InvalidJson):
        parse((before + deep + after).encode())


def test_brackets_in_strings_are_no_depth() -> None:
    assert parse(json.dumps({'[\\"': "[" * 1000 + '\\"' + "{" * 1000}).encode()) is not None


@pytest.mark.parametrize(
    "source",
    [
        b"[" * 65_536,
        b'{"a":' * 13_000,
        b'\\"' * 32_768,
        b'"' + b'\\"' * 32_767 + b"\\",
        b'"' + b"\\" * 65_535,
        b'"' * 65_536,
    ],
    ids=["lists", "objects", "quotes", "open string", "backslashes", "strings"],
)
def test_hostile_text_is_refused_at_once(source: bytes) -> None:
    began = time.process_time()
    with pytest.raises(InvalidJson):
        parse(source)
    assert time.process_time() - began < 0.5
