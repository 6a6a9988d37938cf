"""Moments that must not be missed: rows say when something is due, and every replica looks for those that are.

The conversation itself decides whether it is so (`hub.conversation.due`). Replicas that find the same row tell it
twice: the first commit raises the revision, and the second decision finds nothing to do.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from attrs import frozen

from actors import kinds
from actors.kernel import KernelError, System
from hub.conversation.commands import Due
from hub.errors import HubError
from hub.ports import DueStore

log = logging.getLogger("hub.due")

EVERY = 1.0
"""Seconds between two looks, and so about how late a snooze ends."""

PORTION = 100
"""Conversations of each sort in one look. While a look finds as many, the next follows at once; at most `ROUNDS`."""

ROUNDS = 50
ASK = 10.0


@frozen
class DueWatch:
    """Tells conversations that something is due."""

    system: System
    store: DueStore
    clock: Callable[[], datetime]

    async def look(self) -> None:
        """One look. Raises Unavailable when the database is away."""
        for _ in range(ROUNDS):
            found = await self.store.due(self.clock(), PORTION)
            done = await asyncio.gather(*map(self._tell, found))
            if len(found) < PORTION or not any(done):
                return

    async def _tell(self, conversation_id: UUID) -> bool:
        """Whether the conversation has dealt with it. One that could not is found again at the next look."""
        try:
            await self.system.ref(kinds.CONVERSATION, conversation_id).ask(Due(), timeout=ASK)
        except (HubError, KernelError) as error:
            log.info("what is due waits for the next look", extra={"reason": type(error).__name__})
            return False
        return True
