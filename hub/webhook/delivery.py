"""Deliveries: one event on its way to one endpoint, and how the tries went."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from attrs import frozen

from hub.events import Event

TEST = "webhook.test"
"""The type of a delivery that somebody asked for to see whether it arrives."""

REPLAY_MOST = 10_000
"""Events that one request can have delivered again. The rest takes further requests, from where the answer says."""

EXCERPT = 1024
"""Characters of a receiver's answer that are kept."""


class DeliveryState(StrEnum):
    """What became of a delivery."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


TRANSITIONS: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.PENDING: frozenset({DeliveryState.DELIVERED, DeliveryState.DEAD}),
    DeliveryState.DELIVERED: frozenset({DeliveryState.PENDING}),
    DeliveryState.DEAD: frozenset({DeliveryState.PENDING}),
}
"""A try ends a pending one or leaves it pending; a replay makes one pending again."""


@frozen
class Delivery:
    """A delivery as administrators see it. Its id is the event's, which the receiver sees as `webhook-id`."""

    id: UUID
    seq: int
    type: str
    conversation_id: UUID | None
    state: DeliveryState
    attempts: int
    next_try_at: datetime
    last_try_at: datetime | None
    last_status: int | None
    last_reason: str | None
    latency_ms: int | None
    created_at: datetime
    response: str | None = None


@frozen
class Due:
    """A delivery that may go out. `event` is None when the log does not hold it any more, and for a test.

    Deliveries of one `line` go out one after the other.
    """

    id: UUID
    line: UUID
    seq: int
    type: str
    attempts: int
    created_at: datetime
    event: Event | None


@frozen
class Replayed:
    """How many deliveries were made pending again, and up to which event; `more` when there are further ones."""

    count: int
    last_seq: int
    more: bool


class Deliveries(Protocol):
    """Deliveries for administrators. Every method raises hub.errors.Unavailable when the database is away."""

    async def page(
        self, webhook_id: UUID, state: DeliveryState | None, after: tuple[datetime, UUID] | None, limit: int
    ) -> list[Delivery]:
        """An endpoint's deliveries, the newest first, beginning after a (created_at, id)."""

    async def find(self, webhook_id: UUID, id: UUID) -> Delivery | None:
        """One of them, with what the receiver answered."""

    async def event(self, delivery: Delivery) -> Event | None:
        """What it tells of, while the log holds it."""

    async def again(self, webhook_id: UUID, id: UUID) -> Delivery | None:
        """Makes it pending and due now, with all its tries. None when there is none or its event is gone."""

    async def again_from(self, webhook_id: UUID, start: int | datetime, *, dead_only: bool) -> Replayed:
        """The same for all events that the endpoint is told of, from a number or a moment to its cursor, at most
        REPLAY_MOST."""

    async def test(self, webhook_id: UUID, id: UUID) -> Delivery | None:
        """A new delivery of the type TEST. None when there is no such endpoint."""
