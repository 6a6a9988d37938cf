"""Rows of drafts: what a draft is made of is all in its row, in the order of the queries."""

import attrs

from hub.transaction.draft import Asked, Draft, Search
from storage.transaction import SQL
from storage.transaction_row import changing, fixed
from tests.hub.transaction.life import begin_life

NESTED = {"asked", "search", "amount"}


def test_every_field_is_stored_once() -> None:
    draft = begin_life().draft
    plain = {field.name for field in attrs.fields(Draft)} - NESTED
    inner = len(attrs.fields(Asked)) + len(attrs.fields(Search)) + 2
    assert len(fixed(draft)) + len(changing(draft)) == len(plain) + inner


def test_the_queries_take_as_much() -> None:
    draft = begin_life().draft
    assert f"${len(fixed(draft)) + len(changing(draft))}" in SQL.insert
    assert f"${len(fixed(draft)) + len(changing(draft)) + 1}" not in SQL.insert
    assert f"${len(changing(draft)) + 3}" in SQL.update
