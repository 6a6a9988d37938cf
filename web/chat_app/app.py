"""The Chat App's side of the hub, put together: its channels' way out, its customers' streams, its doors."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from actors.customer_side import CustomerSide
from actors.event_tail import EventTail
from actors.inbox_streams import InboxReplayer, InboxStreams
from actors.intake import Intake
from actors.kernel import System
from actors.session_registry import SessionRegistry
from actors.signals import AudienceCache
from hub.chat_app.ports import Addresses, Inboxes, InboxTickets
from hub.config import ChatAppChannel
from hub.frame import Frame
from hub.ports import EventStore, InboxEvents
from web.chat_app.access import ChatAccess, ChatLine
from web.chat_app.carrier import ChatAppCarrier
from web.chat_app.entry import EntryDoors
from web.chat_app.media import ChatMediaDoors
from web.chat_app.messages import ChatMessageDoors
from web.chat_app.receipts import ReceiptDoors
from web.chat_app.stream import Customers, InboxGate
from web.key_access import KeyAccess
from web.media import MediaDoors
from web.realtime import Realtime, StreamSettings
from web.realtime_metrics import RealtimeMetrics
from web.routes import Route

STREAMS = ("/chat/v1/ws", "/chat/v1/events")
"""Where the customers' streams are: the WebSocket and the event stream."""


class Log(EventStore, InboxEvents, Protocol):
    """The event log, as colleagues and as customers have it."""


class Stores(Protocol):
    """What the Chat App reads and writes."""

    @property
    def conversations(self) -> Addresses: ...
    @property
    def events(self) -> Log: ...
    @property
    def inboxes(self) -> Inboxes: ...
    @property
    def inbox_tickets(self) -> InboxTickets: ...


class ChatApp:
    """All Chat App channels of this replica. Without one there are no doors, and nobody is at a stream."""

    def __init__(
        self,
        channels: Mapping[str, ChatAppChannel],
        system: System,
        stores: Stores,
        intake: Intake,
        audiences: AudienceCache,
        colleagues: SessionRegistry,
        metrics: RealtimeMetrics,
        clock: Callable[[], datetime],
    ) -> None:
        """`colleagues` are the sessions of agents, who are told when a customer types."""
        self._channels, self._stores, self._metrics, self._clock = channels, stores, metrics, clock
        self._registry = SessionRegistry(metrics, clock)
        self._streams = InboxStreams(self._registry)
        self._realtime: Realtime | None = None
        self.side = CustomerSide(system, intake, stores.conversations, stores.inboxes, audiences, colleagues, clock)
        self.carriers = {name: ChatAppCarrier(name, self.side.was_read) for name in channels}
        """The way out of each channel."""

    # What colleagues are told

    def publish(self, frames: Sequence[Frame]) -> None:
        """Durable events: customers are told what is theirs to see."""
        self._streams.publish(frames)

    def signal(self, frame: Frame) -> None:
        """A passing sign of a colleague's."""
        self._streams.signal(frame)

    def reset(self, reason: str, seq: int) -> None:
        """The log does not go on from where it was: customers fetch afresh too."""
        self._registry.reset(reason, seq)

    # Doors

    def routes(self, tail: EventTail, keys: KeyAccess, media: MediaDoors, settings: StreamSettings) -> list[Route]:
        """The doors and the streams; `keys` checks the app's back end."""
        if not self._channels:
            return []
        access = ChatAccess({name: ChatLine.of(name, given) for name, given in self._channels.items()}, keys)
        inboxes = self._stores.inboxes
        self._realtime = self._make_realtime(access, tail, settings)
        routes = [
            *EntryDoors(access, self.side, self._stores.inbox_tickets).routes(),
            *ChatMessageDoors(access, self.side, inboxes, self._clock).routes(),
            *ReceiptDoors(access, self.side).routes(),
            *ChatMediaDoors(access, self.side, inboxes, media).routes(),
            *self._realtime.routes(),
        ]
        return [*routes, *_preflights(access, {route.path for route in routes})]

    def _make_realtime(self, access: ChatAccess, tail: EventTail, settings: StreamSettings) -> Realtime:
        log = self._stores.events
        return Realtime(
            InboxGate(access, self.side, self._stores.inbox_tickets),
            tail,
            self._registry,
            InboxReplayer(tail, log, self._registry, log),
            Customers(self.side),
            self._metrics,
            self._clock,
            settings,
            STREAMS,
        )

    async def drain(self, spread: float) -> None:
        """Sends customers elsewhere within `spread` seconds."""
        if self._realtime is not None:
            await self._realtime.drain(spread)


def _preflights(access: ChatAccess, paths: Iterable[str]) -> list[Route]:
    """Browsers ask first whether a page of another origin may."""
    return [
        Route(
            method="OPTIONS",
            path=path,
            handler=access.preflight,
            summary="May this page ask?",
            permission=None,
            hidden=True,
            tags=("chat app",),
        )
        for path in sorted(paths)
    ]
