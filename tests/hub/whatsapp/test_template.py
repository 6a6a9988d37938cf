"""Templates: read from Meta's listing, filled for the agents' eyes, and made into a send."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.whatsapp.template import Template, filled, listed, to_send

BODY = "Olá {{1}}, seu pedido {{2}} está a caminho, {{1}}."
ORDER = {
    "name": "order_update",
    "language": "pt_BR",
    "status": "APPROVED",
    "category": "UTILITY",
    "components": [
        {"type": "HEADER", "format": "TEXT", "text": "Pedido"},
        {"type": "BODY", "text": BODY},
    ],
}


def with_(**changes: Any) -> dict[str, Any]:
    return {"data": [{**ORDER, **changes}]}


def test_a_listing_is_read() -> None:
    (template,) = listed({"data": [ORDER]})
    assert template == Template("order_update", "pt_BR", "UTILITY", BODY, ("1", "2"))


@pytest.mark.parametrize("status", ["PAUSED", "REJECTED", None])
def test_what_cannot_be_sent_is_left_out(status: str | None) -> None:
    assert listed(with_(status=status)) == ()


@pytest.mark.parametrize("broken", [None, [], {}, {"data": None}, {"data": [None, 3, {}]}, with_(name=None)])
def test_a_strange_listing_has_no_templates(broken: Any) -> None:
    assert listed(broken) == ()


def test_a_template_without_a_body_has_no_blanks() -> None:
    (template,) = listed(with_(components="?"))
    assert (template.body, template.blanks) == ("", ())


def test_blanks_are_filled_in_order_and_repeated() -> None:
    (template,) = listed({"data": [ORDER]})
    assert filled(template, ["Maria", "77"]) == "Olá Maria, seu pedido 77 está a caminho, Maria."
    assert filled(template, ["Maria"]) == "Olá Maria, seu pedido {{2}} está a caminho, Maria."


def test_a_send_with_numbered_blanks() -> None:
    assert to_send("order_update", "pt_BR", ["Maria", "77"], None) == {
        "name": "order_update",
        "language": {"code": "pt_BR"},
        "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Maria"}, {"type": "text", "text": "77"}]}
        ],
    }


def test_a_send_with_named_blanks_names_them() -> None:
    template = Template("hello", "en", "UTILITY", "Hi {{first_name}}", ("first_name",))
    (body,) = to_send("hello", "en", ["Ana"], template)["components"]
    assert body["parameters"] == [{"type": "text", "parameter_name": "first_name", "text": "Ana"}]


def test_a_send_without_blanks_has_no_components() -> None:
    assert to_send("hello", "en", [], None)["components"] == []


@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.integers(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
    )
)
def test_any_json_is_a_listing(document: Any) -> None:
    assert isinstance(listed(document), tuple)
