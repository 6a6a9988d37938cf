"""What is secret or personal is found by its form, in linear time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.detection import DETECTORS, luhn, mod97


def check_digit(digits: str) -> str:
    """The digits with the one that makes them a card's number."""
    return next(digits + last for last in "0123456789" if luhn(digits + last))


@given(st.text("0123456789", min_size=12, max_size=18))
def test_one_wrong_digit_is_noticed(digits: str) -> None:
    number = check_digit(digits)
    wrong = str((int(number[3]) + 1) % 10)
    assert luhn(number)
    assert not luhn(number[:3] + wrong + number[4:])


@pytest.mark.parametrize(
    "number", ["4111 1111 1111 1111", "378282246310005", "5555555555554444", "6011-1111-1111-1117"]
)
def test_known_cards(number: str) -> None:
    assert luhn(number)


@pytest.mark.parametrize(
    ("iban", "good"),
    [
        ("GB82 WEST 1234 5698 7654 32", True),
        ("de89370400440532013000", True),
        ("GB83 WEST 1234 5698 7654 32", False),
        ("GB82", False),
        ("", False),
    ],
)
def test_ibans_have_check_digits(iban: str, good: bool) -> None:
    assert mod97(iban) is good


PIECES = (
    "a a. 1_ eyJ- eyJ. ://a: token token:' token__: DETAIL: -----BEGIN_A----- Bearer_ a@ @a. a@a. 4_ ( (0 0 00 +1 /a? ?"
    " ?a a?b= / DE89_ a- a' wamid. Key_( secret_ cookie: sk-"
)
"""Beginnings of what is looked for; `_` stands for a space."""


@pytest.mark.parametrize("piece", PIECES.split())
def test_no_text_takes_long(piece: str) -> None:
    text = piece.replace("_", " ") * (60_000 // len(piece))
    began = time.process_time()
    for detector in DETECTORS:
        detector.pattern.sub("", text)
    assert time.process_time() - began < 2.0
