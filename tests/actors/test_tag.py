"""Carrying a tag's new name to the conversations."""

import asyncio
from typing import Any
from uuid import UUID

from attrs import define, field

from actors import kinds, tag
from actors.kernel.testkit import virtual
from hub.conversation.commands import AddTag, Author
from hub.errors import Unavailable
from hub.ids import uuid7
from hub.inbound import Identity, IdentityKind, Party
from hub.tag import Retagging

ANA = Author(uuid7(), "Ana")


@define
class Noted:
    """What is noted, over the conversations of a store. `away` refuses everything."""

    store: Any
    left: list[Retagging] = field(factory=list)
    away: bool = False
    looks: int = 0

    async def pending(self) -> list[Retagging]:
        self.looks += 1
        if self.away:
            raise Unavailable
        return list(self.left)

    async def carriers(self, name: str, limit: int) -> list[UUID]:
        return [c.id for c in self.store.conversations.values() if name in c.tags][:limit]

    async def settle(self, retagging_id: UUID) -> None:
        self.left = [retagging for retagging in self.left if retagging.id != retagging_id]


async def tagged(replica: Any, count: int) -> None:
    for number in range(count):
        party = Party((Identity(IdentityKind.WA_ID, f"35191{number:07}"),), "Maria")
        await replica.arrives(replica.text(), party=party)
    for conversation_id in list(replica.store.conversations):
        await replica.ask(AddTag(ANA, "vip"), conversation_id)


@virtual
async def test_every_conversation_gets_the_new_name_in_portions(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica, noted = new_replica(store, couriers=False), Noted(store)
    replica.register(tag.kind(noted))
    await tagged(replica, tag.PORTION * 2 + 7)
    noted.left = [Retagging(uuid7(), "vip", "gold", ANA.id, ANA.name)]
    for _ in range(5):
        replica.system.ref(kinds.RETAGGER, 0).tell(tag.Look())
    await asyncio.sleep(tag.AGAIN - 1)
    assert {conversation.tags for conversation in store.conversations.values()} == {("gold",)}
    assert noted.left == []
    told = [event for event in store.events if event.data.get("conversation", {}).get("tags") == ("gold",)]
    assert len(told) == tag.PORTION * 2 + 7
    assert {event.actor["name"] for event in told} == {"Ana"}


@virtual
async def test_while_the_database_is_away_it_waits_and_then_it_is_done(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica, noted = new_replica(store, couriers=False), Noted(store)
    replica.register(tag.kind(noted))
    await tagged(replica, 1)
    noted.left, noted.away = [Retagging(uuid7(), "vip", None, ANA.id, ANA.name)], True
    replica.system.ref(kinds.RETAGGER, 0).tell(tag.Look())
    await asyncio.sleep(1)
    store.away, noted.away = True, False
    await asyncio.sleep(tag.AGAIN * 2)
    assert store.conversation().tags == ("vip",)
    store.away = False
    await asyncio.sleep(tag.ASK + tag.AGAIN * 2)
    assert store.conversation().tags == ()


@virtual
async def test_it_looks_by_itself_and_no_more_often_for_being_told(new_store: Any, new_replica: Any) -> None:
    noted = Noted(new_store())
    replica = new_replica(noted.store, couriers=False)
    replica.register(tag.kind(noted))
    for _ in range(10):
        replica.system.ref(kinds.RETAGGER, 0).tell(tag.Look())
        await asyncio.sleep(1)
    before = noted.looks
    await asyncio.sleep(tag.EVERY * 3)
    assert noted.looks == before + 3
