"""A change's rows on their way into the journal."""

from typing import Any

Row = dict[str, Any]
Rows = dict[str, list[Row]]
"""The rows of each table, by the name of the journal's argument."""


def present(row: Row) -> Row:
    """The row without what is null: to PostgreSQL it is the same, and a wide row has more of that than of the rest."""
    return {name: value for name, value in row.items() if value is not None}
