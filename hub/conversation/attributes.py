"""A conversation's attributes: facts that people and programs keep with it, under names of their own.

An edit is merged by name: what it does not name stays, so two who write different names do not undo each other; null
takes a name away. A value is replaced as a whole, whatever is inside it.
"""

from typing import Any

import orjson

from hub.errors import Invalid

MOST_NAMES = 50
LONGEST_NAME = 64
MOST_BYTES = 16 * 1024
"""All attributes together, as JSON."""

DEEPEST = 5
"""Levels of objects and lists, the attributes themselves being the first."""


def merged(known: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The attributes after an edit. Raises Invalid at `$.attributes` when they would exceed a bound."""
    for name in given:
        if not 1 <= len(name) <= LONGEST_NAME:
            raise _refused(f"must have names of 1 to {LONGEST_NAME} characters")
    if _depth({"attributes": given}, DEEPEST + 1) > DEEPEST + 1:
        raise _refused(f"must not be nested deeper than {DEEPEST} levels")
    attributes = {name: value for name, value in {**known, **given}.items() if value is not None}
    if len(attributes) > MOST_NAMES:
        raise _refused(f"must be at most {MOST_NAMES}")
    if len(orjson.dumps(attributes)) > MOST_BYTES:
        raise _refused(f"must take at most {MOST_BYTES} bytes")
    return attributes


def _depth(value: Any, most: int) -> int:
    """Levels of a value, counted up to one more than `most`: no further, however deep it is."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if most < 0 or not isinstance(value, dict | list):
        return 0
    return 1 + max((_depth(item, most - 1) for item in inner), default=0)


def _refused(message: str) -> Invalid:
    return Invalid(errors=[{"path": "$.attributes", "message": message}])
