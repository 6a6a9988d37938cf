"""Endpoints: the addresses of others that are told of events, and of which events each is told."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from attrs import frozen

from hub.events import EventType

MOST = 100
"""Endpoints of a hub. One more is refused: each is looked after every second."""

OVERLAP = 86_400.0
"""Seconds for which a secret that was replaced goes on signing, beside the new one."""

PRIVATE = frozenset({"conversation.read", "internal.message", "notification.created"})
"""Events that concern single people; no endpoint can ask for them."""


class DisabledReason(StrEnum):
    """Why the hub itself has disabled an endpoint."""

    GONE = "gone"
    """It answered 410."""
    FAILING = "failing"
    """Nothing has succeeded for days."""


@frozen
class Endpoint:
    """An endpoint as its administrators see it. `cursor` is the number of the last event it was considered for."""

    id: UUID
    url: str
    description: str
    event_types: tuple[str, ...]
    team_id: UUID | None
    enabled: bool
    disabled_reason: DisabledReason | None
    disabled_at: datetime | None
    failing_since: datetime | None
    previous_until: datetime | None
    cursor: int
    version: int
    created_at: datetime
    updated_at: datetime


@frozen(kw_only=True)
class Wanted:
    """What an endpoint is to be."""

    url: str
    description: str
    event_types: tuple[str, ...]
    team_id: UUID | None
    enabled: bool


def offered() -> tuple[str, ...]:
    """The types of events that an endpoint can ask for."""
    return tuple(each.value for each in EventType if each.value not in PRIVATE)


class Endpoints(Protocol):
    """Where endpoints are kept. Every method raises hub.errors.Unavailable when the database is away."""

    async def page(self, after: tuple[datetime, UUID] | None, limit: int) -> list[Endpoint]:
        """Endpoints, the oldest first, beginning after a (created_at, id)."""

    async def find(self, webhook_id: UUID) -> Endpoint | None:
        """The endpoint, if there is one."""

    async def create(self, wanted: Wanted, secret: str) -> Endpoint:
        """A new one, told of what happens from now on. Raises hub.errors.Invalid above MOST."""

    async def change(self, webhook_id: UUID, version: int | None, wanted: Wanted) -> Endpoint:
        """Makes it so. Raises hub.errors.NotFound, StaleVersion (unless `version` is None)."""

    async def rotate(self, webhook_id: UUID, secret: str, overlap: float) -> Endpoint:
        """Gives it a new secret; the one before signs for `overlap` seconds more. Raises hub.errors.NotFound."""

    async def delete(self, webhook_id: UUID) -> None:
        """Removes it with its deliveries. Raises hub.errors.NotFound."""
