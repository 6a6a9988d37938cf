"""The checks before a request is looked into, and their order."""

import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.mcp.envelope import CLIENT_CAPABILITIES, PROTOCOL_VERSION, check, check_version, decoded, era, routing
from hub.mcp.fault import Code, Fault
from hub.mcp.message import Request
from hub.mcp.version import HANDSHAKE, STATELESS, SUPPORTED, Era

NEW = STATELESS[0]
META = {PROTOCOL_VERSION: NEW, CLIENT_CAPABILITIES: {}}
CALL = Request(1, "tools/call", {"name": "search_tickets", "_meta": META})
HEADERS = {"mcp-protocol-version": NEW, "mcp-method": "tools/call", "mcp-name": "search_tickets"}


def refused(headers: dict[str, str], request: Request) -> Code:
    with pytest.raises(Fault) as fault:
        check(headers, request)
    return fault.value.code


def meta(**change: Any) -> Request:
    return Request(1, "tools/call", {"name": "search_tickets", "_meta": change})


def test_a_request_that_says_the_same_twice_passes() -> None:
    check(HEADERS, CALL)
    encoded = {**HEADERS, "mcp-name": "=?base64?c2VhcmNoX3RpY2tldHM=?="}
    check(encoded, CALL)
    listing = {name: value for name, value in HEADERS.items() if name != "mcp-name"}
    check({**listing, "mcp-method": "tools/list"}, Request(1, "tools/list", {"_meta": META}))


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("mcp-protocol-version", "2025-11-25"),
        ("mcp-protocol-version", None),
        ("mcp-method", "tools/list"),
        ("mcp-method", "TOOLS/CALL"),
        ("mcp-method", None),
        ("mcp-name", "commit_transaction"),
        ("mcp-name", None),
        ("mcp-name", "=?base64?c2VhcmNoX3RpY2tldHM?="),
        ("mcp-name", "=?base64?!!!!?="),
        ("mcp-name", "=?base64?/w==?="),
    ],
)
def test_a_header_that_says_something_else_is_refused(header: str, value: str | None) -> None:
    headers = {name: said for name, said in {**HEADERS, header: value}.items() if said is not None}
    assert refused(headers, CALL) is Code.HEADER_MISMATCH


def test_what_is_checked_first_is_answered_first() -> None:
    assert refused({}, Request(1, "tools/call", {"name": "x"})) is Code.INVALID_PARAMS
    assert refused({}, meta(**{PROTOCOL_VERSION: "1999-01-01"})) is Code.INVALID_PARAMS
    assert refused({}, meta(**{CLIENT_CAPABILITIES: {}})) is Code.INVALID_PARAMS
    old = meta(**{**META, PROTOCOL_VERSION: "1999-01-01"})
    assert refused(HEADERS, old) is Code.HEADER_MISMATCH
    assert refused({**HEADERS, "mcp-protocol-version": "1999-01-01"}, old) is Code.UNSUPPORTED_VERSION


def test_an_unknown_version_is_told_which_are_known() -> None:
    with pytest.raises(Fault) as fault:
        check_version("1999-01-01")
    assert fault.value.data == {"supported": list(SUPPORTED), "requested": "1999-01-01"}
    nonsenses: list[Any] = [7, None, {}, "x" * 65, "\udcff", ""]
    for nonsense in nonsenses:
        with pytest.raises(Fault) as fault:
            check_version(nonsense)
        assert fault.value.code is Code.INVALID_PARAMS


def test_headers_are_found_by_any_spelling_and_only_once() -> None:
    found = routing([("MCP-Method", " tools/list\t"), ("Accept", "a"), ("accept", "b"), ("mcp-name", "x")])
    assert found == {"mcp-method": "tools/list", "mcp-name": "x"}
    for name in ("Mcp-Method", "MCP-PROTOCOL-VERSION", "mcp-name"):
        with pytest.raises(Fault) as fault:
            routing([(name, "x"), (name.lower(), "x")])
        assert fault.value.code is Code.HEADER_MISMATCH


def test_which_wire_a_message_is_written_for() -> None:
    plain = {"method": "tools/list", "params": {"_meta": {}}}
    assert era({}, None) is era({}, plain) is era({}, [plain]) is era({}, {"params": []}) is Era.HANDSHAKE
    assert all(era({"mcp-protocol-version": known}, plain) is Era.HANDSHAKE for known in HANDSHAKE)
    assert era({"mcp-protocol-version": NEW}, plain) is Era.STATELESS
    assert era({"mcp-protocol-version": "1999-01-01"}, None) is Era.STATELESS
    said = {"method": "tools/list", "params": {"_meta": META}}
    assert era({}, said) is era({"mcp-protocol-version": "2025-11-25"}, said) is Era.STATELESS


@given(st.text(max_size=40))
@settings(max_examples=200)
def test_any_value_comes_through_a_header(value: str) -> None:
    try:
        written = base64.b64encode(value.encode()).decode()
    except UnicodeEncodeError:
        return
    assert decoded(f"=?base64?{written}?=") == value
    if not value.startswith("=?base64?"):
        assert decoded(value) == value
