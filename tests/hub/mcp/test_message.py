"""JSON-RPC messages as they come in and go out."""

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.mcp import envelope
from hub.mcp.envelope import METHOD_HEADER, NAME_HEADER, PROTOCOL_VERSION, VERSION_HEADER
from hub.mcp.fault import Code, Fault
from hub.mcp.message import LARGEST_ID, Notification, Request, error, read, read_id, result

ROUTING = (METHOD_HEADER, NAME_HEADER, VERSION_HEADER)
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


def test_requests_and_notifications_are_told_apart_by_their_id() -> None:
    assert read(LIST) == Request(1, "tools/list", {})
    assert read({**LIST, "id": "a", "params": {"cursor": "x"}}) == Request("a", "tools/list", {"cursor": "x"})
    assert read({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": []}) == Notification(
        "notifications/cancelled"
    )


@pytest.mark.parametrize(
    "value",
    [
        [LIST],
        [],
        None,
        "tools/list",
        {**LIST, "jsonrpc": "1.0"},
        {"id": 1, "method": "tools/list"},
        {"jsonrpc": "2.0", "id": 1, "result": {}},
        {**LIST, "method": 7},
        {**LIST, "id": None},
        {**LIST, "id": True},
        {**LIST, "id": 1.5},
        {**LIST, "id": LARGEST_ID + 1},
        {**LIST, "id": "x" * 256},
        {**LIST, "id": "\ud800"},
        {**LIST, "id": [1]},
    ],
)
def test_what_is_no_message_is_refused(value: Any) -> None:
    with pytest.raises(Fault) as refused:
        read(value)
    assert refused.value.code is Code.INVALID_REQUEST


def test_parameters_have_names() -> None:
    with pytest.raises(Fault) as refused:
        read({**LIST, "params": [1]})
    assert refused.value.code is Code.INVALID_PARAMS


def test_a_refusal_names_the_request_as_far_as_it_can_be_read() -> None:
    assert read_id({"id": "a"}) == "a"
    assert read_id({"id": {}}) is None
    assert read_id([LIST]) is None
    refused = Fault(Code.METHOD_NOT_FOUND, "There is no such method.", {"more": 1})
    told = {"code": -32601, "message": "There is no such method.", "data": {"more": 1}}
    assert error(7, refused) == {"jsonrpc": "2.0", "id": 7, "error": told}
    assert error(None, Fault(Code.PARSE_ERROR, "No JSON."))["error"] == {"code": -32700, "message": "No JSON."}
    assert result("a", {"x": 1}) == {"jsonrpc": "2.0", "id": "a", "result": {"x": 1}}


def test_meta_is_an_object_or_nothing() -> None:
    assert Request(1, "ping", {"_meta": {"a": 1}}).meta == {"a": 1}
    assert Request(1, "ping", {"_meta": [1]}).meta == Request(1, "ping", {}).meta == {}


_TEXTS = st.sampled_from(["jsonrpc", "2.0", "id", "method", "params", "_meta", "tools/call", "name"]) | st.text(
    max_size=5
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | _TEXTS | st.just(PROTOCOL_VERSION),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS | st.just(PROTOCOL_VERSION), inner, max_size=6),
    max_leaves=12,
)


@given(value=_VALUES, wrapped=st.booleans(), headers=st.dictionaries(st.sampled_from(ROUTING), _TEXTS))
@settings(max_examples=300)
def test_whatever_is_sent_is_a_message_or_a_fault(value: Any, wrapped: bool, headers: dict[str, str]) -> None:
    sent = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": value} if wrapped else value
    fault = _fault(headers, sent)
    if fault is not None:
        assert fault.status(envelope.era(headers, sent)) in (200, 400, 404)
        assert orjson.loads(orjson.dumps(error(read_id(sent), fault)))["error"]["code"] == fault.code


def _fault(headers: dict[str, str], sent: object) -> Fault | None:
    try:
        said = read(sent)
        if isinstance(said, Request):
            envelope.check(envelope.routing(headers.items()), said)
    except Fault as fault:
        return fault
    return None
