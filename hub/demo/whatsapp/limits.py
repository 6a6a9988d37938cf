"""The checks that validation is made of: a part is there, a text is not too long, a list is not too long."""

from typing import Any

from hub.demo.whatsapp.errors import GraphError

Json = dict[str, Any]


def required(part: Json, key: str, path: str) -> Any:
    """The value of a key. Raises GraphError 131008 when it is missing or empty."""
    value = part.get(key)
    if value is None or value in ("", [], {}):
        raise GraphError(131008, f"Required parameter is missing: {path}")
    return value


def required_object(part: Json, key: str, path: str) -> Json:
    """The same for an object. Raises GraphError 131008 or 100."""
    value = required(part, key, path)
    if not isinstance(value, dict):
        raise GraphError(100, f"Param {path} must be a JSON object.")
    return value


def required_list(part: Json, key: str, path: str, most: int) -> list[Json]:
    """The same for a list of objects with at most `most` of them. Raises GraphError 131008, 131009 or 100."""
    value = required(part, key, path)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise GraphError(100, f"Param {path} must be an array of JSON objects.")
    if len(value) > most:
        raise GraphError(131009, f"Invalid count of {path}: {len(value)}. Min allowed: 1, max allowed: {most}")
    return value


def text(part: Json, key: str, path: str, most: int) -> str:
    """A text that has to be there, of at most `most` characters. Raises GraphError 131008 or 100."""
    value = required(part, key, path)
    if not isinstance(value, str):
        raise GraphError(100, f"Param {path} must be a string.")
    if len(value) > most:
        raise GraphError(100, f"Param {path} must be at most {most} characters long.")
    return value


def optional_text(part: Json, key: str, path: str, most: int) -> None:
    """A text that may be there. Raises GraphError 100."""
    if part.get(key) not in (None, ""):
        text(part, key, path, most)
