"""Merges of conversations that were interrupted after the source had ended: the target takes over all the same.

A merge is two commits, each conversation's own. Between them the hub may die, or the target not answer in time; the
customer who waited in the source would wait for ever, and its tags would be lost.
"""

import logging
from datetime import timedelta

from attrs import frozen

from actors import kinds
from actors.kernel import KernelError, System
from hub.conversation.commands import HUB, Absorb
from hub.conversation.merge import Merges, Unfinished
from hub.conversation.state import Desk
from hub.errors import HubError
from hub.record import evolve

log = logging.getLogger("hub.conversation")

EVERY = 5.0
"""Seconds between two looks."""

IDLE = timedelta(seconds=30)
"""A merge that nobody has set about for so long was interrupted: whoever asked for it has long been answered."""

PORTION = 50
"""Merges of one look; the rest waits for the next."""

ASK = 8.0


@frozen
class MergeWatch:
    """Completes what was interrupted. Replicas do not get in each other's way: one is taken by one of them."""

    system: System
    store: Merges

    async def look(self) -> None:
        """One look. Raises Unavailable when the database is away."""
        for unfinished in await self.store.take(IDLE, PORTION):
            try:
                await self._complete(unfinished)
            except (HubError, KernelError) as error:
                log.info("a merge waits for a later look", extra={"reason": type(error).__name__})

    async def _complete(self, unfinished: Unfinished) -> None:
        desk: Desk | None = await self.system.ref(kinds.LOADER, 0).ask(unfinished.source_id, timeout=ASK)
        if unfinished.into_id is None or desk is None or desk.conversation is None:
            await self.store.drop(unfinished.source_id)  # the target has ended since: nobody waits in it either
            return
        left = evolve(desk.conversation, waiting_since=unfinished.waiting_since)
        await self.system.ref(kinds.CONVERSATION, unfinished.into_id).ask(Absorb(HUB, left), timeout=ASK)
        log.info("an interrupted merge is complete", extra={"conversation_id": str(unfinished.into_id)})
