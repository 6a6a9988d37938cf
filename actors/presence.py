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
from hub.frame import Frame, ephemeral_frame
from hub.presence import Availability, Presence, PresenceTable

GATHER = 0.25
PORTION = 50
# People told of to somebody who has just connected; of others he hears at their next change.
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

    def of(self, user_id: UUID) -> Availability:
        """What is shown of a person."""
        return self._table.of(user_id)

    def connected(self, viewer: Viewer) -> None:
        """A person has opened a stream."""
        self._tell(self._table.connected(viewer.user_id, viewer.name))

    def disconnected(self, user_id: UUID) -> None:
        """A person's stream was closed."""
        self._table.disconnected(user_id, asyncio.get_running_loop().time())

    def choose(self, user_id: UUID, state: Availability, reason: str | None = None) -> None:
        """A person says how to be shown."""
        self._tell(self._table.choose(user_id, state, reason))

    def snapshot(self) -> list[Frame]:
        """Who is there, for one who has just come."""
        return [self._frame(presence) for presence in self._table.everybody(SNAPSHOT)]

    async def run(self) -> None:
        """Tells what is new, and who has left, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._gather)
            for presence in self._table.leave(loop.time()):
                self._tell(presence)
            for user_id in list(self._news)[:PORTION]:
                self._registry.signal(self._frame(self._news.pop(user_id)))

    def _tell(self, presence: Presence | None) -> None:
        if presence is not None:
            self._news[presence.user_id] = presence

    def _frame(self, presence: Presence) -> Frame:
        actor = {"type": "agent", "id": str(presence.user_id), "name": presence.name}
        shown = {"state": presence.state.value, "reason": presence.reason}
        return ephemeral_frame(Ephemeral(EphemeralType.AGENT_PRESENCE, self._clock(), None, Audience(), actor, shown))
