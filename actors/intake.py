"""What a door does with a verified, parsed delivery: it brings every element to its actor and waits until all of it is
stored. Only then may the door say yes.

One bad element never costs the others: what cannot be stored goes to the quarantine, with the rest answered as usual.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar
from uuid import NAMESPACE_OID, UUID, uuid5

import attrs
from attrs import define, field, frozen

from actors import kinds
from actors.customer import Inbound as CustomerInbound
from actors.customer import address_key
from actors.kernel import System
from hub.conversation.commands import Deliver, Item
from hub.conversation.effects import ChannelEvent, Effects
from hub.conversation.receive import Moved
from hub.errors import HubError, Overloaded
from hub.ids import uuid7
from hub.inbound import AccountEvent, Ignored, Inbound, InboundMessage, Party, Quarantined, StatusUpdate
from hub.journal import Change, Orphan, Outcome, Verdict
from hub.ports import Place, Places, Quarantine

log = logging.getLogger("hub.intake")

T = TypeVar("T", Item, StatusUpdate, AccountEvent)

ASK = 12.0
"""Seconds until a delivery that is not stored is refused, to be brought again by the channel."""

MOVES = 3
"""Times a customer's conversation may turn out to be another one before the delivery is refused."""

PLACES = 20_000
"""Sent messages whose conversation is remembered, so that reports on them need no lookup. The oldest are forgotten."""


class Meter(Protocol):
    """Counts what came in."""

    def message(self, channel: str, kind: str) -> None:
        """One element was taken in."""

    def duplicates(self, channel: str, count: int) -> None:
        """So many messages were stored before."""

    def quarantined(self, channel: str, reason: str) -> None:
        """One element was put aside."""


@define
class Sorted:
    """A delivery by what has to be done with its elements."""

    customers: dict[tuple[str, str, str], tuple[Party, list[Item]]] = field(factory=dict)
    reports: list[StatusUpdate] = field(factory=list)
    events: list[AccountEvent] = field(factory=list)
    quarantined: list[Quarantined] = field(factory=list)


