"""The revisions of the protocol, and which of the two wires a revision belongs to."""

from enum import StrEnum

STATELESS = ("2026-07-28",)
"""Revisions whose requests stand for themselves."""

HANDSHAKE = ("2025-11-25", "2025-06-18", "2025-03-26")
"""Revisions that are agreed on by `initialize`, the newest first."""

SUPPORTED = STATELESS + HANDSHAKE


class Era(StrEnum):
    """Which of the two wires a message is written for."""

    STATELESS = "stateless"
    HANDSHAKE = "handshake"


def agreed(wanted: object) -> str:
    """The revision that `initialize` is answered with: the one that is asked for, or else the newest there is, which
    the client may refuse ("Lifecycle", "Version negotiation")."""
    return wanted if isinstance(wanted, str) and wanted in HANDSHAKE else HANDSHAKE[0]
