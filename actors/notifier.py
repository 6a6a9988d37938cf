"""Carries notices: takes those whose turn it is and hands each to the way out of its channel.

The table says what is to be carried, over all replicas. A replica that dies loses its leases after a while, and what it
had in hand is carried by another.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from attrs import frozen

from actors import kinds
from actors.kernel import KernelError, System
from hub.conversation.effects import Effects, NewEvent
from hub.errors import HubError, Unavailable
from hub.events import Audience, EventType
from hub.ids import uuid7
from hub.journal import Change
from hub.notice import Carried, Notice, NoticeCarrier, NoticeChannel, NoticeQueue, Receipt, decided
from hub.notification import AlertSubject, Notification, NotificationKind, view

log = logging.getLogger("hub.notices")

AT_ONCE = 20
"""Notices carried at once; the rest waits for the next look."""

LONGEST = 30.0
"""Seconds that a try may take; above it it is made again later. Shorter than the lease."""

ASK = 10.0
"""Seconds to wait for the journal."""

ACTOR = {"type": "system", "id": None, "name": None}

UNKNOWN = Receipt(Carried.DEAD, "not_configured")
"""The channel was configured when the notice was written and is no more."""


class Notifier:
    """Takes and carries, until cancelled."""

    def __init__(
        self,
        queue: NoticeQueue,
        carriers: Mapping[NoticeChannel, NoticeCarrier],
        random: Callable[[], float],
        carried: Callable[[NoticeChannel, Carried], None],
    ) -> None:
        """`random` gives [0, 1). `carried` is told of each try."""
        self._queue, self._carriers = queue, carriers
        self._random, self._carried = random, carried

    async def look(self) -> None:
        """Carries all whose turn it is. Raises Unavailable when the database is away."""
        while taken := await self._queue.take(AT_ONCE):
            await asyncio.gather(*map(self._carry, taken))

    async def _carry(self, notice: Notice) -> None:
        receipt = await self._tried(notice)
        carried, pause = decided(receipt, notice.attempts + 1, self._random())
        if carried is Carried.DEAD:
            log.warning(
                "a notice was given up",
                extra={"notice_id": str(notice.id), "channel": notice.channel.value, "reason": receipt.problem},
            )
        self._carried(notice.channel, carried)
        await self._queue.settle(notice.id, carried, pause, receipt.problem)

    async def _tried(self, notice: Notice) -> Receipt:
        carrier = self._carriers.get(notice.channel)
        if carrier is None:
            return UNKNOWN
        try:
            async with asyncio.timeout(LONGEST):
                return await carrier.carry(notice)
        except TimeoutError:
            return Receipt(Carried.RETRY, "timeout")
        except Unavailable:
            return Receipt(Carried.RETRY, "unavailable")


@frozen
class InAppCarrier:
    """Tells somebody in the app: a notification, and the event of it, through the journal. The notification has the
    notice's id, so that one that is there already is not made again."""

    system: System
    clock: Callable[[], datetime]

    async def carry(self, notice: Notice) -> Receipt:
        """Writes it. Raises Unavailable."""
        if notice.told or notice.user_id is None:
            return Receipt(Carried.SENT)
        try:
            await self.system.ref(kinds.WRITER, 0).ask(told(notice, self.clock()), timeout=ASK)
        except (KernelError, HubError):
            return Receipt(Carried.RETRY, "unavailable")
        return Receipt(Carried.SENT)


def told(notice: Notice, now: datetime) -> Change:
    """The change that tells somebody of an alert in the app."""
    assert notice.user_id is not None
    notification = Notification(
        id=notice.id,
        user_id=notice.user_id,
        kind=NotificationKind.ALERT,
        created_at=now,
        actor=ACTOR,
        alert=AlertSubject(notice.alert_id, notice.title),
        text=notice.title,
    )
    audience, shown = Audience(user_id=notice.user_id), {"notification": view(notification)}
    event = NewEvent(uuid7(), EventType.NOTIFICATION_CREATED, now, audience, shown, actor=ACTOR)
    return Change(notice.id, Effects(notifications=[notification], events=[event]))
