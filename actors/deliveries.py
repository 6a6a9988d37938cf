"""What is on its way to sessions: gathered within one tick of the loop, then written out in passes.

Most of what a tick brings is for one crowd: that is put together once, and a delivery is one write of bytes that all
share. Only when crowds differ, and a session may be in several, is it put together for each session by itself.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from attrs import define, frozen

from actors.session import Session

SESSIONS_PER_PASS = 256
"""Writes after which the loop serves others."""


class Wires(Protocol):
    """What becomes of sessions that cannot be written to."""

    def gone(self, session: Session) -> None:
        """Its peer has hung up."""

    def slow(self, session: Session) -> None:
        """More waits for it than may."""

    def delayed(self, transport: str, seconds: float) -> None:
        """From the commit of the tick's oldest event until the last session of this transport was written to."""


@frozen
class _Parcel:
    sessions: Sequence[Session]
    data: bytes
    frames: int

    @property
    def transport(self) -> str:
        return self.sessions[0].link.transport


@define
class _Round:
    """One stretch of bytes for these sessions; None for what each of them has pending. `done` were written to."""

    sessions: Sequence[Session]
    data: bytes | None
    frames: int = 0
    done: int = 0


def utc_now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


class Deliveries:
    """Each session gets what it is given in order. Bounded by what sessions may let wait, and by the log's own pace."""

    def __init__(self, wires: Wires, clock: Callable[[], datetime] = utc_now) -> None:
        self._wires = wires
        self._clock = clock
        self._parcels: list[_Parcel] = []
        self._rounds: deque[_Round] = deque()
        self.waiting = False
        """Whether something is on its way."""
        # The oldest event of the coming and of the present rounds, and the transports that the present ones go to.
        self._next_oldest: datetime | None = None
        self._oldest: datetime | None = None
        self._used: set[str] = set()

    def put(self, sessions: Sequence[Session], data: bytes, frames: int = 1, at: datetime | None = None) -> None:
        """Puts so many frames on their way to sessions of one transport. The sequence must not change any more.

        `at` is when the first was committed: the delay is measured from it.
        """
        if not sessions:
            return
        self._parcels.append(_Parcel(sessions, data, frames))
        self._next_oldest = self._next_oldest or at
        if not self.waiting:
            self.waiting = True
            asyncio.get_running_loop().call_soon(self._pass)

    def _pass(self) -> None:
        if not self._rounds:
            self._begin()
        self._write(self._rounds[0])
        if self._rounds[0].done >= len(self._rounds[0].sessions):
            self._rounds.popleft()
        if not self._rounds:
            self._measure()
        self.waiting = bool(self._rounds or self._parcels)
        if self.waiting:
            asyncio.get_running_loop().call_soon(self._pass)

    def _begin(self) -> None:
        parcels, self._parcels = self._parcels, []
        self._oldest, self._next_oldest = self._next_oldest, None
        crowds: dict[int, list[_Parcel]] = {}
        for parcel in parcels:
            crowds.setdefault(id(parcel.sessions), []).append(parcel)
        transports = [parcels[0].transport for parcels in crowds.values()]
        self._used = set(transports)
        if len(self._used) == len(crowds):
            self._rounds.extend(map(_shared, crowds.values()))
        else:
            self._rounds.append(_separate(parcels))

    def _write(self, round: _Round) -> None:
        data, frames, wires = round.data, round.frames, self._wires
        batch = round.sessions[round.done : round.done + SESSIONS_PER_PASS]
        round.done += len(batch)
        for session in batch:
            if session.closed:
                continue
            if session.link.lost():
                wires.gone(session)
            elif not (session.flush() if data is None else session.write(data, frames)):
                wires.slow(session)

    def _measure(self) -> None:
        if self._oldest is not None:
            delay = (self._clock() - self._oldest).total_seconds()
            for transport in self._used:
                self._wires.delayed(transport, delay)


def _shared(parcels: Sequence[_Parcel]) -> _Round:
    """No other crowd has any of these sessions."""
    data = parcels[0].data if len(parcels) == 1 else b"".join([parcel.data for parcel in parcels])
    return _Round(parcels[0].sessions, data, sum(parcel.frames for parcel in parcels))


def _separate(parcels: Sequence[_Parcel]) -> _Round:
    dirty: list[Session] = []
    for parcel in parcels:
        for session in parcel.sessions:
            if not session.pending:
                dirty.append(session)
            session.pending.append(parcel.data)
            session.frames += parcel.frames
    return _Round(dirty, None)
