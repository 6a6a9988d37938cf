"""Arguments against the schema that was published: the very same one, compiled once."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

import jsonschema_rs

from hub.ai.tool import Tool
from hub.errors import HubError, InvalidArguments, SuspiciousContent
from hub.sanitiser import HIDDEN

MOST_ERRORS = 20
"""Errors that are told of one call; the rest is left out."""

_SAYS = {
    "additionalProperties": "is no argument of this tool",
    "required": "is required",
    "type": "is of another type",
    "enum": "is none of the choices",
    "pattern": "is not of the right form",
    "minLength": "is too short",
    "maxLength": "is too long",
}

_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class Validation:
    """The checks of some tools."""

    def __init__(self, tools: Mapping[str, Tool]) -> None:
        self._checks = {name: jsonschema_rs.validator_for(tool.arguments) for name, tool in tools.items()}

    def check(self, tool: Tool, arguments: object) -> Mapping[str, Any]:
        """The arguments, if they are this tool's. Raises InvalidArguments, or what stands for it where a single
        argument is wrong that has an error of its own; both name each argument and the rule it breaks. Raises
        SuspiciousContent where a form is asked of what no text can hold."""
        try:
            wrong = [error for found in self._checks[tool.name].iter_errors(arguments) for error in _explain(found)]
        except UnicodeEncodeError:  # half of a surrogate pair: JSON can write it, and no text can hold it
            error = {"pointer": "", "rule": HIDDEN, "path": "$", "message": "holds half of a character"}
            raise SuspiciousContent(errors=[error], extra={"rule": HIDDEN}) from None
        if wrong:
            raise _kind(tool, wrong)(errors=wrong[:MOST_ERRORS])
        return cast(Mapping[str, Any], arguments)


def _kind(tool: Tool, wrong: list[dict[str, str]]) -> type[HubError]:
    pointers = {error["pointer"] for error in wrong if error["rule"] != "required"}
    if len(pointers) == 1 and all(error["rule"] != "required" for error in wrong):
        return tool.faults.get(pointers.pop(), InvalidArguments)
    return InvalidArguments


def _explain(found: Any) -> Iterator[dict[str, str]]:
    kind, path = found.kind, [str(step) for step in found.instance_path]
    match kind.name:
        case "additionalProperties":
            yield from (_error([*path, name], kind.name) for name in sorted(kind.unexpected))
        case "required":
            yield _error([*path, kind.property], kind.name)
        case rule:
            yield _error(path, rule)


def _error(path: list[str], rule: str) -> dict[str, str]:
    """Names that the caller made up are repeated only if there is nothing in them but a name."""
    steps = [step if _PLAIN.fullmatch(step) else "*" for step in path]
    return {
        "pointer": "".join(f"/{step}" for step in steps),
        "rule": rule,
        "path": ".".join(("$", *steps)),
        "message": _SAYS.get(rule, "is not acceptable"),
    }
