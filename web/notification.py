"""Notifications: one's own list, and what of it one has read."""

from datetime import datetime
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.clock import from_rfc3339
from hub.errors import Invalid
from hub.notification import NotificationKind, Notifications, These, UpTo, view
from hub.ports import ConversationReader
from hub.rights import Permission
from web import answers
from web.body import query, read
from web.cursors import MOST_CHARACTERS, Cursors
from web.fields import items, number, text
from web.paging import MOST, USUAL
from web.principal import principal
from web.routes import Route, Section


@frozen
class NotificationsAsked:
    """A page of notifications: all, or what is not read."""

    unread: bool = False
    limit: int = number(1, MOST, default=USUAL)
    cursor: str | None = text(most=MOST_CHARACTERS, default=None)


@frozen
class NotificationsRead:
    """What was read: everything up to one (`read_up_to`), or these (`ids`). With `read` false it is new again."""

    read_up_to: UUID | None = None
    ids: tuple[UUID, ...] | None = items(least=1, most=MOST, default=None)
    read: bool = True


@frozen
class NotificationActor:
    """Who did it."""

    type: str
    id: UUID | None
    name: str | None


@frozen
class NotificationCustomer:
    """The customer of the conversation that it is about."""

    name: str | None


@frozen
class NotificationSubject:
    """The conversation that it is about."""

    id: UUID
    number: int
    customer: NotificationCustomer


@frozen
class NotificationRoom:
    """The room that it is about."""

    id: UUID
    name: str | None


@frozen
class NotificationSeen:
    """A notification, of a conversation, a room or an alert. `text` is how the note or the message begins, or what the
    alert says."""

    id: UUID
    kind: NotificationKind
    actor: NotificationActor
    conversation: NotificationSubject | None
    note_id: UUID | None
    room: NotificationRoom | None
    room_message_id: UUID | None
    alert_id: UUID | None
    text: str | None
    created_at: datetime
    read_at: datetime | None


@frozen
class NotificationsSeen:
    """A page of notifications, the newest first, exact at the event number `seq`. `unread` counts all, up to 1,000."""

    data: tuple[NotificationSeen, ...]
    next_cursor: str | None
    unread: int
    seq: int


@frozen
class UnreadSeen:
    """How many are not read, counted up to 1,000."""

    unread: int


@frozen
class NotificationDoors:
    """The doors of notifications."""

    notifications: Notifications
    conversations: ConversationReader
    cursors: Cursors

    async def index(self, request: web.Request) -> web.Response:
        """One's own, the newest first."""
        who, asked = principal(request), query(request, NotificationsAsked)
        listing = f"notifications:{who.user_id}:{asked.unread}"
        after = self.cursors.open(listing, asked.cursor) if asked.cursor else None
        place = (from_rfc3339(after[0]), UUID(after[1])) if after else None
        seq = await self.conversations.head()
        found = await self.notifications.page(who.reader, place, asked.limit + 1, unread=asked.unread)
        page = self.cursors.page(
            listing, found, asked.limit, after=lambda one: (one.created_at.isoformat(), one.id), show=view
        )
        return answers.json({**page, "unread": await self.notifications.unread(who.reader), "seq": seq})

    async def mark(self, request: web.Request) -> web.Response:
        """Says what was read. Raises Invalid unless it is one of both."""
        who, given = principal(request), await read(request, NotificationsRead)
        await self.notifications.mark(who.user_id, _which(given), read=given.read)
        return answers.json(UnreadSeen(await self.notifications.unread(who.reader)))

    def routes(self) -> list[Route]:
        """Everything under `notifications`."""
        route, use = Section("notifications", "/api/v1/notifications").route, Permission.NOTIFICATIONS_USE
        asked, seen = NotificationsAsked, NotificationsSeen
        return [
            route("GET", "", self.index, "My notifications", use, query=asked, returns=seen),
            route("PUT", "", self.mark, "I have read these", use, body=NotificationsRead, returns=UnreadSeen),
        ]


def _which(given: NotificationsRead) -> UpTo | These:
    if (given.read_up_to is None) is (given.ids is None):
        raise Invalid(errors=[{"path": "$", "message": "must name read_up_to or ids"}])
    return UpTo(given.read_up_to) if given.read_up_to is not None else These(given.ids or ())
