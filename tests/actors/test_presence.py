import asyncio
from datetime import UTC, datetime

import pytest

from actors import presence
from actors.presence import PORTION, SNAPSHOT, PresenceBoard
from actors.session_registry import SessionRegistry
from hub.audience import Viewer
from hub.ids import uuid7
from hub.presence import Availability, PresenceTable
from hub.rights import Role
from tests.actors.realtime_links import Counts, join

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


async def test_changes_are_told_in_portions_and_only_the_last_of_each_person() -> None:
    counts = Counts()
    registry = SessionRegistry(counts)
    join(registry)
    board = PresenceBoard(registry, lambda: NOON, table=PresenceTable(0.05), gather=0.001)
    people = [Viewer(uuid7(), "Ana", Role.AGENT) for _ in range(SNAPSHOT * 2 + 5)]
    for person in people:
        board.connected(person)
        board.choose(person.user_id, Availability.AWAY, "lunch")
    task = asyncio.create_task(board.run())
    async with asyncio.timeout(10):
        while counts.events["agent.presence"] < len(people):
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.01)
        assert counts.events["agent.presence"] == len(people)
        board.disconnected(people[0].user_id)
        assert board.of(people[0].user_id) is Availability.AWAY
        while counts.events["agent.presence"] == len(people):
            await asyncio.sleep(0.001)
    assert board.of(people[0].user_id) is Availability.OFFLINE
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_newcomer_is_told_of_a_bounded_number() -> None:
    board = PresenceBoard(SessionRegistry(Counts()), lambda: NOON)
    for _ in range(SNAPSHOT + 50):
        board.connected(Viewer(uuid7(), "Ana", Role.AGENT))
    assert len(board.snapshot()) == SNAPSHOT


async def test_of_a_crowd_of_newcomers_a_bounded_number_is_told_as_one_write_per_portion() -> None:
    registry = SessionRegistry(Counts())
    _, link = join(registry)
    board = PresenceBoard(registry, lambda: NOON, gather=0.001)
    for _ in range(SNAPSHOT + 50):
        board.connected(Viewer(uuid7(), "Ana", Role.AGENT))
    assert board.untold == 50
    task = asyncio.create_task(board.run())
    async with asyncio.timeout(10):
        while b"".join(link.writes).count(b"agent.presence") < SNAPSHOT:
            await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(link.writes) == SNAPSHOT / PORTION


def test_who_is_there_is_written_down_once_for_all_who_come() -> None:
    board = PresenceBoard(SessionRegistry(Counts()), lambda: NOON)
    ana = Viewer(uuid7(), "Ana", Role.AGENT)
    board.connected(ana)
    first = board.snapshot()
    assert board.snapshot() is first
    assert b"online" in board.greeting().websocket
    board.choose(ana.user_id, Availability.AWAY)
    assert b"away" in board.snapshot()[0].payload
    assert b"away" in board.greeting().websocket
    board.connected(Viewer(uuid7(), "Ben", Role.AGENT))
    assert len(board.snapshot()) == 2
    assert board.greeting() is board.greeting()
    assert board.greeting().websocket == b"".join(frame.websocket for frame in board.snapshot())
    assert board.greeting().stream == b"".join(frame.stream for frame in board.snapshot())


async def test_what_is_told_to_many_is_followed_by_a_longer_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "DELIVERIES", 10)
    registry = SessionRegistry(Counts())
    _, link = join(registry)
    board = PresenceBoard(registry, lambda: NOON, gather=0.02)
    for _ in range(PORTION + 1):
        board.connected(Viewer(uuid7(), "Ana", Role.AGENT))
    task, time, written = asyncio.create_task(board.run()), asyncio.get_running_loop().time, list[float]()
    async with asyncio.timeout(10):
        while len(written) < 2:
            await asyncio.sleep(0.001)
            written += [time()] * (len(link.writes) - len(written))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert written[1] - written[0] > 0.02 * PORTION / 10 / 2
