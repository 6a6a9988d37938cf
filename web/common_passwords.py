"""Passwords that are tried first, as a list and as the rules by which lists and guessing programs make more of them.

Lists of leaked passwords (SecLists, the National Cyber Security Centre's of 2019) begin with words that many people
choose; with such words in which digits stand for letters or before and behind them; with runs along the alphabet or
the keyboard; and with the same few characters again and again. These kinds are refused whole; the words, chosen from
what such lists have in common, are in `common_passwords.txt`.
"""

import re
from importlib.resources import files

WORDS = frozenset(files("web").joinpath("common_passwords.txt").read_text(encoding="utf-8").split())

LONGEST_PLAIN = 20
"""Characters up to which runs and repetitions count as tried first."""

_SHORTEST_RUN = 3
_EXCHANGED = str.maketrans("0134578@$!", "oieastbasi")
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_REPEATED = re.compile(r"(.{1,4}?)\1+")
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "qsdfghjklm",
    "zxcvbnm",
    "yxcvbnm",
    "wxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "!@#$%^&*()",
)
_RUNS = tuple(row + "\n" + row[::-1] for row in _ROWS)


def is_common(word: str) -> bool:
    """Whether a password, in lower case, is one that is tried first."""
    return word in WORDS or _dressed_up(word) or (len(word) <= LONGEST_PLAIN and (_repeats(word) or _runs(word)))


def _dressed_up(word: str) -> bool:
    """A common word with digits or signs around it, or for some of its letters."""
    bare = _AROUND.sub("", word)
    return {bare, bare.translate(_EXCHANGED), _AROUND.sub("", word.translate(_EXCHANGED))} & WORDS != set()


def _repeats(word: str) -> bool:
    return _REPEATED.fullmatch(word) is not None


def _runs(word: str) -> bool:
    """Nothing but runs of at least three neighbours: `qwerty123456`, `abcd4321`."""
    place = 0
    while place < len(word):
        length = max(_run(word, place, row) for row in _RUNS)
        if length < _SHORTEST_RUN:
            return False
        place += length
    return place > 0


def _run(word: str, place: int, row: str) -> int:
    length = 0
    while place + length < len(word) and word[place : place + length + 1] in row:
        length += 1
    return length
