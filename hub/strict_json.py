"""JSON that means one thing only: what two parsers could read differently is refused, before anything is decided by it.

Other parsers keep the last of two equal keys, take NaN for a number, or turn long numbers into near ones.
"""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

from hub.errors import InvalidJson

DEEPEST = 32
"""Levels of objects and lists; one more is refused before it is parsed."""

LONGEST_NUMBER = 64
"""Characters of a number; a longer one, or one of an exponent beyond it, is refused."""

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
"""A string, or all that follows a quote that is never closed: it matches at every quote, so the time is linear."""


def parse(source: bytes) -> Any:
    """The value of a JSON text in UTF-8: numbers with a point or an exponent are Decimal, others int.

    Raises InvalidJson for what is no JSON, equal keys in one object, NaN and infinities, too deep or too long numbers.
    The caller has bounded the length.
    """
    if _depth(source) > DEEPEST:
        raise InvalidJson(f"It is nested deeper than {DEEPEST} levels.")
    try:
        return json.loads(
            source.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_decimal,
            parse_int=_integer,
        )
    except (ValueError, RecursionError):
        raise InvalidJson from None


def _depth(source: bytes) -> int:
    deepest = depth = 0
    for byte in _STRING.sub(b"", source):
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidJson("An object has two values of the same name.")
    return found


def _constant(name: str) -> NoReturn:
    raise InvalidJson("NaN and infinities are no JSON.")


def _integer(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise InvalidJson("A number is too long.")
    return int(text)


def _decimal(text: str) -> Decimal:
    if len(text) > LONGEST_NUMBER:
        raise InvalidJson("A number is too long.")
    number = Decimal(text)
    if abs(number.adjusted()) > LONGEST_NUMBER:
        raise InvalidJson("A number is too long.")
    return number
