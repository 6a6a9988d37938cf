"""JSON Schema (2020-12) of the attrs classes that requests are read into and answers are made of."""

import types
from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs

from web.fields import Length, Pattern, Range, Unset, outer_name

_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    bytes: {"type": "string", "format": "binary"},
    UUID: {"type": "string", "format": "uuid"},
    datetime: {"type": "string", "format": "date-time"},
    Any: {},
    object: {},
    dict: {"type": "object"},
}


class Schemas:
    """Collects the schemas of classes under their names; others refer to them."""

    def __init__(self) -> None:
        self.components: dict[str, dict[str, Any]] = {}
        self._named: dict[str, type] = {}

    def of(self, kind: Any) -> dict[str, Any]:
        """The schema of a type; of an attrs class a reference. Raises TypeError for one that JSON has no word for."""
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        if attrs.has(kind):
            return self._reference(kind)
        if isinstance(kind, type) and issubclass(kind, Enum):
            return {"type": "string", "enum": [member.value for member in kind]}
        return self._generic(kind, get_origin(kind), get_args(kind))

    def _generic(self, kind: Any, origin: Any, arguments: tuple[Any, ...]) -> dict[str, Any]:
        if origin in (Union, types.UnionType):
            return self._union(arguments)
        if origin is Literal:
            return {"enum": list(arguments)}
        if origin in (list, tuple, frozenset, set):
            return {"type": "array", "items": self.of(arguments[0])}
        if origin is dict:
            return {"type": "object", "additionalProperties": self.of(arguments[1])}
        raise TypeError(f"no schema for {kind}")

    def _union(self, arguments: Iterable[Any]) -> dict[str, Any]:
        arms = [self.of(arm) for arm in arguments if arm not in (types.NoneType, Unset)]
        if types.NoneType in arguments:
            arms.append({"type": "null"})
        return arms[0] if len(arms) == 1 else {"anyOf": arms}

    def _reference(self, cls: type) -> dict[str, Any]:
        known = self._named.setdefault(cls.__name__, cls)
        if known is not cls:
            raise TypeError(f"two classes are called {cls.__name__}: {known.__module__} and {cls.__module__}")
        if cls.__name__ not in self.components:
            self.components[cls.__name__] = {}  # a class may contain itself
            self.components[cls.__name__] = self._object(cls)
        return {"$ref": f"#/components/schemas/{cls.__name__}"}

    def _object(self, cls: type) -> dict[str, Any]:
        fields = {outer_name(field): field for field in attrs.fields(cls)}
        schema = {
            "type": "object",
            "description": first_line(cls),
            "properties": self.properties(cls),
            "additionalProperties": False,
        }
        required = [name for name, field in fields.items() if field.default is attrs.NOTHING]
        return {**schema, "required": required} if required else schema

    def properties(self, cls: type) -> dict[str, dict[str, Any]]:
        """The schema of each field, by its outer name."""
        hints = get_type_hints(cls)
        return {outer_name(field): self._field(field, hints[field.name]) for field in attrs.fields(cls)}

    def _field(self, field: "attrs.Attribute[Any]", hint: Any) -> dict[str, Any]:
        schema = self.of(hint)
        target = schema["anyOf"][0] if "anyOf" in schema else schema
        for check in getattr(field.validator, "_validators", (field.validator,)):
            target.update(_bounds(check))
        if "example" in field.metadata:
            schema["examples"] = [field.metadata["example"]]
        if isinstance(field.default, str | int | bool) and not isinstance(field.default, Enum):
            schema["default"] = field.default
        return schema


def _bounds(check: Any) -> dict[str, Any]:
    match check:
        case Length(least, most, "items"):
            return {"minItems": least, "maxItems": most}
        case Length(least, most):
            return {"minLength": least, "maxLength": most}
        case Range(low, high):
            return {"minimum": low, "maximum": high}
        case Pattern(regex):
            return {"pattern": f"^(?:{regex})$"}
        case _:
            return {}


def first_line(thing: Any) -> str:
    """The first line of a docstring."""
    return (thing.__doc__ or "").strip().partition("\n")[0]
