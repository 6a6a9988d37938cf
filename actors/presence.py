"""Presence of this replica's people, told to everybody who is signed in.

Changes are gathered by person for a moment and told in bounded portions, so that a whole company signing in at once
after a restart does not become a square of messages.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from actors.session_registry import SessionRegistry
from hub.audience import Viewer
from hub.events import Audience, Ephemeral, EphemeralType
from hub.frame import Frame, ephemeral_frame, in_one_piece
from hub.presence import Availability, Presence, PresenceTable

GATHER = 0.05
PORTION = 50
# Seconds between two searches for people who have hung up.
SWEEP = 1.0
# Signs to sessions in one `GATHER`: some 20 MB/s. What is told above it is paid for with a longer pause, in which more
# gathers: so while a crowd comes the few who are told of it do not keep the hub from letting the others in.
DELIVERIES = 5_000
# People told of to somebody who has just connected, and newcomers who may wait to be told of. Of others colleagues
# hear at their next change.
SNAPSHOT = 200


class PresenceBoard:
    """Keeps the table and tells its changes. `run` must be running for changes to be told."""

    def __init__(
        self,
        registry: SessionRegistry,
        clock: Callable[[], datetime],
        *,
        table: PresenceTable | None = None,
        gather: float = GATHER,
    ) -> None:
        self._registry = registry
        self._clock = clock
        self._table = PresenceTable() if table is None else table
        self._gather = gather
        # By person, so that of several changes the last is told. Bounded by the people there are.
        self._news: dict[UUID, Presence] = {}
        self._newcomers: dict[UUID, Presence] = {}
        # Who is there, until that changes.
        self._snapshot: list[Frame] | None = None
        self._greeting: Frame | None = None
        self.untold = 0
        """Newcomers of whom nobody was told, because too many were waiting."""

    def of(self, user_id: UUID) -> Availability:
        """What is shown of a person."""
        return self._table.of(user_id)

    def connected(self, viewer: Viewer) -> None:
        """A person has opened a stream."""
        presence = self._table.connected(viewer.user_id, viewer.name)
        if presence is None:
            return
        if self._snapshot is not None and len(self._snapshot) < SNAPSHOT:
            self._snapshot = [*self._snapshot, self._frame(presence)]
            self._greeting = None
        if len(self._newcomers) < SNAPSHOT:
            self._newcomers[presence.user_id] = presence
        else:
            self.untold += 1

    def disconnected(self, user_id: UUID) -> None:
        """A person's stream was closed."""
        self._table.disconnected(user_id, asyncio.get_running_loop().time())

    def choose(self, user_id: UUID, state: Availability, reason: str | None = None) -> None:
        """A person says how to be shown."""
        presence = self._table.choose(user_id, state, reason)
        if presence is not None:
            self._changed(presence)

    def snapshot(self) -> list[Frame]:
        """Who is there, for one who has just come."""
        if self._snapshot is None:
            self._snapshot = [self._frame(presence) for presence in self._table.everybody(SNAPSHOT)]
        return self._snapshot

    def greeting(self) -> Frame:
        """The snapshot as one piece."""
        if self._greeting is None:
            self._greeting = in_one_piece(self.snapshot())
        return self._greeting

    async def run(self) -> None:
        """Tells what is new, and who has left, until cancelled."""
        loop, swept, deliveries = asyncio.get_running_loop(), 0.0, 0
        while True:
            if loop.time() - swept >= SWEEP:
                swept = loop.time()
                self._registry.sweep()
            await asyncio.sleep(self._gather * max(1.0, deliveries / DELIVERIES))
            for presence in self._table.leave(loop.time()):
                self._changed(presence)
            deliveries = self._tell() * len(self._registry)

    def _changed(self, presence: Presence) -> None:
        self._newcomers.pop(presence.user_id, None)
        self._news[presence.user_id] = presence
        self._snapshot = self._greeting = None

    def _tell(self) -> int:
        """A portion of what is new: newcomers last, because colleagues miss least without them. Of how many it was."""
        told: list[Presence] = []
        for waiting in (self._news, self._newcomers):
            told += [waiting.pop(user_id) for user_id in list(waiting)[: PORTION - len(told)]]
        if told:
            self._registry.signal([self._frame(presence) for presence in told])
        return len(told)

    def _frame(self, presence: Presence) -> Frame:
        actor = {"type": "agent", "id": str(presence.user_id), "name": presence.name}
        shown = {"state": presence.state.value, "reason": presence.reason}
        return ephemeral_frame(Ephemeral(EphemeralType.AGENT_PRESENCE, self._clock(), None, Audience(), actor, shown))
