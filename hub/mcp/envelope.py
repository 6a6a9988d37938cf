"""What must be true of a request before it is looked into: who sends which revision, and headers that say the same as
the body. Routers and filters decide by the headers, so a body that says something else is refused.

The checks come in a fixed order, and the first one that fails is answered: the envelope in `_meta`, then the headers,
then the version ("Transports", "Standard request headers"; "Versioning").
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping

from hub.mcp.fault import Code, Fault
from hub.mcp.message import Request, member
from hub.mcp.version import HANDSHAKE, STATELESS, SUPPORTED, Era

VERSION_HEADER = "mcp-protocol-version"
METHOD_HEADER = "mcp-method"
NAME_HEADER = "mcp-name"

PROTOCOL_VERSION = "io.modelcontextprotocol/protocolVersion"
CLIENT_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"

_ROUTING = (VERSION_HEADER, METHOD_HEADER, NAME_HEADER)
_NEEDED = (PROTOCOL_VERSION, CLIENT_CAPABILITIES)
_NAMED_BY = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
_VERSION = re.compile(r"[!-~]{1,64}")
_ENCODED, _END = "=?base64?", "?="


def routing(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers that repeat the body, by their names in lower case. Raises Fault for one that comes twice: two
    readers could believe different ones."""
    found: dict[str, str] = {}
    for name, value in headers:
        known = name.lower()
        if known in _ROUTING:
            if known in found:
                raise Fault(Code.HEADER_MISMATCH, f"The header {known} comes more than once.")
            found[known] = value.strip(" \t")
    return found


def era(headers: Mapping[str, str], value: object) -> Era:
    """Which wire a message is written for, whatever was sent. One without any sign of a version is of the handshake,
    whose first message has none; one of an unknown version is taken for a stateless one, whose answer can say which are
    known."""
    said = headers.get(VERSION_HEADER)
    if PROTOCOL_VERSION in member(member(value, "params"), "_meta"):
        return Era.STATELESS
    return Era.HANDSHAKE if said is None or said in HANDSHAKE else Era.STATELESS


def check(headers: Mapping[str, str], request: Request) -> None:
    """Raises Fault for a stateless request that does not say all it has to, or not twice the same."""
    meta = request.meta
    missing = [name for name in _NEEDED if name not in meta]
    if missing:
        raise Fault(Code.INVALID_PARAMS, f"params._meta must have {' and '.join(missing)}.")
    _check_headers(headers, request)
    check_version(meta[PROTOCOL_VERSION])


def check_version(version: object) -> None:
    """Raises Fault for a revision that is not spoken without a handshake."""
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise Fault(Code.INVALID_PARAMS, "A version of the protocol is named by its date.")
    if version not in STATELESS:
        known = {"supported": list(SUPPORTED), "requested": version}
        raise Fault(Code.UNSUPPORTED_VERSION, "This version of the protocol is not supported.", known)


def _check_headers(headers: Mapping[str, str], request: Request) -> None:
    name = request.params.get(_NAMED_BY.get(request.method, ""))
    said = {VERSION_HEADER: request.meta[PROTOCOL_VERSION], METHOD_HEADER: request.method}
    if name is not None:
        said[NAME_HEADER] = name
    for header, value in said.items():
        if header not in headers or decoded(headers[header]) != value:
            raise Fault(Code.HEADER_MISMATCH, f"The header {header} does not say what the body says.")


def decoded(value: str) -> str | None:
    """A header's value as it was meant: what no header can hold comes as `=?base64?…?=` ("Transports", "Encoding of
    header values"). None for one that is written so and cannot be read, or not in one way only."""
    if not (value.startswith(_ENCODED) and value.endswith(_END)):
        return value
    written = value[len(_ENCODED) : -len(_END)]
    try:
        raw = base64.b64decode(written, validate=True)
        return raw.decode() if base64.b64encode(raw).decode() == written else None
    except (binascii.Error, UnicodeDecodeError):
        return None
