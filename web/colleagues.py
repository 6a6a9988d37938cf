"""The doors of what colleagues have for each other and for their work: tags, notes, notifications, saved replies,
views, rooms."""

from typing import Protocol

from attrs import frozen

from actors.kernel import System
from hub.note import Notes
from hub.notification import Notifications
from hub.ports import ConversationReader, Viewers
from hub.room import Rooms
from hub.saved_reply import SavedReplies
from hub.tag import Tags
from hub.team import Teams
from hub.view import Views
from web.cursors import Cursors
from web.mention import Directory
from web.note import NoteDoors
from web.notification import NotificationDoors
from web.room import RoomDoors
from web.routes import Route
from web.saved_reply import SavedReplyDoors
from web.tag import TagDoors
from web.view import ViewDoors


class Stores(Protocol):
    """What these doors read and write."""

    @property
    def conversations(self) -> ConversationReader: ...
    @property
    def teams(self) -> Teams: ...
    @property
    def viewers(self) -> Viewers: ...
    @property
    def tags(self) -> Tags: ...
    @property
    def notes(self) -> Notes: ...
    @property
    def notifications(self) -> Notifications: ...
    @property
    def saved_replies(self) -> SavedReplies: ...
    @property
    def views(self) -> Views: ...
    @property
    def rooms(self) -> Rooms: ...


@frozen
class Colleagues:
    """What these doors stand on."""

    system: System
    stores: Stores
    cursors: Cursors

    def routes(self) -> list[Route]:
        """All of them."""
        system, stores, cursors = self.system, self.stores, self.cursors
        directory = Directory(stores.viewers, stores.teams)
        return [
            *TagDoors(system, stores.tags, stores.conversations, cursors).routes(),
            *NoteDoors(system, stores.notes, stores.conversations, directory, cursors).routes(),
            *NotificationDoors(stores.notifications, stores.conversations, cursors).routes(),
            *SavedReplyDoors(stores.saved_replies, cursors).routes(),
            *RoomDoors(system, stores.rooms, stores.conversations, directory, cursors).routes(),
            *ViewDoors(stores.views, cursors).routes(),
        ]
