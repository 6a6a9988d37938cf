"""Faults of the protocol itself, which a client's author has to mend: JSON-RPC errors, not answers for a model."""

from enum import IntEnum
from typing import Any

from hub.mcp.version import Era


class Code(IntEnum):
    """JSON-RPC 2.0's codes (§5.1), and those that MCP's revision 2026-07-28 adds ("Base protocol", "Errors")."""

    PARSE_ERROR = -32700
    INVALID_REQUEST = -32600
    METHOD_NOT_FOUND = -32601
    INVALID_PARAMS = -32602
    HEADER_MISMATCH = -32020
    UNSUPPORTED_VERSION = -32022


_STATUS = {Code.METHOD_NOT_FOUND: 404}

_HANDSHAKE_STATUS = {Code.METHOD_NOT_FOUND: 200, Code.INVALID_PARAMS: 200}
"""Clients of the handshake take 404 for a session that has ended, and throw away the body of a 400."""


class Fault(Exception):
    """A message that cannot be answered with a result. `message` is fixed text; `data` is as the code wants it."""

    def __init__(self, code: Code, message: str, data: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data

    def status(self, era: Era) -> int:
        """The HTTP status that goes with it."""
        return (_STATUS if era is Era.STATELESS else _HANDSHAKE_STATUS).get(self.code, 400)

    def error(self) -> dict[str, Any]:
        """The member `error` of the answer."""
        told: dict[str, Any] = {"code": int(self.code), "message": self.message}
        return told if self.data is None else {**told, "data": self.data}
