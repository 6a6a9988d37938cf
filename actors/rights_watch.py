"""Rights that change while streams are open, on whichever replica they were changed.

The replica that makes a change looks at whom it concerns before it answers. For changes made elsewhere, by another
replica or the command line, the watch asks about all who are connected here, so often that within a second nobody is
told what is no longer theirs to see.
"""

import asyncio
import contextlib
from collections.abc import Collection, Sequence
from uuid import UUID

from actors.session import CloseCode, Session
from actors.session_registry import SessionRegistry
from hub.audience import Viewer
from hub.errors import Unavailable
from hub.ports import Viewers

EVERY = 0.75
"""Seconds from one look at everybody to the next."""

PORTION = 2000
"""People asked about in one query: above it the loop serves others in between."""


class RightsWatch:
    """Compares the rights of open streams with the database."""

    def __init__(self, registry: SessionRegistry, viewers: Viewers, every: float = EVERY) -> None:
        self._registry = registry
        self._viewers = viewers
        self._every = every
        self._wake = asyncio.Event()
        # One look at a time: an older answer must not undo what a newer one brought.
        self._looking = asyncio.Lock()

    async def changed(self, user_ids: Collection[UUID]) -> None:
        """The rights or sign-ins of these people were changed here. Returns when their streams follow.

        While the database is away they follow as soon as it is back.
        """
        concerned = [user_id for user_id in user_ids if self._registry.of_user(user_id)]
        try:
            await self.look(concerned)
        except Unavailable:
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

    async def look(self, user_ids: Sequence[UUID] | None = None) -> None:
        """Looks once, at these people or at everybody. Raises Unavailable."""
        users = self._registry.users() if user_ids is None else user_ids
        for begin in range(0, len(users), PORTION):
            async with self._looking:
                await self._look_at(users[begin : begin + PORTION])

    async def _look_at(self, users: Sequence[UUID]) -> None:
        sessions = [session for user_id in users for session in self._registry.of_user(user_id)]
        streams = [(session.viewer, session.sign_in) for session in sessions]
        outdated = await self._viewers.outdated(streams) if streams else ()
        if outdated:
            await self._follow(outdated)

    async def _follow(self, users: Collection[UUID]) -> None:
        current = await self._viewers.current(users)
        for user_id in users:
            self._compare(self._registry.of_user(user_id), current.get(user_id))
        sessions = [session for user_id in users for session in self._registry.of_user(user_id)]
        sign_ins = {session.sign_in for session in sessions if session.sign_in is not None}
        ended = sign_ins - await self._viewers.signed_in(sign_ins) if sign_ins else sign_ins
        for session in sessions:
            if session.sign_in in ended:
                self._registry.cut(session, CloseCode.UNAUTHENTICATED)

    def _compare(self, sessions: tuple[Session, ...], viewer: Viewer | None) -> None:
        for session in sessions:
            if viewer is None or viewer.token_version != session.viewer.token_version:
                self._registry.cut(session, CloseCode.UNAUTHENTICATED)
        if viewer is not None and any(_differ(session.viewer, viewer) for session in sessions if not session.closed):
            self._registry.rights_changed(viewer)


def _differ(known: Viewer, current: Viewer) -> bool:
    return (known.role, known.team_ids) != (current.role, current.team_ids)
