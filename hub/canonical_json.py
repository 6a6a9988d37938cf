"""Canonical JSON: one text for each value, so that hashes and signatures of it can be compared (RFC 8785).

Numbers are integers only: what has decimals is written as a string by whoever hashes it.
"""

import json
from collections.abc import Mapping
from typing import Any


def canonical(value: Any) -> str:
    """The one text of a value of objects with string keys, lists, strings, integers, true, false and null.

    Raises TypeError for anything else, a float too, and ValueError for a string that UTF-8 does not hold.
    """
    text = json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"))
    text.encode()
    return text


def _ordered(value: Any) -> Any:
    """The value with its keys in the order of their UTF-16 code units."""
    if isinstance(value, Mapping):
        return {key: _ordered(value[key]) for key in sorted(value, key=_units)}
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    raise TypeError(f"{type(value).__name__} has no canonical form here")


def _units(key: object) -> bytes:
    if not isinstance(key, str):
        raise TypeError("a key that is no string")
    return key.encode("utf-16-be")
