"""The doors of conversations put together: lists, queues, one, beginning, merging, many at once, drafts, the past."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from attrs import frozen

from actors.kernel import System
from hub.channel import Channel
from hub.conversation.commands import Reply
from hub.draft import Drafts
from hub.ports import BeginningReader, ConversationLists, ConversationReader, HistoryReader, MessageReader
from hub.queue import Queues
from hub.tag import Tags
from hub.team import Teams
from hub.user import Users
from web.conversation import ConversationDoors
from web.conversation_bulk import BulkDoors
from web.conversation_list import ConversationListDoors
from web.conversation_merge import MergeDoors
from web.conversation_patch import Edits
from web.conversation_start import StartDoors
from web.cursors import Cursors
from web.draft import DraftDoors
from web.history import HistoryDoors
from web.message import MessageNew
from web.principal import Principal
from web.queue import QueueDoors
from web.routes import Route
from web.transcript import TranscriptDoors


class Stores(Protocol):
    """What these doors read and write."""

    @property
    def conversations(self) -> ConversationReader: ...
    @property
    def lists(self) -> ConversationLists: ...
    @property
    def queues(self) -> Queues: ...
    @property
    def messages(self) -> MessageReader: ...
    @property
    def beginnings(self) -> BeginningReader: ...
    @property
    def histories(self) -> HistoryReader: ...
    @property
    def drafts(self) -> Drafts: ...
    @property
    def users(self) -> Users: ...
    @property
    def teams(self) -> Teams: ...
    @property
    def tags(self) -> Tags: ...


@frozen
class ConversationsDesk:
    """What these doors stand on. `viewers` tells who else looks at a conversation, `compose` makes a first message."""

    system: System
    stores: Stores
    cursors: Cursors
    clock: Callable[[], datetime]
    channels: Mapping[str, Channel]
    viewers: Callable[[UUID, UUID], list[dict[str, Any]]]
    compose: Callable[[Principal, MessageNew, str, str], Awaitable[Reply]]

    def routes(self) -> list[Route]:
        """All of them."""
        system, stores, cursors, clock = self.system, self.stores, self.cursors, self.clock
        seen, edits = stores.conversations, Edits(stores.users, stores.teams)
        start = StartDoors(system, seen, stores.messages, stores.beginnings, edits, self.channels, self.compose, clock)
        return [
            *ConversationListDoors(stores.lists, cursors).routes(),
            *QueueDoors(stores.queues, cursors).routes(),
            *ConversationDoors(system, seen, edits, stores.drafts, stores.histories, self.viewers, clock).routes(),
            *start.routes(),
            *BulkDoors(system, seen, edits, stores.tags).routes(),
            *MergeDoors(system, seen).routes(),
            *DraftDoors(seen, stores.drafts, clock).routes(),
            *HistoryDoors(seen, stores.histories, cursors).routes(),
            *TranscriptDoors(seen, stores.histories).routes(),
        ]
