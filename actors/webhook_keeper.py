"""The keeper of a replica's endpoints: it leases those that nobody alive delivers to, tells each deliverer that it may
go on, and wakes them when something was committed.

One look at the table a second is for all endpoints together. A replica that dies loses its leases at once, with the
lock that proves its life; one that is cut from the database stops when they lapse.
"""

import asyncio
import contextlib
import logging
from uuid import UUID

from actors import kinds
from actors.kernel import KernelError, System
from actors.webhook import Look, Released
from hub.errors import Unavailable
from hub.webhook.dispatch import DispatchStore

log = logging.getLogger("hub.webhook")

GATHER = 0.05
"""Seconds after news before deliverers look, so that a burst of events is one look."""


class WebhookKeeper:
    """Keeps the endpoints of this replica."""

    def __init__(self, system: System, store: DispatchStore, every: float) -> None:
        """`every`: seconds between looks at the table."""
        self._system = system
        self._store = store
        self._every = every
        self._ours: set[UUID] = set()
        self._news = asyncio.Event()
        self._closed = False

    def news(self) -> None:
        """Something was committed."""
        if self._ours:
            self._news.set()

    def close(self) -> None:
        """The hub is about to stop: what is on its way ends, nothing more is begun."""
        self._closed = True
        self._release(self._ours)

    async def run(self) -> None:
        """Keeps them until cancelled. A database that is away is asked again."""
        clock = asyncio.get_running_loop().time
        due = clock()
        while True:
            self._news.clear()
            if clock() >= due:
                due = clock() + self._every
                await self._hold()
            else:
                self._tell_all(Look())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(due - clock(), 0.0)):
                    await self._news.wait()
                    await asyncio.sleep(GATHER)

    async def _hold(self) -> None:
        if self._closed:
            return
        try:
            held = await self._store.hold()
        except Unavailable:
            log.info("webhooks wait for the database")
            return
        if self._closed:
            return
        now_ours = {each.id for each in held}
        self._release(self._ours - now_ours)
        self._ours = now_ours
        for each in held:
            self._tell(each.id, each)

    def _release(self, ids: set[UUID]) -> None:
        for id in ids:
            self._tell(id, Released())
        self._ours = self._ours - ids

    def _tell_all(self, message: object) -> None:
        for id in self._ours:
            self._tell(id, message)

    def _tell(self, id: UUID, message: object) -> None:
        try:
            self._system.ref(kinds.WEBHOOK, id).tell(message)
        except KernelError as error:
            log.warning("a webhook's deliverer takes no word", extra={"reason": type(error).__name__})
