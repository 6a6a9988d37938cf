"""The two readers: one query for all who wait."""

import asyncio
from typing import Any

import pytest

from actors import kinds
from actors.kernel.testkit import virtual, virtual_system
from actors.resolver import Resolve, first_known, reader_kinds
from hub.conversation.state import CustomerCard, Status
from hub.customer import Address, Known
from hub.errors import Unavailable
from hub.ids import uuid7
from hub.inbound import Identity, IdentityKind


def address(n: int) -> Address:
    return Address("whatsapp-main", Identity(IdentityKind.WA_ID, str(n)))


def known(status: Status | None) -> Known:
    card = CustomerCard(uuid7(), None, None, None)  # type: ignore[arg-type]
    return Known(card, uuid7() if status else None, status)


class Store:
    """Answers by table, and counts."""

    def __init__(self, table: dict[Address, Known]) -> None:
        self.table = table
        self.asked: list[int] = []
        self.away = False

    async def resolve(self, addresses: Any) -> list[Known | None]:
        await asyncio.sleep(0.01)
        if self.away:
            raise Unavailable
        self.asked.append(len(addresses))
        return [self.table.get(a) for a in addresses]

    async def openings(self, teams: Any) -> list[tuple[int, None]]:
        self.asked.append(-len(teams))
        return [(1001 + n, None) for n, _ in enumerate(teams)]

    async def load(self, ids: Any) -> dict[Any, Any]:
        await asyncio.sleep(0.01)
        if self.away:
            raise Unavailable
        self.asked.append(len(ids))
        return {wanted: f"desk of {wanted}" for wanted in ids if wanted != "unknown"}


@virtual
async def test_who_waits_is_answered_with_one_query_and_numbers_go_to_who_needs_one() -> None:
    live, closed = known(Status.OPEN), known(Status.CLOSED)
    store, system = Store({address(1): live, address(2): closed}), virtual_system()
    for kind in reader_kinds(store):  # type: ignore[arg-type]
        system.register(kind)
    ref = system.ref(kinds.RESOLVER, 0)
    first = ref.ask_nowait(Resolve((address(9),), ""), timeout=5)
    await asyncio.sleep(0.001)
    answers = await asyncio.gather(
        *(ref.ask(Resolve(tuple(map(address, asked)), ""), timeout=5) for asked in ((1,), (2, 3), (4,)))
    )
    await first
    assert [answer.known for answer in answers] == [(live,), (closed, None), (None,)]
    assert [answer.number for answer in answers] == [None, 1001, 1002]
    assert store.asked == [1, -1, 4, -2]


@virtual
async def test_whom_the_first_known_address_names_decides_whether_a_number_is_needed() -> None:
    """Two addresses of one delivery may be two people's: then the second one's conversation is not meant."""
    closed, live = known(Status.CLOSED), known(Status.OPEN)
    store, system = Store({address(1): closed, address(2): live}), virtual_system()
    for kind in reader_kinds(store):  # type: ignore[arg-type]
        system.register(kind)
    answer = await system.ref(kinds.RESOLVER, 0).ask(Resolve((address(1), address(2)), ""), timeout=5)
    assert (first_known(answer.known), answer.number) == (closed, 1001)


@virtual
async def test_desks_are_loaded_together_and_a_missing_database_is_everybodys() -> None:
    store, system = Store({}), virtual_system()
    for kind in reader_kinds(store):  # type: ignore[arg-type]
        system.register(kind)
    ref = system.ref(kinds.LOADER, 0)
    answers = await asyncio.gather(*(ref.ask(key, timeout=5) for key in ("a", "unknown", "b")))
    assert answers == ["desk of a", None, "desk of b"]
    store.away = True
    for name, question in ((kinds.LOADER, "a"), (kinds.RESOLVER, Resolve((address(1),), ""))):
        with pytest.raises(Unavailable):
            await system.ref(name, 0).ask(question, timeout=5)
    store.away = False
    assert await ref.ask("a", timeout=5) == "desk of a"