@frozen
class Intake:
    """Takes deliveries in. `reference` reads the message's id out of what a report returns to us."""

    system: System
    places: Places
    quarantine: Quarantine
    clock: Callable[[], datetime]
    meter: Meter
    reference: Callable[[str | None], tuple[UUID, int] | None]
    _recent: OrderedDict[str, Place] = field(factory=OrderedDict, init=False)

    async def take_in(self, channel: str, items: Sequence[Inbound]) -> None:
        """Returns when everything is stored. Raises what makes the door refuse the whole delivery: Unavailable,
        Overloaded or a kernel's error; bringing it again is safe."""
        found = self._sort(channel, items)
        work: list[Awaitable[None]] = [
            self._store(channel, group, partial(self._customer, channel, party))
            for party, group in found.customers.values()
        ]
        if found.reports:
            work.append(self._store(channel, found.reports, partial(self._reports, channel)))
        if found.events:
            work.append(self._store(channel, found.events, partial(self._events, channel)))
        work.extend(self._put_aside(channel, item.reason, item.data) for item in found.quarantined)
        if len(work) == 1:
            await work[0]
            return
        failures = [e for e in await asyncio.gather(*work, return_exceptions=True) if isinstance(e, BaseException)]
        if failures:
            raise failures[0]

    async def message(self, channel: str, message: InboundMessage) -> bool:
        """Takes in one message that came alone, and answers whether it is new. Raises what makes the door refuse it:
        nothing is put aside, because its sender is there to be told."""
        self.meter.message(channel, _word(message))
        return await self._customer(channel, message.party, [message]) > 0

    def _sort(self, channel: str, items: Sequence[Inbound]) -> Sorted:
        found = Sorted()
        for item in items:
            self.meter.message(channel, _word(item))
            match item:
                case StatusUpdate():
                    found.reports.append(item)
                case AccountEvent():
                    found.events.append(item)
                case Quarantined():
                    found.quarantined.append(item)
                case Ignored():
                    pass
                case _:
                    _group(found, channel, item)
        for _, group in found.customers.values():
            group.sort(key=lambda item: item.at)
        return found

    async def _store(self, channel: str, items: list[T], store: Callable[[list[T]], Awaitable[object]]) -> None:
        """Has elements stored together. If they cannot be, each is tried alone, and what cannot be stored even so is
        put aside: brought again it would fail again."""
        try:
            await store(items)
        except HubError as error:
            if error.retryable:
                raise
            if len(items) == 1:
                await self._put_aside(channel, "not_storable", attrs.asdict(items[0]))
                return
            for item in items:
                await self._store(channel, [item], store)

    # Customers

    async def _customer(self, channel: str, party: Party, items: list[Item]) -> int:
        """Has a customer's items stored; answers how many messages were new."""
        ref = self.system.ref(kinds.CUSTOMER, address_key(channel, party))
        for attempt in range(MOVES):
            try:
                answer = await ref.ask(CustomerInbound(party, tuple(items), again=attempt > 0), timeout=ASK)
            except Moved:
                continue
            new = answer if isinstance(answer, int) else 0
            self._count(channel, items, new)
            return new
        raise Overloaded("The customer's conversation keeps changing.", retry_after=1)

    def _count(self, channel: str, items: list[Item], new: int) -> None:
        messages = sum(isinstance(item, InboundMessage) for item in items)
        if new < messages:
            self.meter.duplicates(channel, messages - new)

    # Reports

    async def _reports(self, channel: str, updates: list[StatusUpdate]) -> None:
        orphans = await self._deliver(channel, updates)
        if orphans:
            change = Change(uuid7(), Effects(), orphans=tuple(Orphan(channel, update) for update in orphans))
            outcome: Outcome = await self.system.ref(kinds.WRITER, 0).ask(change, timeout=ASK)
            if outcome.verdict is Verdict.KNOWN:
                await self._reports_known_by_now(channel, orphans)

    async def _reports_known_by_now(self, channel: str, updates: list[StatusUpdate]) -> None:
        left = await self._deliver(channel, updates)
        for update in left:
            change = Change(uuid7(), Effects(), orphans=(Orphan(channel, update),))
            outcome: Outcome = await self.system.ref(kinds.WRITER, 0).ask(change, timeout=ASK)
            if outcome.verdict is Verdict.KNOWN:
                await self._deliver(channel, [update])

    async def _deliver(self, channel: str, updates: list[StatusUpdate]) -> list[StatusUpdate]:
        """Brings each report to its message's conversation; returns those whose message is not known."""
        places = await self._find(channel, updates)
        grouped: dict[UUID, list[tuple[UUID, StatusUpdate]]] = {}
        orphans = []
        for update in updates:
            place = places.get(self._key(update)) or places.get(update.channel_message_id)
            if place is None:
                orphans.append(update)
            else:
                grouped.setdefault(place.conversation_id, []).append((place.message_id, update))
        asks = [
            self.system.ref(kinds.CONVERSATION, conversation_id).ask(Deliver(tuple(reports)), timeout=ASK)
            for conversation_id, reports in grouped.items()
        ]
        await asyncio.gather(*asks)
        return orphans

    def _key(self, update: StatusUpdate) -> str:
        referred = self.reference(update.reference)
        return str(referred[0]) if referred else update.channel_message_id

    async def _find(self, channel: str, updates: list[StatusUpdate]) -> dict[str, Place]:
        keys = {self._key(update): update for update in updates}
        found = {key: self._recent[key] for key in keys if key in self._recent}
        missing = [update for key, update in keys.items() if key not in found]
        if missing:
            ids = [referred[0] for update in missing if (referred := self.reference(update.reference))]
            asked = await self.places.place_reports(channel, [u.channel_message_id for u in missing], ids)
            self._remember(asked)
            found |= asked
        return found

    def _remember(self, places: dict[str, Place]) -> None:
        self._recent.update(places)
        while len(self._recent) > PLACES:
            self._recent.popitem(last=False)

    # The rest

    async def _events(self, channel: str, events: list[AccountEvent]) -> None:
        now = self.clock()
        rows = [
            ChannelEvent(
                # The channel repeats itself without ids of its own: the same words are the same event.
                uuid5(NAMESPACE_OID, f"{channel}|{event.field}|{event.event}|{event.data!r}"),
                channel,
                event.field,
                event.event,
                event.data,
                event.at or now,
            )
            for event in events
        ]
        for row in rows:
            log.warning("word about the account", extra={"channel": channel, "field": row.field, "event": row.event})
        effects = Effects(channel_events=rows)
        await self.system.ref(kinds.WRITER, 0).ask(Change(uuid7(), effects), timeout=ASK)

    async def _put_aside(self, channel: str, reason: str, payload: Any) -> None:
        self.meter.quarantined(channel, reason)
        log.warning("quarantined", extra={"channel": channel, "reason": reason})
        await self.quarantine.put(channel, reason, payload)


def _group(found: Sorted, channel: str, item: Item) -> None:
    key = address_key(channel, item.party)
    known = found.customers.get(key)
    if known is None:
        found.customers[key] = (item.party, [item])
        return
    party, items = known
    items.append(item)
    more = tuple(i for i in item.party.identities if i not in party.identities)
    if more or (item.party.name and not party.name):
        party = attrs.evolve(party, identities=party.identities + more, name=party.name or item.party.name)
        found.customers[key] = (party, items)


def _word(item: Inbound) -> str:
    return item.content.type.value if isinstance(item, InboundMessage) else type(item).__name__.lower()
