"""Attributes are merged by name and bounded."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.conversation.attributes import DEEPEST, LONGEST_NAME, MOST_BYTES, MOST_NAMES, merged
from hub.errors import Invalid

NAMES = st.sampled_from("abcd")
EDITS = st.lists(st.dictionaries(NAMES, st.none() | st.integers(0, 9), max_size=3), max_size=6)


def test_what_is_not_named_stays_and_null_takes_away() -> None:
    assert merged({"a": 1, "b": {"x": 1, "y": 2}}, {"b": {"x": 3}, "c": [1]}) == {"a": 1, "b": {"x": 3}, "c": [1]}
    assert merged({"a": 1, "b": 2}, {"a": None, "z": None}) == {"b": 2}


@given(EDITS)
def test_edits_of_different_names_do_not_depend_on_their_order(edits: list[dict[str, Any]]) -> None:
    apart = [{f"{number}{name}": value for name, value in edit.items()} for number, edit in enumerate(edits)]
    forward: dict[str, Any] = {}
    for edit in apart:
        forward = merged(forward, edit)
    backward: dict[str, Any] = {}
    for edit in reversed(apart):
        backward = merged(backward, edit)
    assert forward == backward


def nested(levels: int) -> dict[str, Any]:
    value: Any = 1
    for _ in range(levels - 1):
        value = {"x": value}
    return {"a": value}


@pytest.mark.parametrize(
    ("known", "given", "fits"),
    [
        ({}, nested(DEEPEST), True),
        ({}, nested(DEEPEST + 1), False),
        ({}, nested(500), False),
        ({}, {"a": [[[[[1]]]]]}, False),
        ({str(n): 1 for n in range(MOST_NAMES - 1)}, {"x": 1}, True),
        ({str(n): 1 for n in range(MOST_NAMES)}, {"x": 1}, False),
        ({str(n): 1 for n in range(MOST_NAMES)}, {"0": None, "x": 1}, True),
        ({}, {"a" * LONGEST_NAME: 1}, True),
        ({}, {"a" * (LONGEST_NAME + 1): 1}, False),
        ({}, {"": 1}, False),
        ({}, {"a": "x" * (MOST_BYTES - len('{"a":""}'))}, True),
        ({}, {"a": "x" * (MOST_BYTES - len('{"a":""}') + 1)}, False),
        ({"b": "x" * 9000}, {"a": "é" * 4000}, False),
    ],
)
def test_bounds(known: dict[str, Any], given: dict[str, Any], fits: bool) -> None:
    if fits:
        merged(known, given)
        return
    with pytest.raises(Invalid) as refusal:
        merged(known, given)
    assert [error["path"] for error in refusal.value.errors] == ["$.attributes"]
