"""From parsed JSON or a query string to a frozen attrs class, strictly: nothing is converted that was not meant.

cattrs alone would turn `{}` into the text "{}" and "abc" into a list of letters, so every scalar and collection has a
strict hook here. Unknown fields are refused. All that is wrong is reported together, each with its path (`$.name`).
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin
from uuid import UUID

import attrs
from cattrs import Converter
from cattrs.errors import AttributeValidationNote, BaseValidationError, ForbiddenExtraKeysError, IterableValidationNote
from cattrs.gen import make_dict_structure_fn, override

from hub.clock import from_rfc3339
from hub.errors import Invalid
from web.fields import FieldError, Unset, outer_name

T = TypeVar("T")

MOST_ERRORS = 50
"""Errors reported of one request; the rest is left out, so that an answer is never larger than its question."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_WORDS = {str: "text", int: "a whole number", bool: "true or false", list: "a list", dict: "an object"}


class Mismatch(ValueError):
    """A value is of another kind than the field; the message completes "The field …"."""


def as_uuid(text: object) -> UUID:
    """A UUID in its one canonical form: lower case, with hyphens. Raises ValueError for any other."""
    if not isinstance(text, str) or not _UUID.fullmatch(text):
        raise Mismatch("must be a UUID in lower case with hyphens")
    return UUID(text)


def _exactly(kind: type, value: object, target: object) -> Any:
    if _is_enum(target):  # cattrs takes the hook of str for every StrEnum
        return _choice(tuple(target), value, target)  # type: ignore[arg-type]
    if type(value) is not kind:
        raise Mismatch(f"must be {_WORDS[kind]}")
    return value


def _moment(value: object, _target: object) -> datetime:
    try:
        return from_rfc3339(value if isinstance(value, str) and len(value) <= 40 else "")
    except ValueError:
        raise Mismatch("must be a time such as 2026-01-05T12:00:00.000Z") from None


def _whole_number(value: object, _target: object) -> int:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise Mismatch("must be a whole number")
    return int(value)


def _true_or_false(value: object, _target: object) -> bool:
    if value not in ("true", "false"):
        raise Mismatch("must be true or false")
    return value == "true"


def _choice(allowed: tuple[Any, ...], value: object, _target: object) -> Any:
    for choice in allowed:
        if value == choice and type(value) is type(getattr(choice, "value", choice)):
            return choice
    words = ", ".join(str(getattr(choice, "value", choice)) for choice in allowed)
    raise Mismatch(f"must be one of {words}")


def _literal_hook(target: Any, *_: Any) -> Callable[[object, Any], Any]:
    return partial(_choice, get_args(target))


def _enum_hook(target: Any, *_: Any) -> Callable[[object, Any], Any]:
    return partial(_choice, tuple(target))


def _union_hook(target: Any, converter: Converter) -> Callable[[object, Any], Any]:
    """`X | None`, `X | Unset` and both: absent stays UNSET, null stays None, anything else is an X."""
    arms = [arm for arm in get_args(target) if arm not in (NoneType, Unset)]
    nullable = NoneType in get_args(target)
    if len(arms) != 1:
        raise TypeError(f"a field can be of one kind (or null): {target}")

    def structure(value: object, _target: Any) -> Any:
        return None if value is None and nullable else converter.structure(value, arms[0])

    return structure


def _class_hook(target: Any, converter: Converter) -> Callable[[object, Any], Any]:
    names: dict[str, Any] = {field.name: override(rename=outer_name(field)) for field in attrs.fields(target)}
    structure = make_dict_structure_fn(
        target, converter, _cattrs_forbid_extra_keys=True, _cattrs_detailed_validation=True, **names
    )

    def checked(value: Any, kind: Any) -> Any:
        return structure(_exactly(dict, value, None), kind)

    return checked


def _collection_hook(target: Any, converter: Converter) -> Callable[[object, Any], Any]:
    inner = get_args(target)[0]
    make = tuple if get_origin(target) is tuple else list

    def structure(value: Any, _target: Any) -> Any:
        result, wrong = [], []
        for index, item in enumerate(_exactly(list, value, None)):
            try:
                result.append(converter.structure(item, inner))
            except Exception as error:
                error.add_note(IterableValidationNote(f"item {index}", index, inner))
                wrong.append(error)
        if wrong:
            raise BaseValidationError("items", wrong, target)
        return make(result)

    return structure


def _is_union(target: Any) -> bool:
    return get_origin(target) in (Union, UnionType)


def _is_collection(target: Any) -> bool:
    return get_origin(target) in (list, tuple)


def _is_object(target: Any) -> bool:
    return target is dict or get_origin(target) is dict


def _is_literal(target: Any) -> bool:
    return bool(get_origin(target) == Literal)


def _is_enum(target: Any) -> bool:
    return isinstance(target, type) and hasattr(target, "__members__")


def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    converter.register_structure_hook_factory(attrs.has, _class_hook)
    converter.register_structure_hook_factory(_is_union, _union_hook)
    converter.register_structure_hook_factory(_is_collection, _collection_hook)
    converter.register_structure_hook_factory(_is_enum, _enum_hook)
    converter.register_structure_hook_factory(_is_literal, _literal_hook)
    converter.register_structure_hook_func(_is_object, partial(_exactly, dict))
    converter.register_structure_hook(str, partial(_exactly, str))
    converter.register_structure_hook(UUID, lambda value, _: as_uuid(value))
    converter.register_structure_hook(datetime, _moment)
    return converter


def _for_json() -> Converter:
    converter = _converter()
    converter.register_structure_hook(int, partial(_exactly, int))
    converter.register_structure_hook(bool, partial(_exactly, bool))
    return converter


def _for_query() -> Converter:
    converter = _converter()
    converter.register_structure_hook(int, _whole_number)
    converter.register_structure_hook(bool, _true_or_false)
    return converter


_JSON, _QUERY = _for_json(), _for_query()


def structure(value: object, shape: type[T]) -> T:
    """The parsed JSON as an instance of `shape`. Raises Invalid with a path and a message for each wrong field."""
    return _structure(_JSON, value, shape)


def structure_query(values: Mapping[str, Any], shape: type[T]) -> T:
    """The fields of a query string, texts all of them, as an instance of `shape`. Raises Invalid likewise."""
    return _structure(_QUERY, dict(values), shape)


def _structure(converter: Converter, value: object, shape: type[T]) -> T:
    try:
        return converter.structure(value, shape)
    except (BaseValidationError, ValueError) as error:
        raise Invalid(errors=_explain(error, "$")[:MOST_ERRORS]) from None


def _explain(error: BaseException, path: str) -> list[dict[str, str]]:
    if isinstance(error, BaseValidationError):
        return [part for inner in error.exceptions for part in _explain(inner, path + _step(inner))]
    if isinstance(error, ForbiddenExtraKeysError):
        names = sorted(str(name)[:64] for name in error.extra_fields)[:MOST_ERRORS]
        return [{"path": f"{path}.{name}", "message": "is not a field here"} for name in names]
    if isinstance(error, FieldError):
        return [{"path": f"{path}.{error.field}", "message": str(error)}]
    if isinstance(error, KeyError):
        return [{"path": path, "message": "is required"}]
    return [{"path": path, "message": str(error) if isinstance(error, Mismatch) else "is not acceptable"}]


def _step(error: BaseException) -> str:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return f".{note.name.removesuffix('_')}"
        if isinstance(note, IterableValidationNote):
            return f"[{note.index}]"
    return ""
