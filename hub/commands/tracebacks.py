"""Exceptions as the log shows them: where it happened and of what kind, without the data that libraries put into words.

A database driver quotes the row, an HTTP client the request with its headers, `int` the text that is no number. Frames
show source lines only, so they are safe; of a library's message only its codes are told.
"""

import re
import sys
import traceback
from collections.abc import Iterator

OURS = frozenset({"hub", "actors", "storage", "web"})
_CODES = ("sqlstate", "constraint_name", "status", "errno")
_WORD = re.compile(r"\w{1,64}")
_QUOTED = re.compile(r"'[^'\n]*+'?|\"[^\"\n]*+\"?")
_QUOTING = (ValueError, LookupError)
"""Built-in exceptions that repeat what they were given."""

DEEPEST = 10
"""Exceptions of a chain that are told, and levels of groups."""


def told(error: BaseException) -> str:
    """The exception and what led to it, the first cause first, as Python orders them."""
    return "\n".join(_lines(error, DEEPEST, set())).rstrip()


def _lines(error: BaseException, left: int, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and left > 0 and id(cause) not in seen:
        yield from _lines(cause, left - 1, seen)
        yield "which led to:" if error.__cause__ is cause else "and while that was dealt with:"
    yield "Traceback (most recent call last):"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip()
    yield summary(error)
    if isinstance(error, BaseExceptionGroup) and left > 0:
        for inner in error.exceptions[:DEEPEST]:
            yield from ("  | " + line for part in _lines(inner, left - 1, seen) for line in part.splitlines())


def summary(error: BaseException) -> str:
    """The kind of an exception, and its message as far as it may be told."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    package = kind.__module__.partition(".")[0]
    if package in OURS or package in sys.stdlib_module_names:
        message = str(error)
        words = _QUOTED.sub("'…'", message) if isinstance(error, _QUOTING) and package not in OURS else message
    else:
        words = ", ".join(f"{key} {value}" for key, value in _codes(error))
    return f"{name}: {words}" if words else name


def _codes(error: BaseException) -> Iterator[tuple[str, object]]:
    for key in _CODES:
        value = getattr(error, key, None)
        if isinstance(value, int) or (isinstance(value, str) and _WORD.fullmatch(value)):
            yield key, value
