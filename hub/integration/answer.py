"""Reading a back end's answers: a stranger's words, of which only what is expected gets in.

Identifiers and numbers must be what they are said to be, or the whole answer makes no sense. Texts are cut and freed of
characters that are no text; what they say is nobody's instruction.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from hub.clock import from_rfc3339

TEXT_MOST = 10_000
"""Characters of a text that are taken in; the rest is cut."""

WORD_MOST = 64
"""Characters of a status or another short word."""

REFERENCE_MOST = 256
"""Characters of what a customer is called over there; a longer one is none of ours."""

CURSOR_MOST = 512

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:~-]{0,127}")
_AMOUNT = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,8})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_NO_TEXT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})

S = TypeVar("S", bound=StrEnum)
T = TypeVar("T")


class WrongAnswer(ValueError):
    """The back end's answer makes no sense. The text names the field, never its value."""


def parse(body: bytes) -> Any:
    """The JSON of an answer, numbers exact. Raises WrongAnswer."""
    try:
        value = json.loads(body, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise WrongAnswer("no JSON") from None
    return value


def _refuse(_name: str) -> NoReturn:
    raise ValueError("no number")


def is_id(given: str) -> bool:
    """Whether it can be an identifier over there: what is none is not even asked for."""
    return _ID.fullmatch(given) is not None


def identifier(given: object) -> str:
    """An identifier, which some write as a number. Raises WrongAnswer."""
    text = str(given) if isinstance(given, str) or type(given) is int else ""
    if not is_id(text):
        raise WrongAnswer("no identifier")
    return text


def reference(given: object) -> str:
    """What the back end calls a customer: any short text, or a number. Raises WrongAnswer."""
    written = str(given) if isinstance(given, str) or type(given) is int else ""
    if not 0 < len(written) <= REFERENCE_MOST or not written.isprintable():
        raise WrongAnswer("no reference")
    return written


def text(given: object, most: int = TEXT_MOST) -> str:
    """A text without control and formatting characters; nothing counts as an empty one. Raises WrongAnswer."""
    if given is None:
        return ""
    if not isinstance(given, str):
        raise WrongAnswer("no text")
    cleaned = "".join(c for c in given[: 2 * most] if c in "\n\t" or unicodedata.category(c) not in _NO_TEXT)
    return cleaned[:most]


def amount(given: object) -> Decimal:
    """An amount of money in units of its currency, as text or as a number that was written exactly. Raises
    WrongAnswer."""
    written = given if isinstance(given, str) else f"{given:f}" if isinstance(given, Decimal) else ""
    if type(given) is int:
        written = str(given)
    if _AMOUNT.fullmatch(written) is None:
        raise WrongAnswer("no amount")
    return Decimal(written)


def currency(given: object) -> str:
    """A currency's code (ISO 4217). Raises WrongAnswer."""
    if not isinstance(given, str) or _CURRENCY.fullmatch(given) is None:
        raise WrongAnswer("no currency")
    return given


def moment(given: object) -> datetime | None:
    """A time in RFC 3339; anything else is none: nothing is decided by it."""
    try:
        return from_rfc3339(given) if isinstance(given, str) and len(given) <= WORD_MOST else None
    except ValueError:
        return None


def cursor(given: object) -> str | None:
    """Where a list goes on over there; an address is none. Raises WrongAnswer."""
    if given in (None, ""):
        return None
    written = str(given) if isinstance(given, str) or type(given) is int else ""
    if not 0 < len(written) <= CURSOR_MOST or not written.isascii() or not written.isprintable() or "://" in written:
        raise WrongAnswer("no cursor")
    return written


def status(given: object, known: type[S], words: Mapping[str, str]) -> tuple[S, str]:
    """A status of ours for the back end's word, and that word. A word that is not known is `unknown`, never an error.
    `words`: the back end's = ours, beside those that are the same."""
    word = text(given if isinstance(given, str) else "", WORD_MOST)
    ours = words.get(word, word.strip().lower())
    return (known(ours) if ours in list(known) else known("unknown")), word


def optional(read: Callable[[object], T], given: object) -> T | None:
    """The value, or None where there is none. Raises WrongAnswer."""
    return None if given is None else read(given)
