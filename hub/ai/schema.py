"""JSON Schemas (draft 2020-12) of the tools' arguments and answers, and the dialects in which models read them.

The schema that is published is the one that arguments are checked against. Objects are closed: what is not named is
refused. An argument that may be left out may also be null, because some models always send every one.
"""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# Characters of an id that another system gave: nothing of an address, of markup, of a query or of a template is in it.
_ID = r"^[A-Za-z0-9][A-Za-z0-9._@+|=~-]*$"
_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

MOST_ID = 128
"""Characters of an id of another system's."""


def closed(properties: Mapping[str, Schema], optional: tuple[str, ...] = (), description: str = "") -> Schema:
    """An object of these members and no others; all but the `optional` ones are there."""
    told = {"description": description} if description else {}
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        **told,
        "properties": dict(properties),
        "required": required,
        "additionalProperties": False,
    }


def text(description: str, most: int, **more: Any) -> Schema:
    """A text of 1 to `most` characters."""
    return {"type": "string", "description": description, "minLength": 1, "maxLength": most, **more}


def foreign_id(description: str) -> Schema:
    """An id that another system gave."""
    return text(description, MOST_ID, pattern=_ID)


def uuid(description: str) -> Schema:
    """An id of the hub's own: a UUID in lower case."""
    return {"type": "string", "description": description, "pattern": _UUID}


def moment(description: str) -> Schema:
    """A time, RFC 3339 in UTC."""
    return {"type": "string", "format": "date-time", "description": description}


def truth(description: str) -> Schema:
    """True or false."""
    return {"type": "boolean", "description": description}


def words(description: str, choices: tuple[str, ...]) -> Schema:
    """One of some words."""
    return {"type": "string", "description": description, "enum": list(choices)}


def nullable(schema: Schema) -> Schema:
    """The same, or null."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    choices = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [*kinds, "null"], **choices}


def items(of: Schema, description: str, most: int) -> Schema:
    """A list of at most so many."""
    return {"type": "array", "description": description, "items": of, "maxItems": most}


def untrusted(description: str) -> Schema:
    """Words of a stranger's, set apart so that nobody takes them for an instruction."""
    words = {"type": "string", "description": description}
    return closed({"untrusted_text": words, "truncated": truth("Whether it was cut off.")}, description=description)


MONEY = closed(
    {
        "amount": {"type": "string", "description": "In units of the currency, such as 1450.00."},
        "currency": {"type": "string", "description": "ISO 4217, such as USD."},
    }
)


def strict(schema: Schema) -> Schema:
    """The same arguments in the dialect of OpenAI's strict mode ("Structured model outputs"): every member is required,
    and one that may be left out is null instead."""
    required = set(schema["required"])
    properties = {
        name: member if name in required else nullable(_once(member)) for name, member in schema["properties"].items()
    }
    return {**schema, "properties": properties, "required": list(properties)}


def _once(member: Schema) -> Schema:
    """The member without null, where it may be that already."""
    kinds = [kind for kind in member["type"] if kind != "null"] if isinstance(member["type"], list) else member["type"]
    plain = {name: value for name, value in member.items() if name != "enum"}
    choices = {"enum": [choice for choice in member["enum"] if choice is not None]} if "enum" in member else {}
    return {**plain, "type": kinds, **choices}
