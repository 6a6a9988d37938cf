import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.deliveries import SESSIONS_PER_PASS, Deliveries
from actors.session import Session, SessionLimits
from hub.audience import Viewer
from hub.ids import uuid7
from hub.rights import Role
from tests.actors.realtime_links import MemoryLink

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


class Wires:
    """Implements actors.deliveries.Wires: notes what it is told."""

    def __init__(self) -> None:
        self.left: list[Session] = []
        self.behind: list[Session] = []
        self.delays: list[tuple[str, float]] = []

    def gone(self, session: Session) -> None:
        self.left.append(session)

    def slow(self, session: Session) -> None:
        self.behind.append(session)

    def delayed(self, transport: str, seconds: float) -> None:
        self.delays.append((transport, seconds))


@pytest.fixture
def wires() -> Wires:
    return Wires()


@pytest.fixture
def deliveries(wires: Wires) -> Deliveries:
    return Deliveries(wires, lambda: NOON)


def crowd(size: int, transport: str = "ws") -> tuple[list[Session], list[MemoryLink]]:
    links = [MemoryLink(transport) for _ in range(size)]
    return [Session(Viewer(uuid7(), "Ana", Role.AGENT), link, SessionLimits(frames=3)) for link in links], links


async def written(deliveries: Deliveries) -> None:
    async with asyncio.timeout(10):
        while deliveries.waiting:
            await asyncio.sleep(0)


async def test_what_one_tick_brings_for_one_crowd_is_put_together_once(deliveries: Deliveries) -> None:
    sessions, links = crowd(3)
    streams, others = crowd(2, "sse")
    for data in (b"a", b"b"):
        deliveries.put(sessions, data)
        deliveries.put(streams, data.upper())
    await written(deliveries)
    assert [link.writes for link in links] == [[b"ab"]] * 3
    assert links[0].writes[0] is links[2].writes[0]
    assert [link.writes for link in others] == [[b"AB"]] * 2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(range(5)), st.booleans()), max_size=12))
def test_everybody_gets_his_own_in_order_whatever_the_crowds(puts: Sequence[tuple[int, bool]]) -> None:
    async def run() -> None:
        deliveries = Deliveries(Wires())
        sessions, links = crowd(SESSIONS_PER_PASS + 4)
        streams, heard = crowd(2, "sse")
        crowds = [sessions, sessions[:2], sessions[1:], streams, streams[1:]]
        given: dict[Session, bytes] = dict.fromkeys(sessions + streams, b"")
        for number, (which, pause) in enumerate(puts):
            data = b"%d," % number
            deliveries.put(crowds[which], data)
            for session in crowds[which]:
                given[session] += data
            if pause:
                await asyncio.sleep(0)
        await written(deliveries)
        assert [b"".join(link.writes) for link in links + heard] == list(given.values())

    asyncio.run(run())


async def test_a_crowd_is_written_to_in_passes_and_what_comes_meanwhile_is_joined(deliveries: Deliveries) -> None:
    sessions, links = crowd(SESSIONS_PER_PASS + 10)
    deliveries.put(sessions, b"a")
    await asyncio.sleep(0)
    assert sum(bool(link.writes) for link in links) == SESSIONS_PER_PASS
    deliveries.put(sessions, b"b")
    deliveries.put(sessions, b"c")
    await written(deliveries)
    assert {tuple(link.writes) for link in links} == {(b"a", b"bc")}


async def test_those_who_are_gone_closed_or_slow_do_not_hold_up_the_others(
    deliveries: Deliveries, wires: Wires
) -> None:
    sessions, links = crowd(4)
    links[0].gone = True
    sessions[1].closed = True
    links[2].stuck = True
    deliveries.put(sessions, b"abcd", frames=4)
    await written(deliveries)
    assert [link.writes for link in links] == [[], [], [b"abcd"], [b"abcd"]]
    assert (wires.left, wires.behind) == ([sessions[0]], [sessions[2]])


async def test_the_delay_is_that_of_the_oldest_event_of_each_round(deliveries: Deliveries, wires: Wires) -> None:
    sessions, _ = crowd(SESSIONS_PER_PASS + 1)
    streams, _ = crowd(1, "sse")
    deliveries.put(sessions, b"a", at=NOON - timedelta(seconds=3))
    deliveries.put(sessions, b"b", at=NOON - timedelta(seconds=2))
    await asyncio.sleep(0)
    deliveries.put(streams, b"c", at=NOON - timedelta(seconds=1))
    await written(deliveries)
    assert wires.delays == [("ws", 3.0), ("sse", 1.0)]
    deliveries.put(streams, b"a sign that is no event")
    await written(deliveries)
    assert len(wires.delays) == 2


async def test_nothing_is_done_for_nobody(deliveries: Deliveries) -> None:
    deliveries.put([], b"a", at=NOON)
    assert not deliveries.waiting
