"""A channel's fetcher: it brings customers' files here while the channel still has them.

It takes from the table only what it can begin at once, so nothing waits in memory. What it has taken it keeps renewing;
a fetcher that is lost loses its files to whoever looks next.
"""

import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any
from uuid import UUID

from attrs import frozen

from actors import kinds
from actors.kernel import Actor, Bound, Context, Kind, Mail, Policy
from actors.media_fetch import LEASE, Fetching, Over
from hub.errors import HubError
from hub.media import DueFile, MediaStore

log = logging.getLogger("hub.media")

LIMIT = 1_000
"""Notices that may wait; all of one turn lead to one look at the table. Above it they are refused, and the sweep
finds what they were about."""

IN_FLIGHT = 8
"""Files fetched at once, per channel. The others wait in the table."""

SWEEP = 5.0
"""Seconds between looks at the table without any word; a quarter of the lease, which it also renews."""


@frozen
class Look:
    """There may be something to fetch. `again`: the regular look, which orders the next one."""

    again: bool = False


class MediaFetcher(Actor):
    """Keeps as many errands running as allowed."""

    __slots__ = ("_again", "_channel", "_context", "_fetching", "_running", "_spawn", "_store")

    def __init__(
        self,
        channel: str,
        context: Context,
        store: MediaStore,
        fetching: Fetching,
        spawn: Callable[[Coroutine[Any, Any, None]], Awaitable[object]],
    ) -> None:
        """`spawn` runs an errand in the background, bounded and ended at shutdown."""
        self._channel = channel
        self._context = context
        self._store = store
        self._fetching = fetching
        self._spawn = spawn
        self._running: set[UUID] = set()
        self._again: dict[UUID, DueFile] = {}

    async def on_start(self) -> None:
        """Begins the regular looks."""
        self._context.timers.after(SWEEP, self._context.ref, Look(again=True))

    async def receive_batch(self, mails: Sequence[Mail]) -> None:
        """`Look`, or `Over` when an errand has ended."""
        for mail in mails:
            match mail.message:
                case Over() as over:
                    await self._over(over)
                case Look(again=True):
                    self._context.timers.after(SWEEP, self._context.ref, Look(again=True))
                    await self._renew()
                case Look():
                    pass
                case unexpected:
                    name = type(unexpected).__name__
                    log.warning("unknown message", extra={"kind": kinds.MEDIA_FETCHER, "message_type": name})
        await self._look()

    async def on_stop(self) -> None:
        """Gives back what was not finished."""
        if self._running:
            try:
                await self._store.release(list(self._running))
            except HubError:
                log.warning("files could not be given back; they become due", extra={"channel": self._channel})

    async def _over(self, over: Over) -> None:
        self._running.discard(over.id)
        due = self._again.pop(over.id, None)
        if due is not None:
            await self._start(due)
        elif over.retry_in is not None and over.retry_in < SWEEP:
            self._context.timers.after(over.retry_in + 0.02, self._context.ref, Look())

    async def _renew(self) -> None:
        if self._running:
            try:
                await self._store.renew(list(self._running), LEASE)
            except HubError:
                log.info("files cannot be kept now", extra={"channel": self._channel})

    async def _look(self) -> None:
        room = IN_FLIGHT - len(self._running)
        if room <= 0:
            return
        try:
            found = await self._store.claim(self._channel, room, LEASE)
        except HubError:
            log.info("files cannot be looked for now", extra={"channel": self._channel})
            return
        for due in found:
            if due.id in self._running:  # its errand is over and the word of that still on its way
                self._again[due.id] = due
            else:
                await self._start(due)

    async def _start(self, due: DueFile) -> None:
        self._running.add(due.id)
        await self._spawn(self._fetching.run(due, self._context.ref))


def kind(
    store: MediaStore,
    fetching: Callable[[str], Fetching],
    spawn: Callable[[Coroutine[Any, Any, None]], Awaitable[object]],
) -> Kind:
    """The kind of fetchers; the key is the channel's name."""

    def create(key: str, context: Context) -> MediaFetcher:
        return MediaFetcher(key, context, store, fetching(key), spawn)

    return Kind(kinds.MEDIA_FETCHER, create, Bound(LIMIT, Policy.REJECT), batch=100, idle_after=None)
