"""E-mail addresses: two spellings of one, and what is none."""

import re

import pytest

from hub.user import EMAIL, UserChange, same_email


def test_spellings_of_one_address() -> None:
    assert same_email(" Ana.Souza@Example.COM ") == "ana.souza@example.com"


@pytest.mark.parametrize("text", ["ana@example.com", "a+b@x.y.z", "ü@münchen.example"])
def test_addresses(text: str) -> None:
    assert re.fullmatch(EMAIL, text)


@pytest.mark.parametrize(
    "text", ["", "ana", "ana@", "@example.com", "ana@example", "a b@example.com", "a@b@c.d", "a@b.c\n"]
)
def test_what_is_no_address(text: str) -> None:
    assert not re.fullmatch(EMAIL, text)


def test_a_name_touches_no_rights() -> None:
    assert not UserChange(name="Ana", capacity=3, email="a@b.c").touches_rights
    assert UserChange(disabled=False).touches_rights
