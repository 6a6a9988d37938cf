"""Fields of request bodies and queries: what a value may be, said once for the check, the message and the OpenAPI.

`name: str = text(most=120)` in a frozen attrs class. An absent field of a PATCH is told from `null` by `UNSET`:
`subject: str | None | Unset = text(most=200, default=UNSET)`. A field whose name is a word of Python's carries an
underscore at its end: `from_` is `from` to the outside.
"""

import re
from collections.abc import Callable
from enum import Enum
from typing import Any, Final

import attrs
from attrs import frozen


class Unset(Enum):
    """The type of `UNSET`: the field was not in the request."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET


def outer_name(attribute: "attrs.Attribute[Any]") -> str:
    """The field's name in JSON and queries."""
    return attribute.name.removesuffix("_")


class FieldError(ValueError):
    """A value is not acceptable; `field` names it as the outside does, the message completes "The field …"."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@frozen
class Length:
    """The bounds of a text or a list, in characters or items."""

    least: int
    most: int
    unit: str = "characters"

    def __call__(self, _instance: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
        if value is not None and value is not UNSET and not self.least <= len(value) <= self.most:
            raise FieldError(outer_name(attribute), f"must have {self.least} to {self.most} {self.unit}")


@frozen
class NotBlank:
    """A text with something to read in it."""

    def __call__(self, _instance: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
        if isinstance(value, str) and not value.strip():
            raise FieldError(outer_name(attribute), "must not be blank")


@frozen
class Range:
    """The bounds of a number, both allowed."""

    low: int
    high: int

    def __call__(self, _instance: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
        if value is not None and value is not UNSET and not self.low <= value <= self.high:
            raise FieldError(outer_name(attribute), f"must be from {self.low} to {self.high}")


@frozen
class Pattern:
    """The form of a text: the whole of it matches `regex`; `what` names the form for people."""

    regex: str
    what: str

    def __call__(self, _instance: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
        if isinstance(value, str) and not re.fullmatch(self.regex, value):
            raise FieldError(outer_name(attribute), f"must be {self.what}")


Check = Callable[[object, "attrs.Attribute[Any]", Any], None]


def _field(checks: list[Check], default: Any, example: Any) -> Any:
    metadata = {} if example is None else {"example": example}
    return attrs.field(default=default, validator=checks, metadata=metadata)


def text(
    *,
    most: int,
    least: int = 1,
    pattern: str = "",
    what: str = "",
    blank: bool = False,
    default: Any = attrs.NOTHING,
    example: str | None = None,
) -> Any:
    """A text of `least` to `most` characters, not blank unless `blank`, in the form of `pattern` (called `what`)."""
    checks: list[Check] = [Length(least, most)]
    if least and not blank:
        checks.append(NotBlank())
    if pattern:
        checks.append(Pattern(pattern, what))
    return _field(checks, default, example)


def number(low: int, high: int, *, default: Any = attrs.NOTHING, example: int | None = None) -> Any:
    """A whole number within bounds."""
    return _field([Range(low, high)], default, example)


def items(*, most: int, least: int = 0, default: Any = attrs.NOTHING, example: Any = None) -> Any:
    """A list of `least` to `most` items."""
    return _field([Length(least, most, "items")], default, example)
