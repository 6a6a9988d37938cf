"""What is tried first is refused in all its forms; what somebody thought of is not."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web.common_passwords import WORDS, is_common


@pytest.mark.parametrize(
    "word",
    [
        "sunshine", "password2024!", "p@ssw0rd1", "dr4g0n99", "2024summer", "monkey!!", "welcome@123", "trustno1",
        "qwerty123456", "123qweasd", "abcd4321", "1q2w3e4r5t6y", "3edc4rfv", "987654321", "azertyuiop", "!@#$%^&*",
        "abcabcabc", "zaq1zaq1", "12121212", "aaaaaaaa",
    ],
)  # fmt: skip
def test_what_is_tried_first(word: str) -> None:
    assert is_common(word)


@pytest.mark.parametrize(
    "word",
    [
        "eight ch", "correct horse", "sunflower field", "myd0gbarks", "xk7#plum", "пароль мой", "abcd" * 256,
        "monkey puzzle tree", "qwerty is no word", "", "12ab34cd",
    ],
)  # fmt: skip
def test_what_is_not(word: str) -> None:
    assert not is_common(word)


def test_the_list_is_in_lower_case_and_in_order() -> None:
    words = sorted(WORDS)
    assert all(word == word.lower() and 4 <= len(word) <= 24 for word in words)
    assert len(words) > 450


@given(st.sampled_from(sorted(WORDS)), st.text("0123456789!?.-_", max_size=6), st.text("0123456789!", max_size=3))
@settings(max_examples=200)
def test_a_common_word_stays_one_whatever_stands_around_it(word: str, behind: str, before: str) -> None:
    if word.isalpha():
        assert is_common(before + word + behind)


def test_the_longest_password_is_looked_at_in_no_time() -> None:
    began = time.process_time()
    for word in ("abcd" * 256, "a" * 1024, "1q2w" * 256, "qwertyuiop" * 2, "0" * 1000 + "x"):
        is_common(word)
    assert time.process_time() - began < 1.0
