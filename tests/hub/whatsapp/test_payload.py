"""Any bytes become a storable value or a ValueError."""

import json

import orjson
import pytest

from hub.whatsapp.payload import DEPTH_LIMIT, Unusable, clean, decode, optional_id, required_id, text, token


def test_plain_json_passes_unchanged() -> None:
    assert decode('{"a":["ä",1,2.5,true,null]}'.encode()) == {"a": ["ä", 1, 2.5, True, None]}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"nope", b"\xef\xbb\xbf{}", b"\xff\xfe{", b"[" * 200_000, b'{"a":' * 200_000]
)
def test_no_json_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(body)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (rb'{"a":"x\ud800y"}', {"a": "x\ufffdy"}),
        (rb'{"a\ud800":"\ud83d\ude00 \udc00"}', {"a\ufffd": "😀 \ufffd"}),
        (b'{"a":"x\xffy"}', {"a": "x\ufffdy"}),
        (rb'{"a\u0000":"x\u0000y"}', {"a": "xy"}),
        (rb'{"a":"\\u0000"}', {"a": r"\u0000"}),
        (b"[NaN,Infinity,1e400]", [None, None, None]),
        (b'["\xff",' + b"9" * 5000 + b"]", ["\ufffd", None]),
    ],
)
def test_one_bad_character_costs_only_itself(body: bytes, value: object) -> None:
    assert decode(body) == value


def test_what_lies_too_deep_is_cut_and_can_be_stored() -> None:
    deep = decode(b"[" * 900 + b"]" * 900)
    stored = orjson.dumps(deep).decode()
    assert stored.count("[") == DEPTH_LIMIT
    assert "…" in stored


def test_cleaning_keeps_a_tree_of_allowed_depth() -> None:
    node: object = 1
    for _ in range(DEPTH_LIMIT):
        node = {"a": [node]} if isinstance(node, int) else node
    assert clean(json.loads(json.dumps(node))) == node


def test_ids_are_numbers_or_words_of_bounded_length() -> None:
    assert required_id({"id": 7}, "id", "no_id") == "7"
    for bad, reason in ((None, "no_id"), ("", "no_id"), (True, "no_id"), ([], "no_id"), ("x" * 513, "id_too_long")):
        with pytest.raises(Unusable) as caught:
            required_id({"id": bad}, "id", "no_id")
        assert caught.value.reason == reason
    assert optional_id("x" * 513) is None
    assert optional_id("x" * 512) == "x" * 512


def test_text_and_token_take_only_their_kind() -> None:
    assert [text(value) for value in ("a", "", 1, None)] == ["a", None, None, None]
    assert [token(value) for value in ("a", "", 1, True, 1.5)] == ["a", None, "1", None, None]
