"""The same customer under two spellings."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.whatsapp.phone import variants


@pytest.mark.parametrize(
    ("one", "other"),
    [("5511987654321", "551187654321"), ("5491123456789", "541123456789"), ("5215512345678", "525512345678")],
)
def test_both_spellings_lead_to_each_other(one: str, other: str) -> None:
    assert variants(one) == (one, other)
    assert variants(other) == (other, one)


@pytest.mark.parametrize(
    "digits",
    [
        "351210000009",
        "551132654321",
        "16505551234",
        "55119876543210",
        "",
        "52",
        "5511",
        "abc",
        "5490123456789",
        "5211234567890",
    ],
)
def test_all_others_have_one(digits: str) -> None:
    assert variants(digits) == (digits,)


@given(st.from_regex(r"5[245][0-9]{6,13}", fullmatch=True))
@settings(max_examples=200)
def test_spelling_is_symmetric(digits: str) -> None:
    for other in variants(digits):
        assert digits in variants(other)
