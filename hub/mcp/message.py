"""JSON-RPC messages: one object per HTTP request, as MCP's "Streamable HTTP" wants them. There are no batches."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from attrs import frozen

from hub.mcp.fault import Code, Fault

LONGEST_ID = 255
"""Characters of an id that is a text: it is repeated in the answer. A longer one is no id."""

LARGEST_ID = 2**53 - 1
"""The largest number that every JSON parser reads as it was written (RFC 8259 §6)."""

Id: TypeAlias = str | int | None
"""A request's id; None where it could not be read."""


@frozen
class Request:
    """A message that wants an answer."""

    id: Id
    method: str
    params: Mapping[str, Any]

    @property
    def meta(self) -> Mapping[str, Any]:
        """The member `_meta` of the parameters; empty when there is none, or it is no object."""
        return member(self.params, "_meta")


@frozen
class Notification:
    """A message that wants none."""

    method: str


def member(value: object, name: str) -> Mapping[str, Any]:
    """The object that an object has under this name; an empty one otherwise."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def read_id(value: object) -> Id:
    """The id of whatever was sent, so that a refusal can name it."""
    said = value.get("id") if isinstance(value, Mapping) else None
    if isinstance(said, str):
        return said if len(said) <= LONGEST_ID and said.isprintable() else None
    return said if type(said) is int and abs(said) <= LARGEST_ID else None


def read(value: object) -> Request | Notification:
    """The message in a JSON value. Raises Fault for what is none, for a batch, and for an answer: nothing was asked."""
    if not isinstance(value, Mapping) or value.get("jsonrpc") != "2.0" or not isinstance(value.get("method"), str):
        raise Fault(Code.INVALID_REQUEST, "Send one JSON-RPC 2.0 request or notification; batches are not taken.")
    if "id" not in value:
        return Notification(value["method"])
    if read_id(value) is None:
        raise Fault(Code.INVALID_REQUEST, "An id is a printable text or a whole number, and not too long.")
    params = value.get("params", {})
    if not isinstance(params, Mapping):
        raise Fault(Code.INVALID_PARAMS, "The parameters must be an object.")
    return Request(read_id(value), value["method"], params)


def result(id: Id, value: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a request that was carried out."""
    return {"jsonrpc": "2.0", "id": id, "result": value}


def error(id: Id, fault: Fault) -> dict[str, Any]:
    """The answer to one that was not."""
    return {"jsonrpc": "2.0", "id": id, "error": fault.error()}
