"""Rights that change while streams are open, on whichever replica they were changed.

The replica that makes the change tells its registry at once. This watch is for the others, and for what was missed: one
query every second and a half about all who are connected here.
"""

import asyncio
import contextlib
from uuid import UUID

from actors.session import CloseCode, Session
from actors.session_registry import SessionRegistry
from hub.audience import Viewer
from hub.errors import Unavailable
from hub.ports import Viewers

EVERY = 1.5


class RightsWatch:
    """Compares the rights of open streams with the database."""

    def __init__(self, registry: SessionRegistry, viewers: Viewers, every: float = EVERY) -> None:
        self._registry = registry
        self._viewers = viewers
        self._every = every
        self._wake = asyncio.Event()

    def changed(self, user_id: UUID) -> None:
        """Somebody's rights or sign-ins were changed here: look at once, if he is connected."""
        if self._registry.of_user(user_id):
            self._wake.set()

    async def run(self) -> None:
        """Looks again and again until cancelled. While the database is away the rights stay what they were."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._every):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self.look()
            except Unavailable:
                # A wish to look at once is not forgotten, but not repeated without a pause either.
                await asyncio.sleep(self._every / 2)

    async def look(self) -> None:
        """Looks once. Raises Unavailable."""
        users = self._registry.users()
        if not users:
            return
        current = await self._viewers.current(users)
        for user_id in users:
            self._compare(self._registry.of_user(user_id), current.get(user_id))
        sign_ins = {session.sign_in for session in self._registry.sessions() if session.sign_in is not None}
        for sign_in in sign_ins - await self._viewers.signed_in(sign_ins):
            self._registry.sign_in_ended(sign_in)

    def _compare(self, sessions: tuple[Session, ...], viewer: Viewer | None) -> None:
        for session in sessions:
            if viewer is None or viewer.token_version != session.viewer.token_version:
                self._registry.cut(session, CloseCode.UNAUTHENTICATED)
        if viewer is not None and any(_differ(session.viewer, viewer) for session in sessions if not session.closed):
            self._registry.rights_changed(viewer)


def _differ(known: Viewer, current: Viewer) -> bool:
    return (known.role, known.team_ids) != (current.role, current.team_ids)
