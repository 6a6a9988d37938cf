"""The streams of the Chat App's customers: what colleagues are told, cut down to what is theirs to see.

Customers have a registry of their own, into which only frames come that were made for one inbox: so no mistake in the
rights of colleagues can tell a customer anything. An event is cut down only when its inbox is being looked into.
"""

import sys
from collections.abc import Iterable, Sequence
from uuid import UUID

import orjson
from attrs import frozen

from actors.event_tail import EventTail
from actors.replay import PAGE, Replayer
from actors.replay_page import Page
from actors.session import CloseCode, Session
from actors.session_registry import SessionRegistry
from hub.audience import Viewer
from hub.chat_app.inbox import Inbox
from hub.chat_app.view import customer_frame
from hub.conversation.customer import LEFT_INBOX
from hub.frame import Frame, event_frame
from hub.ports import EventStore, InboxEvents
from hub.rights import Role

_LEFT = f'"{LEFT_INBOX}":'.encode()


@frozen(kw_only=True)
class InboxViewer(Viewer):
    """A customer at a stream. The registry knows them by their inbox; they have no rights beyond it."""

    inbox: Inbox

    @classmethod
    def of(cls, inbox: Inbox) -> "InboxViewer":
        """Whoever looks into this inbox."""
        return cls(user_id=inbox.id, name="", role=Role.AGENT, inbox=inbox)


class InboxStreams:
    """Hands on to customers what concerns them."""

    def __init__(self, registry: SessionRegistry) -> None:
        self._registry = registry

    def publish(self, frames: Sequence[Frame]) -> None:
        """Durable events. Whoever looks into an inbox that became another one has to come again, and finds that one."""
        for frame in frames:
            if _LEFT in frame.payload:
                self._end(frame)
        told = _for_customers(frame for frame in frames if self._looked_into(frame.audience.inbox_id))
        if told:
            self._registry.publish(told)

    def signal(self, frame: Frame) -> None:
        """A passing sign."""
        if self._looked_into(frame.audience.inbox_id):
            told = _for_customers([frame])
            if told:
                self._registry.signal(told)

    def _end(self, frame: Frame) -> None:
        left = orjson.loads(frame.payload)["data"].get(LEFT_INBOX)
        for session in self._registry.of_user(UUID(left)) if isinstance(left, str) else ():
            self._registry.cut(session, CloseCode.RESTART, retry_after=0.0)

    def _looked_into(self, inbox_id: UUID | None) -> bool:
        return inbox_id is not None and bool(self._registry.of_user(inbox_id))


def _for_customers(frames: Iterable[Frame]) -> list[Frame]:
    return [told for frame in frames if (told := customer_frame(frame)) is not None]


class InboxReplayer(Replayer):
    """Brings customers' sessions up to the tail's cursor: from memory, or reading no other events than their own."""

    def __init__(self, tail: EventTail, store: EventStore, registry: SessionRegistry, inboxes: InboxEvents) -> None:
        # However far behind: of what others wrote meanwhile nothing is read.
        super().__init__(tail, store, registry, most=sys.maxsize)
        self._inboxes = inboxes

    async def _page(self, session: Session, cursor: int) -> Page | None:
        inbox_id = session.viewer.user_id
        kept = self._tail.ring.after(cursor, PAGE)
        if kept:
            return Page(_for_customers(f for f in kept if f.audience.inbox_id == inbox_id), cursor + len(kept))
        upto = self._tail.cursor
        async with self._readers:
            events = await self._inboxes.of_inbox(inbox_id, cursor, upto, PAGE)
        if events is None:
            return None
        reached = events[-1].seq if len(events) == PAGE else upto
        return Page(_for_customers(map(event_frame, events)), reached)
