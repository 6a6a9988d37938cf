"""Notifications: what somebody is told of personally. They are made in the commit of what they are about."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from attrs import frozen

from hub.clock import rfc3339
from hub.rights import Reader

PREVIEW_LENGTH = 160
"""Characters of a text that a notification shows."""


@frozen
class Kept:
    """For how long notifications are kept: once they were `read`, and at all."""

    read: timedelta = timedelta(days=90)
    unread: timedelta = timedelta(days=180)


class NotificationKind(StrEnum):
    """Why somebody is told."""

    MENTION = "mention"
    TEAM_MENTION = "team_mention"
    ASSIGNED = "assigned"
    ALERT = "alert"


@frozen
class Subject:
    """The conversation that it is about, as a line of a list shows it."""

    id: UUID
    number: int
    customer_name: str | None


@frozen
class RoomSubject:
    """The room that it is about; a direct one has no name."""

    id: UUID
    name: str | None


@frozen
class AlertSubject:
    """The alert that it is about, and what it said then."""

    id: UUID
    title: str


@frozen
class Notification:
    """One person's notification: of a conversation, of a room or of an alert. `actor` is who did it, `{type, id,
    name}`; `text` how the note or the message begins, or what the alert says."""

    id: UUID
    user_id: UUID
    kind: NotificationKind
    created_at: datetime
    actor: dict[str, Any]
    subject: Subject | None = None
    note_id: UUID | None = None
    room: RoomSubject | None = None
    room_message_id: UUID | None = None
    alert: AlertSubject | None = None
    text: str | None = None
    read_at: datetime | None = None


@frozen
class UpTo:
    """All up to one, and that one too."""

    id: UUID


@frozen
class These:
    """Just these."""

    ids: tuple[UUID, ...]


def preview(text: str | None) -> str | None:
    """How a text begins."""
    return text[:PREVIEW_LENGTH] if text else text


def view(notification: Notification) -> dict[str, Any]:
    """The notification as the API and the events show it."""
    about, room = notification.subject, notification.room
    return {
        "id": notification.id,
        "kind": notification.kind,
        "actor": notification.actor,
        "conversation": about and {"id": about.id, "number": about.number, "customer": {"name": about.customer_name}},
        "note_id": notification.note_id,
        "room": room and {"id": room.id, "name": room.name},
        "room_message_id": notification.room_message_id,
        "alert_id": notification.alert and notification.alert.id,
        "text": notification.text,
        "created_at": rfc3339(notification.created_at),
        "read_at": rfc3339(notification.read_at) if notification.read_at else None,
    }


class Notifications(Protocol):
    """Where notifications are kept. Nobody is shown one of what he may not see any more. Every method raises
    Unavailable when the database is away."""

    async def page(
        self, reader: Reader, after: tuple[datetime, UUID] | None, limit: int, *, unread: bool
    ) -> list[Notification]:
        """The reader's, the newest first, beginning after a (moment, id); all, or those he has not read."""

    async def unread(self, reader: Reader) -> int:
        """How many the reader has not read; counted up to `MOST_COUNTED`."""

    async def mark(self, user_id: UUID, which: UpTo | These, *, read: bool) -> None:
        """Makes some of the user's read, or unread again. What is nobody's or somebody else's is left alone."""


MOST_COUNTED = 1000
"""How far unread ones are counted, so that a count stays cheap: a thousand stands for that many or more."""
