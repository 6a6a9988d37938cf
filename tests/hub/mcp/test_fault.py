"""Faults and their HTTP status on either wire."""

import pytest

from hub.mcp.fault import Code, Fault
from hub.mcp.version import Era


@pytest.mark.parametrize(
    ("code", "stateless", "handshake"),
    [
        (Code.PARSE_ERROR, 400, 400),
        (Code.INVALID_REQUEST, 400, 400),
        (Code.METHOD_NOT_FOUND, 404, 200),
        (Code.INVALID_PARAMS, 400, 200),
        (Code.HEADER_MISMATCH, 400, 400),
        (Code.UNSUPPORTED_VERSION, 400, 400),
    ],
)
def test_the_status_depends_on_the_wire(code: Code, stateless: int, handshake: int) -> None:
    fault = Fault(code, "No.")
    assert (fault.status(Era.STATELESS), fault.status(Era.HANDSHAKE)) == (stateless, handshake)
