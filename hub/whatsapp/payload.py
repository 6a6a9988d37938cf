"""Reading JSON that strangers wrote: decode bytes, clean text, and take typed pieces without trusting any shape."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

import orjson

Json = Mapping[str, Any]

DEPTH_LIMIT = 64
"""Levels of nesting that are kept, counted from the body's root; what lies deeper becomes the text `…`. PostgreSQL and
orjson both give up on deep values, and a webhook that can never be stored would be redelivered for a week."""

ID_LIMIT = 512
"""Characters of an id; an element with a longer one is quarantined, because an index cannot hold it."""

SURROGATES = re.compile("[\ud800-\udfff]")


class Unusable(Exception):
    """This element cannot become anything but `Quarantined(reason)`. It never leaves the parser."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def decode(body: bytes) -> Any:
    """The JSON value of `body`, fit for storage: no NUL, no lone surrogate, no infinity, at most DEPTH_LIMIT deep.

    Lone surrogates and broken UTF-8 become U+FFFD, so that one bad character does not cost a batch. Raises
    `ValueError` when there is no JSON value (also with a byte order mark, which RFC 8259 §8.1 forbids to send).
    """
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return clean(_decode_leniently(body))
    return clean(document) if _needs_cleaning(body) else document


def _needs_cleaning(body: bytes) -> bool:
    """Whether a value could hold a NUL or be too deep; cheap, and true for too many rather than too few."""
    return body.count(b"{") + body.count(b"[") > DEPTH_LIMIT or b"\\u0000" in body


def _decode_leniently(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8", "replace"), parse_constant=lambda _: None, parse_int=_number)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _number(digits: str) -> int | float:
    """An integer as orjson reads it: floating beyond 64 bits, so that thousands of digits cost nothing."""
    return int(digits) if len(digits) < 19 else float(digits)


def clean(node: Any, depth: int = DEPTH_LIMIT) -> Any:
    """A copy of a decoded value that every store accepts; `depth` is how many levels may follow."""
    if isinstance(node, str):
        return clean_text(node)
    if isinstance(node, dict):
        return {clean_text(key): clean(value, depth - 1) for key, value in node.items()} if depth else "…"
    if isinstance(node, list):
        return [clean(item, depth - 1) for item in node] if depth else "…"
    return None if isinstance(node, float) and not math.isfinite(node) else node


def clean_text(text: str) -> str:
    """Without NUL, which PostgreSQL refuses, and with U+FFFD for lone surrogates, which UTF-8 cannot carry."""
    if "\0" in text:
        text = text.replace("\0", "")
    return text if text.isascii() else SURROGATES.sub("\ufffd", text)


def mapping(value: Any) -> Json:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def elements(value: Any) -> list[Any]:
    """`value` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str | None:
    """`value` if it is a non-empty string."""
    return value if isinstance(value, str) and value else None


def token(value: Any) -> str | None:
    """A number or non-empty string as a string: ids and codes arrive as either."""
    if value is None:
        return None  # by far the most frequent
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def required_id(element: Json, key: str, missing: str) -> str:
    """The id under `key`. Raises `Unusable(missing)` when absent, `Unusable("id_too_long")` beyond ID_LIMIT."""
    value = token(element.get(key))
    if value is None:
        raise Unusable(missing)
    if len(value) > ID_LIMIT:
        raise Unusable("id_too_long")
    return value


def optional_id(value: Any) -> str | None:
    """An id that points elsewhere; one that is too long points nowhere."""
    found = token(value)
    return found if found is not None and len(found) <= ID_LIMIT else None


def present(**values: Any) -> dict[str, Any]:
    """The given members without those that are None."""
    return {key: value for key, value in values.items() if value is not None}
