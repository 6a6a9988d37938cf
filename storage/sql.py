"""Named queries, kept in a `.sql` file beside the module that runs them.

A file holds blocks that begin with `-- name: find_open`; the comment lines that follow say what the query is for.
`load` binds them to a frozen class with one `str` per query, and fails at import when one is missing or left over, so
that a query and its use cannot drift apart.
"""

import re
from importlib.resources import files
from typing import TypeVar

import attrs

T = TypeVar("T")

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def load(filename: str, shape: type[T]) -> T:
    """The queries of `storage/<filename>` as an instance of `shape`. Raises ValueError when the names differ."""
    parts = _NAME.split(files("storage").joinpath(filename).read_text(encoding="utf-8"))
    queries = {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}
    wanted = {field.name for field in attrs.fields(shape)}  # type: ignore[arg-type]
    if queries.keys() != wanted:
        difference = ", ".join(sorted(queries.keys() ^ wanted))
        raise ValueError(f"storage/{filename} and {shape.__name__} differ: {difference}")
    return shape(**queries)
