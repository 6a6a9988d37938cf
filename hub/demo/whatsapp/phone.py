"""A customer's phone: the chat with the business, what arrived and was read, and what the app sends."""

import asyncio
from typing import Any

from hub.demo.whatsapp import composition
from hub.demo.whatsapp.chat import Bubble, Chat
from hub.demo.whatsapp.clock import DAY
from hub.demo.whatsapp.envelope import MESSAGES, Update
from hub.demo.whatsapp.identity import Identity
from hub.demo.whatsapp.media import MediaStore
from hub.demo.whatsapp.statuses import Statuses
from hub.demo.whatsapp.surroundings import Surroundings
from hub.demo.whatsapp.webhooks import Webhooks

WINDOW = DAY

Json = dict[str, Any]


class Phone:
    """One person's WhatsApp: addresses, chat, and what the app tells the business."""

    def __init__(
        self, identity: Identity, world: Surroundings, webhooks: Webhooks, media: MediaStore, statuses: Statuses
    ) -> None:
        self.identity = identity
        self.chat = Chat()
        self.window_until = 0.0
        self.blocks_business = False
        self.stopped_marketing = False
        self.read_receipts = True
        self.chat_is_open = False
        self.is_offline = False
        self.last_arrival = 0.0
        self._arrived = asyncio.Event()
        self._world, self._webhooks, self._media, self._statuses = world, webhooks, media, statuses

    # What can be seen

    @property
    def number(self) -> str:
        """The phone number as one dials it, digits only."""
        return self.identity.number

    @property
    def wa_id(self) -> str:
        """The phone number as WhatsApp says it."""
        return self.identity.wa_id

    @property
    def bsuid(self) -> str:
        """The business-scoped user id."""
        return self.identity.bsuid

    @property
    def inbox(self) -> list[Bubble]:
        """What arrived from the business, oldest first."""
        return self.chat.received()

    def bubble(self, wamid: str) -> Bubble:
        """The message with this id, from either side. Raises KeyError."""
        if bubble := self.chat.find(wamid):
            return bubble
        raise KeyError(wamid)

    def window_is_open(self) -> bool:
        """Whether the business may write freely: 24 hours from the customer's last message."""
        return self._world.clock.now() < self.window_until

    def close_window(self) -> None:
        """As if the last message had been written a day ago."""
        self.window_until = 0.0
        self._changed()

    async def next_message(self, after: int, patience: float = 10.0) -> Bubble:
        """Wait until more than `after` messages have arrived; the one behind them. Raises TimeoutError."""
        async with asyncio.timeout(patience):
            while len(self.inbox) <= after:
                self._arrived.clear()
                await self._arrived.wait()
        return self.inbox[after]

    # Reading

    async def open_chat(self, *, stay: bool = False) -> list[str]:
        """Read everything that arrived; `stay` keeps the chat open, so that what arrives is read at once."""
        self.chat_is_open = stay
        unread = [bubble for bubble in self.inbox if bubble.status == "delivered"]
        for bubble in unread:
            self.read(bubble)
        return [bubble.wamid for bubble in unread]

    async def close_chat(self) -> None:
        """Look away."""
        self.chat_is_open = False

    async def play(self, wamid: str) -> None:
        """Listen to a voice note. Raises KeyError."""
        self._report(self.bubble(wamid), "played")

    def read(self, bubble: Bubble) -> None:
        """Read one message; the business is told unless receipts are off."""
        bubble.status = "read"
        if self.read_receipts:
            self._report(bubble, "read", priced=not bubble.priced)
        bubble.priced = True

    def contact(self) -> Json:
        """The element of `contacts[]` as of now."""
        return self.identity.contact(self._world.clock.now())

    def wrote(self, wamid: str) -> bool:
        """Whether this message came from here."""
        bubble = self.chat.find(wamid)
        return bubble is not None and bubble.mine

    def seen_by_business(self, wamid: str) -> None:
        """The business has read this message and with it all earlier ones: blue ticks."""
        for bubble in self.chat.bubbles:
            if bubble.mine:
                bubble.status = "read"
            if bubble.wamid == wamid:
                break
        self._changed()

    # What the app sends

    def write(
        self,
        kind: str,
        content: Any,
        *,
        quote: str | None = None,
        context: Json | None = None,
        extra: Json | None = None,
    ) -> str:
        """Send a message of any type, show it in the chat and open the window. Returns its id."""
        message = self.draft(kind, content, quote=quote, context=context, extra=extra)
        self._emit(message)
        self._world.feed.publish("said", self.number, wamid=message["id"])
        return str(message["id"])

    def draft(
        self,
        kind: str,
        content: Any,
        *,
        quote: str | None = None,
        context: Json | None = None,
        extra: Json | None = None,
    ) -> Json:
        """The same without telling the business: the element of `messages[]`, to be posted in some other way."""
        self.open_window()
        if quote is not None:
            context = {**(context or {}), "from": self._author(quote), "id": quote}
        message = self.compose(kind, content, context=context, extra=extra)
        shown = composition.summary(kind, content)
        now = self._world.clock.now()
        self.chat.add(Bubble(message["id"], True, now, kind, content, context=context, text=shown))
        return message

    def notify(self, kind: str, content: Any, *, context: Json | None = None, extra: Json | None = None) -> str:
        """Tell the business in a message of any type, without a bubble and without opening the window."""
        message = self.compose(kind, content, context=context, extra=extra)
        self._emit(message)
        return str(message["id"])

    def compose(self, kind: str, content: Any, *, context: Json | None = None, extra: Json | None = None) -> Json:
        """The element of `messages[]`, not sent."""
        now = self._world.clock.now()
        sender = self.identity.sender(now)
        if "from" in sender:
            self.identity.phone_contact_at = now
        message: Json = {"context": context} if context else {}
        message |= {**sender, "id": self._world.ids.wamid(self.wa_id, outbound=False)}
        message |= {"timestamp": self._world.clock.timestamp(), "type": kind}
        if content is not None:
            message[kind] = content
        return {**message, **(extra or {})}

    def tell(self, field: str, value: Json, *, with_contact: bool = True) -> None:
        """Send an update of another field than `messages`."""
        contacts = {"contacts": [self.contact()]} if with_contact else {}
        self._webhooks.emit(Update(field, {**contacts, **value}))
        self._changed()

    def open_window(self) -> None:
        """Let the business write freely for 24 hours from now."""
        self.window_until = self._world.clock.now() + WINDOW

    def receive(self, bubble: Bubble) -> None:
        """A message of the business has reached the phone."""
        self.chat.add(bubble)
        self._world.feed.publish("received", self.number, wamid=bubble.wamid)
        self._arrived.set()

    def _emit(self, message: Json) -> None:
        self._webhooks.emit(Update(MESSAGES, {"contacts": [self.contact()], "messages": [message]}))

    def _report(self, bubble: Bubble, status: str, *, priced: bool = False) -> None:
        bubble.status = status
        send = self._world.ledger.send(bubble.wamid)
        self._statuses.report(send, status, self.identity, priced=priced)

    def _author(self, wamid: str) -> str:
        bubble = self.chat.find(wamid)
        return self.wa_id if bubble is not None and bubble.mine else self._world.account.display_phone_number

    def _changed(self) -> None:
        self._world.feed.publish("changed", self.number)
