"""A conversation played command by command, as its actor does it but without anything outside."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import attrs
import pytest

from hub.conversation.commands import (
    Author,
    Command,
    Context,
    Item,
    Opening,
    Outcome,
    Receive,
    Reply,
    Rules,
    SendResult,
)
from hub.conversation.effects import Effects, NewEvent
from hub.conversation.state import Conversation, CustomerCard, Desk
from hub.conversation.step import committed, step
from hub.delivery import DeliveryStatus
from hub.ids import uuid7
from hub.inbound import EchoedMessage, Identity, IdentityKind, InboundMessage, Party, StatusUpdate
from hub.message import Content, ContentType, Message

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
MARIA = Party((Identity(IdentityKind.BSUID, "PT.1"), Identity(IdentityKind.WA_ID, "351910000001")), "Maria")
ANA = Author(uuid7(), "Ana")
CARD = CustomerCard(uuid7(), "Maria", "351910000001", NOON)


class Talk:
    """Plays commands on one desk and keeps what they led to. `now` is the hub's clock."""

    def __init__(self, channel_type: str = "whatsapp") -> None:
        self.now = NOON
        self.desk = Desk()
        self.effects = Effects()
        self.events: list[NewEvent] = []
        self.rules = Rules()
        self.author = ANA
        self.party = MARIA
        self.opening = Opening(
            uuid7(), 1001, "c", channel_type, CARD, None, new_customer=True, identities=MARIA.identities
        )
        self._ids = count(1)

    def play(self, command: Command) -> Any:
        """Carries the command out, commits it, and returns the answer."""
        before = self.desk
        desk, self.effects, answer = step(before, command, Context(self.now, uuid7, self.rules))
        self.desk = committed(before, desk, self.effects)
        self.events += self.effects.events
        return answer

    def later(self, **given: float) -> datetime:
        self.now += timedelta(**given)
        return self.now

    @property
    def conversation(self) -> Conversation:
        assert self.desk.conversation is not None
        return self.desk.conversation

    def change(self, **fields: Any) -> None:
        """Makes the conversation other than it is."""
        self.desk = attrs.evolve(self.desk, conversation=attrs.evolve(self.conversation, **fields))

    @property
    def thread(self) -> list[Message]:
        return sorted(self.desk.messages.values(), key=lambda message: message.seq)

    @property
    def last(self) -> Message:
        return self.thread[-1]

    def told(self) -> list[str]:
        """The types of the last command's events."""
        return [str(event.type) for event in self.effects.events]

    # The customer

    def receive(self, *items: Item, **given: Any) -> Any:
        return self.play(Receive(items, self.opening, **given))

    def inbound(self, text: str = "Olá", at: datetime | None = None, **given: Any) -> InboundMessage:
        wamid = given.pop("wamid", f"wamid.in.{next(self._ids)}")
        content = given.pop("content", Content(ContentType.TEXT, text))
        return InboundMessage(wamid, MARIA, at or self.now, content, **given)

    def echo(self, text: str = "from the phone", at: datetime | None = None, **given: Any) -> EchoedMessage:
        wamid = given.pop("wamid", f"wamid.in.{next(self._ids)}")
        return EchoedMessage(wamid, MARIA, at or self.now, Content(ContentType.TEXT, text), **given)

    def arrives(self, text: str = "Olá", at: datetime | None = None, **given: Any) -> Message:
        self.receive(self.inbound(text, at, **given))
        return self.last

    # The company

    def reply(self, text: str = "Bom dia", **given: Any) -> Message:
        given = {"client_id": uuid7(), "author": ANA, "kind": "text", "text": text, **given}
        answer: Message = self.play(Reply(**given))
        return answer

    def result(self, message: Message, outcome: Outcome = Outcome.ACCEPTED, **given: Any) -> SendResult:
        """The courier's word on a message's newest attempt."""
        if outcome is Outcome.ACCEPTED:
            given.setdefault("provider_id", f"wamid.out.{message.seq}.{message.attempt}")
        return SendResult(uuid7(), message.id, message.attempt, outcome, token=uuid7(), **given)

    def report(
        self, message: Message, status: DeliveryStatus | None, attempt: int | None = None, **given: Any
    ) -> tuple[UUID, StatusUpdate]:
        """The channel's word on a message: of this attempt, by reference; by its id alone when `attempt` is 0."""
        attempt = message.attempt if attempt is None else attempt
        reference = f"h1:{message.id}:{attempt}" if attempt else None
        wamid = given.pop("wamid", f"wamid.out.{message.seq}.{attempt or message.attempt}")
        raw = given.pop("raw", status.value if status else "invented")
        return message.id, StatusUpdate(wamid, status, raw, given.pop("at", self.now), reference=reference, **given)


@pytest.fixture
def talk() -> Talk:
    """A conversation that has not begun."""
    return Talk()


@pytest.fixture(scope="session")
def new_talk() -> type[Talk]:
    """Makes conversations."""
    return Talk
