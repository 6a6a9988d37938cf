"""Notices: what one person or channel is told of an alert, in the app, by mail, or in a Slack channel.

A notice is written together with its alert and carried until it arrived or was given up.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from attrs import frozen

TRIES = 12
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=30)
"""With these a notice is tried for about three hours and then given up: it is old by then."""


class NoticeChannel(StrEnum):
    """How somebody is told."""

    IN_APP = "in_app"
    EMAIL = "email"
    SLACK = "slack"


@frozen(kw_only=True)
class Notice:
    """One to be carried. `user_id` and `email` are of whom it is for; Slack's is for the channel. `told` is set when it
    is in the app already: its replica died before it could note that."""

    id: UUID
    alert_id: UUID
    channel: NoticeChannel
    user_id: UUID | None
    email: str | None
    title: str
    text: str
    critical: bool
    attempts: int
    created_at: datetime
    told: bool = False


class Carried(StrEnum):
    """How carrying ended: it arrived; not now; never."""

    SENT = "sent"
    RETRY = "retry"
    DEAD = "dead"


@frozen
class Receipt:
    """What came of one try. `problem` is a short word for it, `retry_after` what the other side asked for."""

    carried: Carried
    problem: str | None = None
    retry_after: timedelta = timedelta()


def decided(receipt: Receipt, attempt: int, chance: float) -> tuple[Carried, timedelta]:
    """What follows from the `attempt`-th try (from 1), and after which pause it is tried again. `chance` in [0, 1)."""
    if receipt.carried is not Carried.RETRY:
        return receipt.carried, timedelta()
    if attempt >= TRIES:
        return Carried.DEAD, timedelta()
    bound = min(FIRST_PAUSE * 2 ** min(attempt - 1, 20), LONGEST_PAUSE)
    return Carried.RETRY, max(bound * (0.5 + chance / 2), min(receipt.retry_after, LONGEST_PAUSE))


class NoticeCarrier(Protocol):
    """The way out of one channel."""

    async def carry(self, notice: Notice) -> Receipt:
        """Tries once, bounded in time; raises nothing but Unavailable."""


class NoticeQueue(Protocol):
    """What is to be carried. Every method raises Unavailable when the database is away."""

    async def take(self, limit: int) -> list[Notice]:
        """Those whose turn it is, the oldest first; leased to us for a while."""

    async def settle(self, notice_id: UUID, carried: Carried, pause: timedelta, problem: str | None) -> None:
        """Notes how a try ended."""
