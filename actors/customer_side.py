"""What a Chat App's customer does in the hub: be known, write, say how far they have got, type.

The doors and the socket frames of the customer's side are thin; what they mean is here. It owns nothing: messages and
receipts go the way of every channel's, through the intake.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from actors import kinds
from actors.customer import Introduce, address_key
from actors.intake import Intake
from actors.kernel import System
from actors.session_registry import SessionRegistry
from actors.signals import AudienceCache
from hub.chat_app.inbox import AppCustomer, Inbox
from hub.chat_app.ports import Addresses, Inboxes
from hub.customer import Address
from hub.delivery import DeliveryStatus
from hub.errors import NotFound
from hub.events import Ephemeral, EphemeralType
from hub.frame import ephemeral_frame
from hub.inbound import InboundMessage, StatusUpdate

ASK = 12.0
"""Seconds until somebody who cannot be made known is told to come again."""

AT_ONCE = 200
"""Receipts taken in together; a customer who comes back to more has them taken in one portion after the other."""

TYPING_LASTS = 2.0
"""Seconds within which a customer's typing is not told again."""

TYPING_KEPT = 5_000
"""Inboxes of which that is remembered. Above it the one that typed longest ago is forgotten."""


class CustomerSide:
    """The customers' side of all Chat App channels. Every method raises Unavailable when the database is away."""

    def __init__(
        self,
        system: System,
        intake: Intake,
        addresses: Addresses,
        inboxes: Inboxes,
        audiences: AudienceCache,
        colleagues: SessionRegistry,
        clock: Callable[[], datetime],
    ) -> None:
        self._system = system
        self._intake = intake
        self._addresses = addresses
        self._inboxes = inboxes
        self._audiences = audiences
        self._colleagues = colleagues
        self._clock = clock
        self._typed: OrderedDict[UUID, float] = OrderedDict()

    async def known(self, customer: AppCustomer) -> Inbox | None:
        """The customer's inbox, if the hub has heard of them."""
        identity = customer.party().identities[0]
        known = (await self._addresses.resolve([Address(customer.channel, identity)]))[0]
        return None if known is None else Inbox(customer, known.customer.id, known.customer.name)

    async def inbox(
        self, customer: AppCustomer, name: str | None = None, attributes: dict[str, object] | None = None
    ) -> Inbox:
        """The customer's inbox; they are made known if they are not, and what is new of them is noted."""
        known = await self.known(customer)
        if known is not None and not attributes and name in (None, known.name):
            return known
        party = customer.party(name, attributes)
        ref = self._system.ref(kinds.CUSTOMER, address_key(customer.channel, party))
        owner: UUID = await ref.ask(Introduce(party), timeout=ASK)
        return Inbox(customer, owner, name or (known.name if known else None))

    async def say(self, customer: AppCustomer, message: InboundMessage) -> bool:
        """Stores a message; answers whether it is new."""
        return await self._intake.message(customer.channel, message)

    async def reached(self, inbox: Inbox, status: DeliveryStatus, upto: UUID) -> None:
        """The company's messages up to this one were delivered, or read. Raises NotFound when there is no such."""
        while True:
            ids = await self._inboxes.unreached(inbox, upto, status, AT_ONCE)
            if ids is None:
                raise NotFound("There is no such message.")
            await self._report(inbox.customer.channel, ids, status)
            if len(ids) < AT_ONCE:
                return

    async def was_read(self, channel: str, upto: str) -> None:
        """Somebody of the company has read the customer's messages up to this one."""
        ids = await self._inboxes.unread(channel, upto, AT_ONCE)
        await self._report(channel, ids, DeliveryStatus.READ)

    async def _report(self, channel: str, ids: list[str], status: DeliveryStatus) -> None:
        if ids:
            now = self._clock()
            await self._intake.take_in(channel, [StatusUpdate(id, status, status.value, now) for id in ids])

    async def typing(self, inbox: Inbox) -> None:
        """The customer types: whoever sees the conversation that goes on is told."""
        now = time.monotonic()
        if now - self._typed.get(inbox.id, float("-inf")) < TYPING_LASTS:
            return
        self._typed[inbox.id] = now
        self._typed.move_to_end(inbox.id)
        if len(self._typed) > TYPING_KEPT:
            self._typed.popitem(last=False)
        conversation_id = await self._inboxes.live(inbox)
        audience = await self._audiences.of(conversation_id) if conversation_id is not None else None
        if audience is not None:
            actor = {"type": "customer", "id": str(inbox.owner), "name": inbox.name}
            sign = Ephemeral(EphemeralType.CUSTOMER_TYPING, self._clock(), conversation_id, audience, actor, {})
            self._colleagues.signal([ephemeral_frame(sign)])
