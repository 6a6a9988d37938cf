"""Revisions of the protocol."""

import pytest

from hub.mcp.version import HANDSHAKE, STATELESS, SUPPORTED, agreed


@pytest.mark.parametrize("wanted", HANDSHAKE)
def test_a_known_revision_is_agreed_to(wanted: str) -> None:
    assert agreed(wanted) == wanted


@pytest.mark.parametrize("wanted", ["2024-11-05", STATELESS[0], "", None, 7, {}])
def test_instead_of_another_one_the_newest_is_offered(wanted: object) -> None:
    assert agreed(wanted) == "2025-11-25"
    assert set(SUPPORTED) == {*HANDSHAKE, *STATELESS}
