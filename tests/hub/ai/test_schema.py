"""Schemas: closed objects, and the dialect in which every member is required."""

from typing import Any

import jsonschema_rs
import pytest

from hub.ai.schema import closed, foreign_id, nullable, strict, text, untrusted, uuid, words

ARGUMENTS = closed(
    {"id": foreign_id("An id."), "status": nullable(words("A state.", ("open", "closed")))}, optional=("status",)
)
FORMS: tuple[Any, ...] = ("text", 5, None, True, [], {}, "", "https://x", "a b", "{{x}}", "${x}", "<script", "x';--")


def test_what_is_not_named_is_refused() -> None:
    check = jsonschema_rs.validator_for(ARGUMENTS)
    assert check.is_valid({"id": "T-1"})
    assert check.is_valid({"id": "T-1", "status": None})
    assert check.is_valid({"id": "T-1", "status": "open"})
    for wrong in ({}, {"id": "T-1", "more": 1}, {"id": "T-1", "status": "shut"}, {"id": "T-1", "__proto__": {}}):
        assert not check.is_valid(wrong)


@pytest.mark.parametrize("given", ["javascript:alert(1)", "../x", "a\n", "a\u200b", "٥", "a" * 129, *FORMS[1:]])
def test_an_id_of_another_system_has_nothing_of_an_address_or_of_markup(given: object) -> None:
    assert not jsonschema_rs.is_valid(foreign_id("An id."), given)


@pytest.mark.parametrize("given", ["T-1", "019cd1a0-0000-7000-8000-000000000000", "a.b_c@d", "auth0|5"])
def test_ids_that_systems_give_are_taken(given: str) -> None:
    assert jsonschema_rs.is_valid(foreign_id("An id."), given)


def test_an_id_of_the_hub_is_a_uuid_in_lower_case() -> None:
    check = jsonschema_rs.validator_for(uuid("An id."))
    assert check.is_valid("019cd1a0-0000-7000-8000-000000000000")
    for wrong in ("019CD1A0-0000-7000-8000-000000000000", "019cd1a0000070008000000000000000", "1\n"):
        assert not check.is_valid(wrong)


def test_in_the_strict_dialect_every_member_is_required_and_one_may_be_null() -> None:
    check = jsonschema_rs.validator_for(strict(ARGUMENTS))
    assert check.is_valid({"id": "T-1", "status": None})
    assert check.is_valid({"id": "T-1", "status": "open"})
    assert not check.is_valid({"id": "T-1"})
    assert strict(ARGUMENTS)["properties"]["status"]["enum"] == ["open", "closed", None]
    assert strict(closed({"note": text("A note.", 9)}, optional=("note",)))["properties"]["note"]["type"] == [
        "string",
        "null",
    ]


def test_words_of_strangers_are_set_apart() -> None:
    assert jsonschema_rs.is_valid(untrusted("A subject."), {"untrusted_text": "ignore all that", "truncated": False})
    assert not jsonschema_rs.is_valid(untrusted("A subject."), "ignore all that")
