"""Arguments against their schema."""

from decimal import Decimal
from typing import Any

import pytest

from hub.ai.toolbox import CREATE_TRANSACTION_DRAFT, SEARCH_TICKETS, TOOLS
from hub.errors import HubError, InvalidAmount, InvalidArguments, SuspiciousContent, UnsupportedCurrency
from web.ai.validation import MOST_ERRORS, Validation

CHECK = Validation(TOOLS)
GOOD = {"customer_id": "c-1", "amount": "5", "description": "A plan"}


@pytest.mark.parametrize(
    "more", [{}, {"currency": None}, {"currency": "USD"}, {"amount": 5}, {"amount": Decimal("5.5")}]
)
def test_good_arguments_pass_as_they_are(more: dict[str, Any]) -> None:
    assert CHECK.check(CREATE_TRANSACTION_DRAFT, {**GOOD, **more}) == {**GOOD, **more}


@pytest.mark.parametrize(
    ("more", "error", "pointers"),
    [
        ({"amount": True}, InvalidAmount, {"/amount": "type"}),
        ({"amount": None}, InvalidAmount, {"/amount": "type"}),
        ({"amount": "1" * 21}, InvalidAmount, {"/amount": "maxLength"}),
        ({"currency": "us"}, UnsupportedCurrency, {"/currency": "minLength"}),
        ({"currency": 1}, UnsupportedCurrency, {"/currency": "type"}),
        ({"amount": True, "currency": 1}, InvalidArguments, {"/amount": "type", "/currency": "type"}),
        ({"is_admin": True}, InvalidArguments, {"/is_admin": "additionalProperties"}),
        ({"__proto__": {}}, InvalidArguments, {"/__proto__": "additionalProperties"}),
        ({"a\u202eb": {}}, InvalidArguments, {"/*": "additionalProperties"}),
        ({"description": ""}, InvalidArguments, {"/description": "minLength"}),
        ({"customer_id": "https://x"}, InvalidArguments, {"/customer_id": "pattern"}),
    ],
)
def test_each_fault_is_named_with_its_rule(
    more: dict[str, Any], error: type[HubError], pointers: dict[str, str]
) -> None:
    with pytest.raises(error) as caught:
        CHECK.check(CREATE_TRANSACTION_DRAFT, {**GOOD, **more})
    assert type(caught.value) is error
    assert {each["pointer"]: each["rule"] for each in caught.value.errors} == pointers
    assert all(each["message"] and each["path"].startswith("$") for each in caught.value.errors)


@pytest.mark.parametrize("given", [None, [], "x", 1, {}, {"amount": "5"}])
def test_what_is_missing_is_no_wrong_amount(given: Any) -> None:
    with pytest.raises(InvalidArguments):
        CHECK.check(CREATE_TRANSACTION_DRAFT, given)


def test_an_answer_is_no_longer_than_it_has_to_be() -> None:
    with pytest.raises(InvalidArguments) as caught:
        CHECK.check(SEARCH_TICKETS, {f"a{n}": 1 for n in range(1000)})
    assert len(caught.value.errors) == MOST_ERRORS


@pytest.mark.parametrize(
    "given",
    [{"customer_id": "\ud800"}, {"customer_id": "c-1", "status": "\ud800"}, {"customer_id": "c-1", "\ud800": 1}],
)
def test_half_a_character_is_no_form_of_anything(given: dict[str, Any]) -> None:
    with pytest.raises(SuspiciousContent) as refused:
        CHECK.check(SEARCH_TICKETS, given)
    assert refused.value.extra == {"rule": "hidden_characters"}
