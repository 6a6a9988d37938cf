"""The kinds of actors that a hub is made of, each with what it is given. What is paid, called at back ends and told by
webhooks has its kinds where it is put together."""

from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from attrs import frozen

from actors import (
    conversation,
    courier,
    customer,
    delivery,
    kinds,
    media_fetcher,
    resolver,
    room,
    tag,
    team_queue,
    writer,
)
from actors.kernel import Kind, System
from actors.media_fetch import Fetching
from actors.tuning import tuned
from hub.channel import Channel
from hub.config import Config
from hub.journal import Committed
from hub.media import FileStore, MediaSource, MediaStore, Patience
from hub.outbox import Carrier, OutboxStore, Sent
from hub.ports import ConversationStore, JournalPort, MessageStore, NoteStore, QueueStore
from hub.room import RoomStore
from hub.tag import Retaggings


class Conversations(ConversationStore, QueueStore, Protocol):
    """Conversations, and how many of them wait."""


class Stores(Protocol):
    """What the actors read and write."""

    @property
    def journal(self) -> JournalPort: ...
    @property
    def outbox(self) -> OutboxStore: ...
    @property
    def conversations(self) -> Conversations: ...
    @property
    def messages(self) -> MessageStore: ...
    @property
    def notes(self) -> NoteStore: ...
    @property
    def media(self) -> MediaStore: ...
    @property
    def files(self) -> FileStore: ...
    @property
    def tags(self) -> Retaggings: ...
    @property
    def rooms(self) -> RoomStore: ...


@frozen(kw_only=True)
class Cast:
    """What the actors are given.

    `carriers` and `sources` are each channel's ways out and to its files; sending twice does no more than once on the
    channels that are `repeatable`. `spawn` runs an errand in the background. `publish` is told of each commit; `tried`
    and `fetched` count, by channel.
    """

    config: Config
    system: System
    stores: Stores
    channels: dict[str, Channel]
    carriers: Mapping[str, Carrier]
    repeatable: frozenset[str]
    sources: Mapping[str, MediaSource]
    spawn: Callable[[Coroutine[Any, Any, None]], Awaitable[object]]
    publish: Callable[[Committed], None]
    tried: Callable[[str, Sent, float], None]
    fetched: Callable[[str, str], None]
    clock: Callable[[], datetime]

    def register(self) -> None:
        """Makes the kinds known to the system."""
        for kind in self._kinds():
            self.system.register(tuned(kind, self.config))

    def media_waits(self, channel: str) -> None:
        """A file of the channel is to be fetched."""
        self.system.ref(kinds.MEDIA_FETCHER, channel).tell(media_fetcher.Look())

    def _kinds(self) -> Iterator[Kind]:
        config, stores, clock = self.config, self.stores, self.clock
        tries = config.journal.conflict_retries
        pace = courier.Pace(config.outbox.in_flight, config.outbox.claim_every, config.outbox.claim_batch)
        yield writer.kind(stores.journal, self.publish)
        yield from resolver.reader_kinds(stores.conversations)
        yield team_queue.kind(stores.conversations, clock, config.events.queue_update)
        yield delivery.marker_kind(stores.outbox)
        yield courier.kind(stores.outbox, self._errand, self.spawn, pace)
        yield media_fetcher.kind(stores.media, self._fetching, self.spawn)
        yield conversation.kind(
            conversation.World(stores.messages, stores.notes, self.channels, clock, self.media_waits, tries)
        )
        yield customer.kind(self.channels, clock)
        yield tag.kind(stores.tags)
        yield room.kind(stores.rooms, clock)

    def _errand(self, channel: str) -> delivery.Errand:
        carrier, repeatable = self.carriers[channel], channel in self.repeatable
        return delivery.Errand(self.system, carrier, partial(self.tried, channel), repeatable=repeatable)

    def _fetching(self, channel: str) -> Fetching:
        given = self.config.media
        return Fetching(
            self.system,
            self.stores.media,
            self.stores.files,
            self.sources[channel],
            self.config.outgoing.media_bytes,
            partial(self.fetched, channel),
            Patience(given.tries, given.retry_first, given.retry_most),
        )
