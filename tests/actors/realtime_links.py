"""A wire that keeps what is written to it, and a registry with people on such wires."""

from collections import Counter
from uuid import UUID

from actors.session import CloseCode, Session, SessionLimits
from actors.session_registry import SessionRegistry
from hub.audience import Viewer
from hub.ids import uuid7
from hub.rights import Role


class MemoryLink:
    """Takes everything at once, until `stuck`: then all further bytes wait."""

    def __init__(self, transport: str = "ws") -> None:
        self.transport = transport
        self.code: CloseCode | None = None
        self.retry_after: float | None = None
        self.gone = False
        self.writes: list[bytes] = []
        self.stuck = False
        self.waiting = 0
        self.readable = True

    @property
    def open(self) -> bool:
        return self.code is None and not self.gone

    def lost(self) -> bool:
        return self.gone

    def write(self, data: bytes) -> None:
        self.writes.append(data)
        if self.stuck:
            self.waiting += len(data)

    def buffered(self) -> int:
        return self.waiting

    async def drained(self) -> bool:
        return self.readable

    def close(self, code: CloseCode, retry_after: float | None) -> None:
        self.code, self.retry_after = code, retry_after


class Counts:
    """Counts what a registry does."""

    def __init__(self) -> None:
        self.events: Counter[str] = Counter()
        self.delays: list[tuple[str, float]] = []
        self.cuts: list[tuple[str, CloseCode]] = []

    def sent(self, type: str, sessions: int) -> None:
        self.events[type] += sessions

    def delayed(self, transport: str, seconds: float) -> None:
        self.delays.append((transport, seconds))

    def cut(self, transport: str, code: CloseCode) -> None:
        self.cuts.append((transport, code))


def join(
    registry: SessionRegistry,
    role: Role = Role.AGENT,
    *teams: UUID,
    user_id: UUID | None = None,
    transport: str = "ws",
    limits: SessionLimits | None = None,
    live: bool = True,
    sign_in: UUID | None = None,
) -> tuple[Session, MemoryLink]:
    """Somebody new at a live stream."""
    link = MemoryLink(transport)
    viewer = Viewer(user_id or uuid7(), "Ana", role, frozenset(teams))
    session = Session(viewer, link, limits or SessionLimits(), sign_in)
    registry.add(session)
    if live:
        registry.go_live(session)
    return session, link
