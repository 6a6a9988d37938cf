"""Schemas of attrs classes."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import pytest
from attrs import field, frozen

from web.fields import UNSET, Unset, items, number, text
from web.schemas import Schemas


class Colour(StrEnum):
    RED = "red"


@frozen
class Leaf:
    """A leaf."""

    at: datetime


@frozen
class Tree:
    """A tree."""

    id: UUID
    from_: str = text(most=9, pattern="[a-z]+", what="letters", example="abc")
    size: int = number(1, 5, default=2)
    leaves: tuple[Leaf, ...] = items(most=3, default=())
    leaf: Leaf | None = None
    kind: Literal["a", "b"] = "a"
    colour: Colour = Colour.RED
    note: str | Unset | None = text(most=4, default=UNSET)  # noqa: RUF009 - attrs, and a field
    extra: dict[str, Any] = field(factory=dict)


def test_a_class_is_an_object() -> None:
    schemas = Schemas()
    assert schemas.of(Tree) == {"$ref": "#/components/schemas/Tree"}
    tree = schemas.components["Tree"]
    assert (tree["description"], tree["required"], tree["additionalProperties"]) == ("A tree.", ["id", "from"], False)
    leaf = {"$ref": "#/components/schemas/Leaf"}
    assert tree["properties"] == {
        "id": {"type": "string", "format": "uuid"},
        "from": {"type": "string", "minLength": 1, "maxLength": 9, "pattern": "^(?:[a-z]+)$", "examples": ["abc"]},
        "size": {"type": "integer", "minimum": 1, "maximum": 5, "default": 2},
        "leaves": {"type": "array", "items": leaf, "minItems": 0, "maxItems": 3},
        "leaf": {"anyOf": [leaf, {"type": "null"}]},
        "kind": {"enum": ["a", "b"], "default": "a"},
        "colour": {"type": "string", "enum": ["red"]},
        "note": {"anyOf": [{"type": "string", "minLength": 1, "maxLength": 4}, {"type": "null"}]},
        "extra": {"type": "object", "additionalProperties": {}},
    }
    assert schemas.components["Leaf"]["properties"] == {"at": {"type": "string", "format": "date-time"}}


def test_two_classes_of_one_name_are_an_error() -> None:
    schemas = Schemas()
    schemas.of(Leaf)
    with pytest.raises(TypeError, match="two classes are called Leaf"):
        schemas.of(frozen(type("Leaf", (), {})))


def test_what_json_has_no_word_for() -> None:
    with pytest.raises(TypeError):
        Schemas().of(complex)
