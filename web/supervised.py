"""Supervision put together: dead letters done again, alerts looked for, and notices carried, beside everything else."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Protocol

from attrs import Factory, define

from actors.chores import every
from actors.kernel import System
from actors.notifier import InAppCarrier, Notifier
from actors.redrive import Redrive
from hub.config import Config
from hub.dead_letter import RedriveQueue, Redriver
from hub.notice import NoticeCarrier, NoticeChannel, NoticeQueue
from web import outgoing_guard
from web.notice_mail import MailCarrier, MailServer
from web.notice_slack import SlackCarrier
from web.supervision_metrics import SupervisionMetrics
from web.webhook_sender import WebhookSender

LOOK = 5.0
"""Seconds between looks for alerts."""

SENDER = "hub@localhost"
"""From whom mail comes where the configuration does not say it; production wants it said."""

CARRY = 1.0
"""Seconds between looks for notices and for letters to be done again."""


class LetterStore(RedriveQueue, Protocol):
    """Dead letters, as supervision needs them."""

    async def added(self, since: datetime | None) -> tuple[datetime, dict[str, int]]: ...
    async def depth(self) -> dict[str, int]: ...


class AlertStore(Protocol):
    """Alerts, as supervision needs them."""

    async def look(self, now: datetime) -> Any: ...
    async def firing(self) -> dict[str, int]: ...


class NoticeStore(NoticeQueue, Protocol):
    """Notices, as supervision needs them."""

    async def waiting(self) -> dict[str, int]: ...


class Stores(Protocol):
    """What supervision reads and writes."""

    @property
    def dead_letters(self) -> LetterStore: ...
    @property
    def alerts(self) -> AlertStore: ...
    @property
    def notices(self) -> NoticeStore: ...


@define
class Supervision:
    """What runs beside the actors. `redrivers` (by integration and operation) are added by those who know an operation.
    Letters are put down in commits of others, so what was added is found by looking."""

    stores: Stores
    figures: SupervisionMetrics
    clock: Callable[[], datetime]
    carriers: Mapping[NoticeChannel, NoticeCarrier]
    redrivers: dict[tuple[str, str], Redriver] = Factory(dict)
    _counted: datetime | None = None

    async def run(self) -> None:
        """Until cancelled."""
        stores = self.stores
        redrive = Redrive(stores.dead_letters, self.redrivers, CARRY, self.figures.redriven)
        notifier = Notifier(stores.notices, self.carriers, random.random, self.figures.carried)
        async with asyncio.TaskGroup() as group:
            group.create_task(redrive.run())
            group.create_task(every(LOOK, self._look))
            group.create_task(every(CARRY, notifier.look))
            group.create_task(every(LOOK, self._gauge))

    async def _look(self) -> None:
        await self.stores.alerts.look(self.clock())

    async def _gauge(self) -> None:
        stores = self.stores
        self._counted, added = await stores.dead_letters.added(self._counted)
        self.figures.added(added)
        letters, firing = await stores.dead_letters.depth(), await stores.alerts.firing()
        self.figures.stand(letters, firing, await stores.notices.waiting())


@asynccontextmanager
async def opened(
    config: Config, system: System, stores: Stores, figures: SupervisionMetrics, clock: Callable[[], datetime]
) -> AsyncIterator[Supervision]:
    """Supervision with the ways out that are configured."""
    async with outgoing_guard.session(guarded=False) as session:
        sender = WebhookSender(session, config.outgoing.total, clock)
        carriers: dict[NoticeChannel, NoticeCarrier] = {NoticeChannel.IN_APP: InAppCarrier(system, clock)}
        given = config.notify
        if given.slack.webhook_url:
            carriers[NoticeChannel.SLACK] = SlackCarrier(sender, given.slack.webhook_url.reveal())
        if given.email.smtp_url:
            carriers[NoticeChannel.EMAIL] = MailCarrier(
                MailServer.of(given.email.smtp_url.reveal()), given.email.from_ or SENDER
            )
        yield Supervision(stores, figures, clock, carriers)
