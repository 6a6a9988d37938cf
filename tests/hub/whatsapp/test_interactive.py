"""Buttons, lists and forms as customers answer them."""

import json
from pathlib import Path
from typing import Any

import pytest

from hub.whatsapp import interactive

MESSAGES: dict[str, Any] = json.loads((Path(__file__).parent / "fixtures" / "messages.json").read_text())


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("button_reply", {"type": "button_reply", "id": "yes-1"}),
        ("list_reply", {"type": "list_reply", "id": "row-2", "description": "9 to 12"}),
        ("form_reply", {"type": "nfm_reply", "name": "flow", "response": {"rating": "5", "flow_token": "T"}}),
        ("form_reply_odd", {"type": "nfm_reply", "name": "flow", "response": "[1]"}),
        ("interactive_future", {"type": "slider_reply", "answer": {"value": 7}}),
    ],
)
def test_facts(name: str, facts: dict[str, Any]) -> None:
    found = interactive.reply(MESSAGES[name], "interactive")
    assert found is not None
    assert found.metadata["interactive"] == facts


@pytest.mark.parametrize(
    ("raw", "kept"),
    [("{", "{"), (r'{"a":"\u0000b"}', {"a": "b"}), (None, None), ({"a": 1}, {"a": 1}), ("[" * 5000, "[" * 5000)],
)
def test_a_form_s_fields_in_any_shape(raw: Any, kept: Any) -> None:
    found = interactive.reply({"interactive": {"nfm_reply": {"body": "b", "response_json": raw}}}, "interactive")
    assert found is not None
    assert found.metadata["interactive"].get("response") == kept


@pytest.mark.parametrize(
    "body", [None, {}, {"type": "button_reply"}, {"type": "button_reply", "button_reply": "x"}, {"type": 5}]
)
def test_no_answer_is_nothing(body: Any) -> None:
    assert interactive.reply({"interactive": body}, "interactive") is None


def test_a_template_button_shows_its_label_or_payload() -> None:
    labelled = interactive.button({"button": {"text": "Track", "payload": "p"}}, "button")
    bare = interactive.button({"button": {"payload": "p"}}, "button")
    assert labelled is not None
    assert bare is not None
    assert (labelled.text, bare.text) == ("Track", "p")
    assert labelled.metadata["interactive"] == {"type": "button", "payload": "p"}
