"""Carrying a tag's new name, or its end, to the conversations: in the background, in portions, through each one's own
actor, so that it takes its place among their other changes and everybody is told."""

import asyncio
import logging
from uuid import UUID

from attrs import frozen

from actors import kinds
from actors.kernel import Actor, Bound, Context, KernelError, Kind, Mail, Policy, Timer
from hub.conversation.commands import Author, Retag
from hub.errors import HubError
from hub.tag import Retagging, Retaggings

log = logging.getLogger("hub.tag")

PORTION = 50
"""Conversations that are changed at the same time. The next ones wait until these are done."""

AGAIN = 5.0
"""Seconds until the next look while something cannot be done now, or may still come: see `hub.tag.GRACE`."""

EVERY = 60.0
"""Seconds between looks without any word: another replica may have left something undone."""

ASK = 8.0


@frozen
class Look:
    """There may be something to do."""


class Retagger(Actor):
    """Does what is noted. Several replicas may do it at once: what one has done the other finds done."""

    __slots__ = ("_context", "_next", "_store")

    def __init__(self, context: Context, store: Retaggings) -> None:
        self._context = context
        self._store = store
        self._next: Timer | None = None

    async def receive(self, mail: Mail) -> object:
        """`Look`: one portion of each, and then again: at once while it goes on, else after a while."""
        try:
            left = await self._store.pending()
            changed = 0
            for retagging in left:
                changed += await self._carry(retagging)
        except (HubError, KernelError) as error:
            log.info("a tag's change waits", extra={"reason": type(error).__name__})
            self._look_again(AGAIN)
        else:
            self._look_again(0.0 if changed else AGAIN if left else EVERY)
        return None

    async def _carry(self, retagging: Retagging) -> int:
        """One portion; how many have taken it."""
        carriers = await self._store.carriers(retagging.old, PORTION)
        if not carriers:
            await self._store.settle(retagging.id)
            return 0
        command = Retag(Author(retagging.by_id, retagging.by_name), retagging.old, retagging.new)
        done = await asyncio.gather(*(self._change(conversation_id, command) for conversation_id in carriers))
        return sum(done)

    async def _change(self, conversation_id: UUID, command: Retag) -> bool:
        try:
            await self._context.system.ref(kinds.CONVERSATION, conversation_id).ask(command, timeout=ASK)
        except (HubError, KernelError) as error:
            log.info("a conversation keeps a tag for now", extra={"reason": type(error).__name__})
            return False
        return True

    def _look_again(self, seconds: float) -> None:
        if self._next is not None:
            self._next.cancel()
        self._next = self._context.timers.after(seconds, self._context.ref, Look())


def kind(store: Retaggings) -> Kind:
    """The kind; there is one per replica, under the key 0. More looks while one waits are one."""

    def create(key: object, context: Context) -> Retagger:
        return Retagger(context, store)

    return Kind(kinds.RETAGGER, create, Bound(8, Policy.COALESCE, key=type), idle_after=None)
