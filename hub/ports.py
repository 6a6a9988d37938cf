"""What the domain and its actors ask of the outside. The storage and the doors answer; nobody here imports them."""

from collections.abc import Collection
from typing import Protocol
from uuid import UUID

from attrs import frozen

from hub.audience import Viewer
from hub.events import Audience, Event


@frozen
class LogPosition:
    """Where the event log stands, read in one statement.

    `epoch` names the history that the numbers belong to: it changes when another server, or a standby that may lack
    the last commits, becomes the database. Events up to `trimmed` are no longer kept.
    """

    epoch: str
    head: int
    trimmed: int


class EventStore(Protocol):
    """The event log. Every method raises hub.errors.Unavailable when the database is away."""

    async def position(self) -> LogPosition:
        """Epoch, newest number and what is gone."""

    async def after(self, cursor: int, limit: int) -> list[Event]:
        """The events numbered above the cursor, in order, at most `limit`."""

    async def between(self, cursor: int, upto: int, limit: int) -> list[Event]:
        """The same, but none numbered above `upto`."""


class Viewers(Protocol):
    """Who people are now: rights change while a stream is open."""

    async def current(self, user_ids: Collection[UUID]) -> dict[UUID, Viewer]:
        """The people of these ids with today's role and teams; one that is disabled or gone is missing."""


class Audiences(Protocol):
    """Who may see a conversation now."""

    async def of_conversation(self, conversation_id: UUID) -> Audience | None:
        """Its team and assignee, or None when there is no such conversation."""
