"""An endpoint's deliverer, on the replica that holds the endpoint: it makes deliveries of new events and keeps as many
of them on their way as allowed, one at a time per conversation.

The table is the queue; what is at hand here can be lost at any moment. While the receiver is down nearly nothing
happens: after some failures in a row only single tries go out, with pauses.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any
from uuid import UUID

from attrs import frozen

from actors import kinds
from actors.kernel import Actor, Bound, Context, Kind, Mail, Policy
from actors.webhook_errand import Over, WebhookErrand
from hub.errors import HubError
from hub.webhook.dispatch import DispatchStore, Filled, Held
from hub.webhook.endpoint import DisabledReason
from hub.webhook.order import Order
from hub.webhook.retry import RESTS_AFTER

log = logging.getLogger("hub.webhook")

LIMIT = 1_000
"""Notices that may wait; all of one turn lead to one look at the table. Above it they are refused, and the next look
of the keeper finds what they were about."""

AT_HAND = 200
"""Deliveries taken from the table at one look."""

EVENTS = 500
"""Events of the log considered in one commit. After a full page the next is looked at in the next turn."""


@frozen
class Look:
    """There may be something to do."""


@frozen
class Released:
    """The endpoint is not ours any more; what is on its way comes to its end."""


@frozen
class Pace:
    """`in_flight`: deliveries of one endpoint on their way at once. `backlog`: pending ones of an endpoint; above it
    events wait in the log. `longest`: seconds a try takes at most; none is begun that could outlast the lease.
    `patience`: seconds without any success after which the endpoint is disabled."""

    in_flight: int = 8
    backlog: int = 10_000
    longest: float = 15.0
    patience: float = 432_000.0


class Webhook(Actor):
    """Delivers to one endpoint."""

    __slots__ = (
        "_context",
        "_dry",
        "_errand",
        "_failing",
        "_failures",
        "_held",
        "_id",
        "_missed",
        "_order",
        "_pace",
        "_rest_until",
        "_spawn",
        "_store",
        "_unseen",
        "_until",
    )

    def __init__(
        self,
        id: UUID,
        context: Context,
        store: DispatchStore,
        errand: WebhookErrand,
        spawn: Callable[[Coroutine[Any, Any, None]], Awaitable[object]],
        pace: Pace,
        missed: Callable[[int], None],
    ) -> None:
        """`spawn` runs an errand in the background, bounded and ended at shutdown; `missed` counts events that the log
        had dropped before they were read."""
        self._id = id
        self._context = context
        self._store = store
        self._errand = errand
        self._spawn = spawn
        self._pace = pace
        self._missed = missed
        self._order = Order()
        self._held: Held | None = None
        self._until = self._rest_until = 0.0
        self._failures = 0
        self._failing = False
        self._dry = True  # the last look at the table found nothing
        self._unseen: set[UUID] = set()  # lines of which it may hold more than that look showed

    async def receive_batch(self, mails: Sequence[Mail]) -> None:
        """`Held`, `Look`, `Released`, or `Over` when an errand has ended."""
        looks = False
        for mail in mails:
            match mail.message:
                case Held() as held:
                    self._keep(held)
                    looks |= held.due
                case Look():
                    looks = True
                case Released():
                    self._held = None
                    self._order.clear()
                case Over() as over:
                    await self._over(over)
                case unexpected:
                    name = type(unexpected).__name__
                    log.warning("unknown message", extra={"kind": kinds.WEBHOOK, "message_type": name})
        try:
            await self._work(looks=looks)
        except HubError:
            log.info("webhooks wait for the database")

    def _keep(self, held: Held) -> None:
        self._held = held
        self._until = _now() + held.seconds
        self._failing = self._failing or held.failing_since is not None

    # Health

    async def _over(self, over: Over) -> None:
        self._order.over(over.line, settled=over.settled)
        if over.line in self._unseen:
            self._unseen.discard(over.line)
            self._dry = False
        if over.outcome == "delivered":
            await self._succeeded()
        elif over.endpoint_failed:
            await self._failed(over)

    async def _succeeded(self) -> None:
        self._failures = 0
        if self._failing:
            try:
                await self._store.succeeded(self._id)
                self._failing = False
            except HubError:
                log.info("an endpoint's recovery is noted at its next delivery")

    async def _failed(self, over: Over) -> None:
        self._failures += 1
        self._failing = True
        pause = self._errand.retries.rest(self._failures, over.retry_after, self._errand.random)
        self._rest_until = max(self._rest_until, _now() + pause)
        try:
            if over.gone:
                await self._disabled(DisabledReason.GONE)
            elif await self._store.failed(self._id, self._pace.patience):
                await self._disabled(DisabledReason.FAILING)
        except HubError:
            log.info("an endpoint's failure is noted at its next try")

    async def _disabled(self, reason: DisabledReason) -> None:
        if reason is DisabledReason.GONE:
            await self._store.disable(self._id, reason)
        log.warning("a webhook was disabled", extra={"webhook_id": str(self._id), "reason": reason.value})
        self._held = None
        self._order.clear()

    # Working

    @property
    def _room(self) -> int:
        """How many may be begun now."""
        now = _now()
        if self._held is None or now < self._rest_until or now + self._pace.longest > self._until:
            return 0
        most = self._pace.in_flight if self._failures < RESTS_AFTER else 1
        return max(most - len(self._order.busy), 0)

    async def _work(self, *, looks: bool) -> None:
        if looks and self._held is not None:
            self._dry = False
            await self._fill()
        await self._begin()
        if self._room and not self._dry:
            busy = tuple(self._order.busy)
            found = await self._store.due(self._id, busy, AT_HAND)
            self._dry = not found
            lines = Counter(due.line for due in found)
            self._unseen = {*busy, *(line for line, count in lines.items() if count > 1)}
            self._order.refill(found)
            await self._begin()

    async def _fill(self) -> None:
        filled = await self._store.fill(self._id, EVENTS, self._pace.backlog)
        if filled is not None:
            self._tell_missed(filled)
            if filled.read == EVENTS:
                self._context.ref.tell(Look())

    def _tell_missed(self, filled: Filled) -> None:
        if filled.missed:
            self._missed(filled.missed)
            log.warning("events were dropped before a webhook came to them", extra={"webhook_id": str(self._id)})

    async def _begin(self) -> None:
        while self._room and (due := self._order.step()) is not None:
            assert self._held is not None
            await self._spawn(self._errand.run(self._held, due, self._context.ref))


def _now() -> float:
    return asyncio.get_running_loop().time()


def kind(
    store: DispatchStore,
    errand: WebhookErrand,
    spawn: Callable[[Coroutine[Any, Any, None]], Awaitable[object]],
    pace: Pace,
    missed: Callable[[int], None],
) -> Kind:
    """The kind of deliverers; the key is the endpoint's id."""

    def create(key: UUID, context: Context) -> Webhook:
        return Webhook(key, context, store, errand, spawn, pace, missed)

    return Kind(kinds.WEBHOOK, create, Bound(LIMIT, Policy.REJECT), batch=100, idle_after=120.0)
