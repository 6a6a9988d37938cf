"""Queries by name: a file and the class it is bound to cannot drift apart."""

import attrs
import pytest

from storage import sql
from storage.conversation import SQL


@attrs.frozen
class Journal:
    append: str
    replica_lock: str


@attrs.frozen
class Missing:
    append: str


@attrs.frozen
class Extra:
    append: str
    replica_lock: str
    unknown: str


def test_queries_are_bound_by_their_names_without_what_stands_around_them() -> None:
    queries = sql.load("journal.sql", Journal)
    assert "journal_append" in queries.append
    assert "replica_lock" not in queries.append
    assert queries.replica_lock.startswith("--")
    assert queries.replica_lock.endswith("($1)")


@pytest.mark.parametrize(("shape", "name"), [(Missing, "replica_lock"), (Extra, "unknown")])
def test_a_query_too_many_or_too_few_is_named(shape: type, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        sql.load("journal.sql", shape)


def test_every_query_says_what_it_is_for() -> None:
    assert all(query.startswith("--") for query in attrs.astuple(SQL))
