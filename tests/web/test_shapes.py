"""Structuring is strict: what is not exactly meant is refused, with its path."""

from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import attrs
import pytest
from attrs import field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import Invalid
from web.fields import UNSET, Unset, items, number, text
from web.shapes import MOST_ERRORS, as_uuid, structure, structure_query

ID = "018f0000-0000-7000-8000-000000000001"


class Colour(StrEnum):
    RED = "red"


@frozen
class Inner:
    count: int
    words: tuple[str, ...] = items(most=2, default=())


@frozen
class Shape:
    name: str = text(most=5)
    size: int = number(0, 9, default=1)
    flag: bool = False
    kind: Literal["a", "b"] = "a"
    colour: Colour = Colour.RED
    inner: Inner | None = None
    inners: tuple[Inner, ...] = items(most=3, default=())
    from_: datetime | None = None
    id: UUID | None = None
    subject: str | Unset | None = text(most=3, default=UNSET)  # noqa: RUF009 - attrs, and a field
    extra: dict[str, Any] = field(factory=dict)


def paths(value: object) -> list[str]:
    with pytest.raises(Invalid) as caught:
        structure(value, Shape)
    return [error["path"] for error in caught.value.errors]


def test_what_is_meant() -> None:
    given_ = {"name": "ok", "from": "2026-01-05T12:00:00.5Z", "id": ID, "inners": [{"count": 1, "words": ["x"]}]}
    shape = structure(given_, Shape)
    assert shape.from_ == datetime(2026, 1, 5, 12, 0, 0, 500_000, tzinfo=UTC)
    assert (shape.id, shape.inners, shape.colour) == (UUID(ID), (Inner(1, ("x",)),), Colour.RED)


def test_absent_is_not_null() -> None:
    assert structure({"name": "x"}, Shape).subject is UNSET
    assert structure({"name": "x", "subject": None}, Shape).subject is None
    assert structure({"name": "x", "subject": "s"}, Shape).subject == "s"


@pytest.mark.parametrize("value", [[], None, "x", 1, True])
def test_what_is_no_object(value: object) -> None:
    assert paths(value) == ["$"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", {}), ("name", 1), ("name", None), ("name", "     "), ("name", ""), ("name", "123456"),
        ("size", "1"), ("size", 1.0), ("size", True), ("size", -1), ("size", 10), ("size", 2**70),
        ("flag", 1), ("flag", "true"), ("kind", "c"), ("kind", ["a"]), ("kind", {}), ("colour", "blue"), ("colour", {}),
        ("inner", []), ("inners", "abc"), ("inners", {}), ("inners", [{"count": 1}] * 4),
        ("from", 1), ("from", "yesterday"), ("from", "2026-01-05T12:00:00"), ("from", "2" * 100),
        ("id", ID.upper()), ("id", "{" + ID + "}"), ("id", ID.replace("-", "")), ("id", 1), ("id", f"{ID}\n"),
        ("subject", 5), ("subject", "four"), ("extra", []), ("unknown", 1), ("from_", "2026-01-05T12:00:00Z"),
    ],
)  # fmt: skip
def test_what_is_not_meant(name: str, value: object) -> None:
    assert paths({"name": "ok"} | {name: value}) == [f"$.{name}"]


def test_all_that_is_wrong_is_told_with_its_place() -> None:
    wrong = {"size": "x", "inners": [{"count": 1}, {"count": "1"}, {"count": 1, "words": ["x", 2]}], "role": 1}
    assert set(paths(wrong)) == {"$.name", "$.size", "$.inners[1].count", "$.inners[2].words[1]", "$.role"}


def test_an_answer_is_not_larger_than_its_question() -> None:
    assert len(paths({f"field{n}": 1 for n in range(1000)})) <= MOST_ERRORS


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.sampled_from(list("abc")), inner),
    max_leaves=8,
)


@given(st.fixed_dictionaries({}, optional={one.name.rstrip("_"): json for one in attrs.fields(Shape)}))
@settings(max_examples=150)
def test_any_json_is_a_shape_or_invalid(value: dict[str, Any]) -> None:
    with suppress(Invalid):
        assert isinstance(structure(value, Shape).name, str)


def test_queries_are_read_from_text() -> None:
    @frozen
    class Query:
        limit: int = number(1, 200, default=50)
        failed: bool | None = None
        from_: datetime | None = None

    read = structure_query({"limit": "7", "failed": "true", "from": "2026-01-05T12:00:00Z"}, Query)
    assert (read.limit, read.failed, read.from_) == (7, True, datetime(2026, 1, 5, 12, tzinfo=UTC))
    for wrong in ("", " 7", "07", "+7", "7.0", "٧", "1e2", "9" * 30):
        with pytest.raises(Invalid):
            structure_query({"limit": wrong}, Query)
    with pytest.raises(Invalid):
        structure_query({"failed": "1"}, Query)


def test_a_uuid_has_one_form() -> None:
    assert as_uuid(ID) == UUID(ID)
    for other in (ID.upper(), f"urn:uuid:{ID}", ID[:-1], None):
        with pytest.raises(ValueError, match="UUID"):
            as_uuid(other)
