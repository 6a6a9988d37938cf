"""A channel's courier: it sends what is in the outbox, one message of a conversation at a time, many conversations at
once, and has each conversation told how its try ended.

Rows come leased with the commit that made them (the fast way) or are claimed from the table (after retries, crashes,
overflow). Whatever is not held here is in the table, so a courier can be lost at any moment without losing a message:
one that was being sent becomes `unknown` and is never sent again by itself.
"""

import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any
from uuid import UUID

from attrs import frozen

from actors import kinds
from actors.delivery import Errand, Over
from actors.kernel import NO_TRACE, TRACE, Actor, Bound, Context, Kind, Mail, Policy, Timer
from hub.conversation.effects import OutboxRow
from hub.errors import HubError
from hub.outbox import Claimed, OutboxStore

log = logging.getLogger("hub.courier")

LIMIT = 5_000
"""Notices that may wait. Above it they are dropped: the rows stay in the table and are claimed by the next sweep."""

WAITING = 2_000
"""Leased rows that may wait here. Above it rows are left to the sweep."""

LONGEST_HOLD = 60.0
"""Seconds between tries while the channel is down, at most."""


@frozen
class Pace:
    """`in_flight`: messages on their way to the provider at once, per channel; more wait here. `sweep`: seconds between
    looks at the table for what nobody holds. `claim`: rows taken from it at one look; were there as many, the next look
    comes once they are on their way."""

    in_flight: int = 32
    sweep: float = 5.0
    claim: int = 200


@frozen
class Leased:
    """A row that is ours since the commit that made it."""

    row: OutboxRow


@frozen
class Waiting:
    """A row that waits for its turn, with the trace of the request that made it; rows from the table have none."""

    claimed: Claimed
    trace: Mapping[str, str] = NO_TRACE


@frozen
class Sweep:
    """Time to look at the table."""


@frozen
class Resume:
    """The pause is over."""


@frozen
class Close:
    """The hub is about to stop: what is under way ends, nothing more is begun."""


class Courier(Actor):
    """Holds the channel's leased rows and keeps as many errands running as allowed."""

    __slots__ = (
        "_channel",
        "_closing",
        "_context",
        "_down",
        "_errand",
        "_full",
        "_hold",
        "_look",
        "_pace",
        "_running",
        "_spawn",
        "_store",
        "_waiting",
    )

    def __init__(
        self,
        channel: str,
        context: Context,
        store: OutboxStore,
        errand: Errand,
        spawn: Callable[[Coroutine[Any, Any, None]], Awaitable[object]],
        pace: Pace,
    ) -> None:
        """`spawn` runs an errand in the background, bounded and ended at shutdown."""
        self._channel = channel
        self._context = context
        self._store = store
        self._errand = errand
        self._spawn = spawn
        self._pace = pace
        self._waiting: deque[Waiting] = deque()
        self._running: set[UUID] = set()
        self._hold: Timer | None = None
        self._look: Timer | None = None
        self._full = False  # the last look found as much as it may take: there is more
        self._down = 0
        self._closing = False

    @property
    def _rests(self) -> bool:
        """Whether nothing is to be begun."""
        return self._closing or self._hold is not None

    async def on_start(self) -> None:
        """Takes up what was left behind."""
        # By a timer, which fires no more while the hub stops: an errand that ends then must not begin others.
        self._look = self._context.timers.after(0.0, self._context.ref, Sweep())

    async def receive(self, mail: Mail) -> object:
        """`Leased`, `Sweep`, `Resume`, `Close`, or `Over` when an errand has ended."""
        match mail.message:
            case Leased(row=row):
                self._enqueue(Waiting(Claimed(row), mail.trace))
            case Over() as over:
                await self._over(over)
            case Resume():
                self._hold = None
                await self._lease_anew()
            case Sweep():
                await self._sweep()
            case Close():
                self._closing = True
            case unexpected:
                log.warning("unknown message", extra={"kind": kinds.COURIER, "message_type": type(unexpected).__name__})
        await self._pump()
        if self._full and len(self._waiting) < self._pace.in_flight:
            await self._sweep()
            await self._pump()
        if self._look is None or not self._look.waiting:
            self._look = self._context.timers.after(self._pace.sweep, self._context.ref, Sweep())
        return None

    async def on_stop(self) -> None:
        """Hands back what was not sent yet."""
        self._waiting.clear()
        try:
            await self._store.release(self._channel)
        except HubError:
            log.warning("leases could not be handed back; they lapse", extra={"channel": self._channel})

    # Taking

    def _enqueue(self, row: Waiting) -> None:
        if len(self._waiting) < WAITING:
            self._waiting.append(row)

    async def _sweep(self) -> None:
        room = WAITING - len(self._waiting)
        if self._rests or room <= 0:
            return
        try:
            found = await self._store.claim(self._channel, min(room, self._pace.claim))
        except HubError:
            log.info("the outbox cannot be read now", extra={"channel": self._channel})
            return
        self._full = len(found) == self._pace.claim
        self._waiting.extend(map(Waiting, found))

    async def _lease_anew(self) -> None:
        """After a pause: leases that are too old to begin under would stand in the way until they lapse."""
        self._waiting.clear()
        try:
            await self._store.release(self._channel)
        except HubError:
            log.info("the outbox cannot be read now", extra={"channel": self._channel})
            return
        await self._sweep()

    async def _over(self, over: Over) -> None:
        begun_here = over.conversation_id in self._running
        self._running.discard(over.conversation_id)
        self._consider(over)
        if over.retry_in is not None:
            self._context.timers.after(over.retry_in + 0.02, self._context.ref, Sweep())
        elif over.more and begun_here and not self._rests:
            try:
                claimed = await self._store.claim_next(over.conversation_id)
            except HubError:
                return  # the sweep finds it
            if claimed is not None:
                self._enqueue(Waiting(claimed))

    # Holding

    def _consider(self, over: Over) -> None:
        """Holds the whole channel when the provider asks for it, longer each time while the channel is down."""
        if over.channel_down:
            if self._hold is None:  # what was under way with the first to fail says nothing new
                self._down += 1
                self._pause(min(2.0**self._down, LONGEST_HOLD))
        elif over.hold_channel:
            self._pause(over.hold_channel)
        elif over.accepted:
            self._down = 0

    def _pause(self, seconds: float) -> None:
        if self._hold is not None:
            self._hold.cancel()
        log.warning("sending is held", extra={"channel": self._channel, "seconds": round(seconds, 1)})
        self._hold = self._context.timers.after(seconds, self._context.ref, Resume())

    # Sending

    async def _pump(self) -> None:
        blocked: list[Waiting] = []
        while not self._rests and self._waiting and len(self._running) < self._pace.in_flight:
            first = self._waiting.popleft()
            conversation_id = first.claimed.row.conversation_id
            if conversation_id in self._running:
                blocked.append(first)
                continue
            self._running.add(conversation_id)
            await self._spawn(self._run(first))
        self._waiting.extendleft(reversed(blocked))

    async def _run(self, first: Waiting) -> None:
        TRACE.set(first.trace)  # else it would go under that of the message whose end made room for this one
        await self._errand.run(first.claimed, self._context.ref)


def kind(
    store: OutboxStore,
    errands: Callable[[str], Errand],
    spawn: Callable[[Coroutine[Any, Any, None]], Awaitable[object]],
    pace: Pace,
) -> Kind:
    """The kind of couriers; the key is the channel's name."""

    def create(key: str, context: Context) -> Courier:
        return Courier(key, context, store, errands(key), spawn, pace)

    return Kind(kinds.COURIER, create, Bound(LIMIT, Policy.REJECT), idle_after=None)
