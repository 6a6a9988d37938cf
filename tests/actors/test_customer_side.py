"""What customers do, over real actors: be known, write, acknowledge, type."""

from typing import Any
from uuid import UUID

import attrs
import pytest

from actors.customer_side import AT_ONCE, CustomerSide
from actors.kernel.testkit import virtual
from hub.chat_app.inbox import AppCustomer, Inbox
from hub.delivery import DeliveryStatus
from hub.errors import NotFound
from hub.events import Audience
from hub.frame import Frame
from hub.ids import uuid7
from hub.inbound import Identity, IdentityKind, StatusUpdate

CHANNEL = "whatsapp-main"
BO = AppCustomer(CHANNEL, "c-1")


class Around:
    """Everything that the customers' side speaks to but the actors."""

    def __init__(self, replica: Any) -> None:
        self.replica = replica
        self.taken: list[tuple[str, list[StatusUpdate]]] = []
        self.signs: list[Frame] = []
        self.ids: list[str] | None = []
        self.conversation: UUID | None = uuid7()
        outside: Any = self
        self.side = CustomerSide(replica.system, outside, replica.store, outside, outside, outside, replica.clock)

    async def message(self, channel: str, message: Any) -> bool:
        return bool(await self.replica.arrives(message, party=message.party))

    async def take_in(self, channel: str, items: list[StatusUpdate]) -> None:
        self.taken.append((channel, items))

    async def unreached(self, inbox: Inbox, upto: UUID, status: DeliveryStatus, limit: int) -> list[str] | None:
        found = self.ids and self.ids[:limit]
        self.ids = self.ids and self.ids[limit:]
        return found

    async def unread(self, channel: str, upto: str, limit: int) -> list[str]:
        return [upto]

    async def live(self, inbox: Inbox) -> UUID | None:
        return self.conversation

    async def of(self, conversation_id: UUID) -> Audience | None:
        return Audience(uuid7())

    def signal(self, frames: list[Frame]) -> None:
        self.signs += frames


@virtual
async def test_somebody_who_has_written_nothing_is_known_once(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    one, other = Around(new_replica(store)), Around(new_replica(store, number=2))
    assert await one.side.known(BO) is None
    inbox = await one.side.inbox(BO, "Bo", {"plan": "gold"})
    assert await other.side.inbox(BO) == inbox
    assert (len(store.customers), inbox.name) == (1, "Bo")
    message = one.replica.text()
    assert await one.side.say(BO, message_of(message, BO)) is True
    assert await other.side.say(BO, message_of(message, BO)) is False
    assert len(store.customers) == 1
    assert store.conversation().customer.id == inbox.owner


def message_of(message: Any, customer: AppCustomer) -> Any:
    return attrs.evolve(message, party=customer.party())


@virtual
async def test_what_is_new_of_somebody_is_noted_with_and_without_a_conversation(
    new_store: Any, new_replica: Any
) -> None:
    store = new_store()
    around = Around(new_replica(store))
    first = await around.side.inbox(BO)
    second = await around.side.inbox(BO, "Bo")
    assert (first.id, second.name) == (second.id, "Bo")
    await around.side.say(BO, message_of(around.replica.text(), BO))
    await around.side.inbox(BO, "Bo Diaz", {"plan": "gold"})
    assert store.conversation().customer.name == "Bo Diaz"
    known = await around.side.known(BO)
    assert known is not None
    assert known.name == "Bo Diaz"
    assert {i for _, i in store.identities} == {Identity(IdentityKind.APP_ID, "c-1")}


@virtual
async def test_receipts_are_taken_in_portions(new_store: Any, new_replica: Any) -> None:
    around = Around(new_replica(new_store()))
    inbox = Inbox(BO, uuid7())
    around.ids = [str(n) for n in range(AT_ONCE + 5)]
    await around.side.reached(inbox, DeliveryStatus.READ, uuid7())
    assert [(channel, len(items)) for channel, items in around.taken] == [(CHANNEL, AT_ONCE), (CHANNEL, 5)]
    assert {item.status for _, items in around.taken for item in items} == {DeliveryStatus.READ}
    await around.side.was_read(CHANNEL, "m-9")
    assert around.taken[-1][1][0].channel_message_id == "m-9"
    around.ids = None
    with pytest.raises(NotFound):
        await around.side.reached(inbox, DeliveryStatus.READ, uuid7())


@virtual
async def test_typing_is_told_now_and_then_where_there_is_a_conversation(new_store: Any, new_replica: Any) -> None:
    around = Around(new_replica(new_store()))
    inbox = Inbox(BO, uuid7(), "Bo")
    await around.side.typing(inbox)
    await around.side.typing(inbox)
    assert [(sign.type, sign.seq) for sign in around.signs] == [("customer.typing", None)]
    around.conversation = None
    await around.side.typing(Inbox(BO, uuid7()))
    assert len(around.signs) == 1
