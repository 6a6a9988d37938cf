"""Answers to a send: taken, refused, or nobody knows."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.whatsapp.answer import Accepted, Ambiguous, Answer, Refused, read_answer

JSON = "application/json; charset=UTF-8"


def answer(status: int, body: Any, content_type: str = JSON) -> Answer:
    return read_answer(status, content_type, json.dumps(body).encode())


def taken(contact: dict[str, Any], **message: Any) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": "wamid.OUT", **message}]}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (taken({"input": "+351 2", "wa_id": "3512"}), Accepted("wamid.OUT", wa_id="3512")),
        (taken({"input": "PT.77", "user_id": "PT.77"}), Accepted("wamid.OUT", user_id="PT.77")),
        (
            taken({}, message_status="held_for_quality_assessment"),
            Accepted("wamid.OUT", message_status="held_for_quality_assessment"),
        ),
        ({"messages": [{"id": "wamid.OUT"}]}, Accepted("wamid.OUT")),
    ],
)
def test_accepted(body: Any, expected: Accepted) -> None:
    assert answer(200, body) == expected
    assert answer(200, body, "text/javascript") == expected


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (400, {"code": 131047, "message": "m", "error_data": {"details": "d"}}, Refused(131047, "d")),
        (401, {"code": 190, "message": "m"}, Refused(190, "m")),
        (403, {"code": 0}, Refused(0)),
        (200, {"code": 131000}, Refused(131000)),
        (503, {"code": 2, "is_transient": True}, Refused(2, None, True)),
        (500, {"code": 131000}, Refused(131000, None, True)),
        (400, {"code": 99999, "is_transient": True}, Refused(99999, None, True)),
    ],
)
def test_refused(status: int, error: Any, expected: Refused) -> None:
    assert answer(status, {"error": error}) == expected


@pytest.mark.parametrize(
    ("status", "content_type", "body", "reason"),
    [
        (502, "text/html", b"<html>Bad Gateway</html>", "http_502"),
        (500, JSON, b"", "http_500"),
        (404, JSON, b"{}", "http_404"),
        (400, JSON, b'{"error":{"code":"x"}}', "http_400"),
        (400, JSON, b'{"error":{"code":true}}', "http_400"),
        (400, JSON, b'{"error":"x"}', "http_400"),
        (500, JSON, b'{"messages":[{"id":"wamid.OUT"}]}', "http_500"),
        (200, "text/html", b'{"messages":[{"id":"wamid.OUT"}]}', "not_json"),
        (200, JSON, b'{"messages":[{"id":"wam', "not_json"),
        (200, JSON, b"[]", "not_json"),
        (200, JSON, b"", "not_json"),
        (200, JSON, b"{}", "no_id"),
        (200, JSON, b'{"messages":[]}', "no_id"),
        (200, JSON, b'{"messages":[{"id":""}]}', "no_id"),
        (200, JSON, b'{"messages":{"id":"wamid.OUT"}}', "no_id"),
        (302, "", b"", "http_302"),
    ],
)
def test_nobody_knows(status: int, content_type: str, body: bytes, reason: str) -> None:
    assert read_answer(status, content_type, body) == Ambiguous(reason)


def test_an_explanation_is_bounded() -> None:
    found = answer(400, {"error": {"code": 1, "message": "x" * 9999}})
    assert isinstance(found, Refused)
    assert len(found.details or "") == 1000


@given(st.integers(100, 599), st.text(max_size=20), st.binary(max_size=100))
@settings(max_examples=200)
def test_any_answer_means_something(status: int, content_type: str, body: bytes) -> None:
    assert isinstance(read_answer(status, content_type, body), Accepted | Refused | Ambiguous)
