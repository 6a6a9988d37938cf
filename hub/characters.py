"""Characters that show as something else than they are: invisible ones, and letters of one script in another's words.

Unicode's own words for it: general categories (UAX #44), compatibility forms (UAX #15), mixed scripts (UTS #39).
"""

import unicodedata
from functools import lru_cache

_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_PLAIN = frozenset("\n\t")
_JOINERS = "\u200c\u200d"
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that show nothing."""

_SELECTORS = range(0xE0100, 0xE01F0)
"""Variation selectors that no text needs; a run of them can carry a hidden one."""

_JOINED = frozenset(
    {"ARABIC", "SYRIAC", "MONGOLIAN", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI"}
    | {"ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA"}
)
"""Scripts in which a joiner changes how letters connect."""

_TOGETHER = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
)
"""Scripts that one word mixes without deceiving anybody (UTS #39, "highly restrictive")."""

MOST_MARKS = 4
"""Combining marks on one letter: no language needs more."""


def hidden(text: str, *, joiners: bool = False) -> bool:
    """Whether something in the text cannot be seen, or is no character; line breaks and tabs are none of that.

    `joiners` allows U+200C and U+200D beside letters that they join, as names in Arabic and Indic scripts need them.
    """
    if text.isascii():
        return any(not char.isprintable() and char not in _PLAIN for char in text)
    marks = 0
    for place, char in enumerate(text):
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > MOST_MARKS or char in _BLANK or ord(char) in _SELECTORS:
            return True
        if category in _REFUSED and char not in _PLAIN and not (joiners and _joins(text, place)):
            return True
    return False


def _joins(text: str, place: int) -> bool:
    return text[place] in _JOINERS and place > 0 and _script(text[place - 1]) in _JOINED


def compatible(text: str) -> bool:
    """Whether the text is what it looks like to a program: no full-width, styled or otherwise replaceable character."""
    return text.isascii() or unicodedata.is_normalized("NFKC", text)


def mixed_scripts(text: str) -> bool:
    """Whether some word has letters of scripts that look alike: Cyrillic "а" in a Latin word."""
    if text.isascii():
        return False
    scripts: set[str] = set()
    for char in unicodedata.normalize("NFKC", text.replace("\u00b5", "")) + " ":
        if char.isalpha():
            scripts.add(_script(char))
            if len(scripts) > 1 and not any(scripts <= allowed for allowed in _TOGETHER):
                return True
        elif not unicodedata.combining(char):
            scripts = set()
    return False


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    """The script of a letter: the first word of its name, which names are made of (The Unicode Standard, 4.8)."""
    return unicodedata.name(char, "UNNAMED").split(" ", 1)[0]


def plain(text: str) -> str:
    """The text for comparing: compatibility forms and accents gone, small letters. Line breaks stay."""
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return letters.casefold()
