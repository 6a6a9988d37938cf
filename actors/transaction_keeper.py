"""The keeper of a replica's drafts: it finds those of which something is due, or whose customer has answered, and tells
what was decided as events.

A look at the table a second is enough for everything. A customer's message is heard of at once: the event log names its
conversation, and a look follows; what was written stands in the table, so that nothing depends on having heard of it.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from uuid import UUID

from actors import kinds
from actors.kernel import KernelError
from actors.transaction import Look
from actors.transaction_world import World
from hub.conversation.effects import Effects, NewEvent
from hub.errors import HubError, Unavailable
from hub.events import EventType
from hub.frame import Frame
from hub.ids import uuid7
from hub.journal import Change
from hub.transaction.store import Announcement

log = logging.getLogger("hub.transaction")

EVERY = 1.0
"""Seconds between looks without any news."""

GATHER = 0.05
"""Seconds after news before a look, so that a burst of them is one."""

PORTION = 50
"""Drafts and announcements of one look. A full portion is followed by the next look at once."""

ASK = 8.0


class TransactionKeeper:
    """Looks, until it is cancelled."""

    def __init__(self, world: World, news: asyncio.Event, every: float = EVERY) -> None:
        """`news` is set by whoever changed a draft."""
        self._world = world
        self._news = news
        self._every = every
        self._listening: set[UUID] = set()

    def push(self, frames: Sequence[Frame]) -> None:
        """New events: a customer's message where one is expected is looked at."""
        for frame in frames:
            if frame.type == EventType.MESSAGE_RECEIVED and frame.conversation_id in self._listening:
                self._news.set()
                return

    async def run(self) -> None:
        """Looks until cancelled. A database that is away is asked again."""
        while True:
            self._news.clear()
            full = False
            try:
                full = await self.look()
            except Unavailable:
                log.info("drafts of transactions wait for the database")
            if not full:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._every):
                        await self._news.wait()
            await asyncio.sleep(GATHER)

    async def look(self) -> bool:
        """One look; whether there may be more. Raises Unavailable."""
        store = self._world.store
        claimed, unheard = await store.claim(PORTION), await store.unheard(PORTION)
        for draft_id in claimed:
            self._tell(draft_id, Look(claimed=True))
        for draft_id in unheard:
            self._tell(draft_id, Look())
        self._listening = await store.listening()
        announcements = await store.announcements(PORTION)
        told = await asyncio.gather(*map(self._announce, announcements))
        return len(claimed) == PORTION or (len(announcements) == PORTION and any(told))

    def _tell(self, draft_id: UUID, look: Look) -> None:
        try:
            self._world.system.ref(kinds.TRANSACTION, draft_id).tell(look)
        except KernelError as error:
            log.info("a draft takes no word", extra={"reason": type(error).__name__})

    async def _announce(self, announcement: Announcement) -> bool:
        """Tells of one; whether it is told. Another replica may be about to: the journal takes it once."""
        event = NewEvent(
            id=announcement.id,
            type=announcement.type,
            at=announcement.at,
            audience=announcement.audience,
            data=announcement.data,
            conversation_id=announcement.conversation_id,
            actor=announcement.actor,
        )
        change = Change(uuid7(), Effects(events=[event], announced=[announcement.id]))
        try:
            await self._world.system.ref(kinds.WRITER, 0).ask(change, timeout=ASK)
        except (HubError, KernelError) as error:
            log.info("an announcement waits", extra={"reason": type(error).__name__})
            return False
        return True
