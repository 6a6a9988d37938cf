import asyncio
from collections.abc import Collection
from uuid import UUID

import pytest

from actors import rights_watch
from actors.rights_watch import RightsWatch
from actors.session import CloseCode
from actors.session_registry import SessionRegistry
from hub.audience import Viewer
from hub.errors import Unavailable
from hub.ids import uuid7
from hub.rights import Role
from tests.actors.realtime_links import Counts, join

ANA, SIGN_IN, TEAM = uuid7(), uuid7(), uuid7()


class People:
    """Implements hub.ports.Viewers over what a test writes down."""

    def __init__(self) -> None:
        self.now = {ANA: Viewer(ANA, "Ana", Role.AGENT)}
        self.ended: set[UUID] = set()
        self.away = False
        self.asked = 0

    async def outdated(self, streams: Collection[tuple[Viewer, UUID | None]]) -> set[UUID]:
        self.asked += 1
        if self.away:
            raise Unavailable
        return {
            viewer.user_id
            for viewer, sign_in in streams
            if viewer != self.now.get(viewer.user_id) or sign_in in self.ended
        }

    async def current(self, user_ids: Collection[UUID]) -> dict[UUID, Viewer]:
        return {user_id: self.now[user_id] for user_id in user_ids if user_id in self.now}

    async def signed_in(self, sign_ins: Collection[UUID]) -> set[UUID]:
        return set(sign_ins) - self.ended


@pytest.fixture
def registry() -> SessionRegistry:
    return SessionRegistry(Counts())


@pytest.fixture
def people() -> People:
    return People()


async def test_unchanged_rights_leave_streams_alone(registry: SessionRegistry, people: People) -> None:
    _, link = join(registry, user_id=ANA, sign_in=SIGN_IN)
    await RightsWatch(registry, people).look()
    await asyncio.sleep(0)
    assert (link.code, link.writes) == (None, [])


async def test_new_teams_take_effect(registry: SessionRegistry, people: People) -> None:
    session, _ = join(registry, user_id=ANA)
    people.now[ANA] = Viewer(ANA, "Ana", Role.AGENT, frozenset({TEAM}))
    await RightsWatch(registry, people).look()
    assert session.viewer.team_ids == {TEAM}


@pytest.mark.parametrize("why", ["disabled", "version", "sign-in"])
async def test_a_lost_sign_in_ends_the_stream(registry: SessionRegistry, people: People, why: str) -> None:
    _, link = join(registry, user_id=ANA, sign_in=SIGN_IN)
    match why:
        case "disabled":
            people.now.clear()
        case "version":
            people.now[ANA] = Viewer(ANA, "Ana", Role.AGENT, token_version=1)
        case _:
            people.ended.add(SIGN_IN)
    _, other = join(registry, user_id=ANA, sign_in=uuid7())
    await RightsWatch(registry, people).look()
    assert link.code is CloseCode.UNAUTHENTICATED
    assert (other.code is None) == (why == "sign-in")


async def test_nobody_is_asked_about_when_nobody_is_there(registry: SessionRegistry, people: People) -> None:
    await RightsWatch(registry, people).look()
    assert people.asked == 0


async def test_a_change_is_looked_at_at_once_and_an_absent_database_is_waited_for(
    registry: SessionRegistry, people: People
) -> None:
    session, _ = join(registry, user_id=ANA)
    watch = RightsWatch(registry, people, every=0.05)
    task = asyncio.create_task(watch.run())
    people.away = True
    async with asyncio.timeout(10):
        while people.asked < 2:
            await asyncio.sleep(0.01)
        people.away = False
        people.now[ANA] = Viewer(ANA, "Ana", Role.AGENT, frozenset({TEAM}))
        await watch.changed([ANA])
        while session.viewer.team_ids != {TEAM}:
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_change_made_here_holds_when_it_is_answered(registry: SessionRegistry, people: People) -> None:
    session, _ = join(registry, user_id=ANA)
    people.now[ANA] = Viewer(ANA, "Ana", Role.AGENT, frozenset({TEAM}))
    await RightsWatch(registry, people).changed([ANA, uuid7()])
    assert session.viewer.team_ids == {TEAM}
    await RightsWatch(registry, people).changed([uuid7()])
    assert people.asked == 1


async def test_an_older_answer_does_not_undo_a_newer_one(registry: SessionRegistry, people: People) -> None:
    """A look at everybody is under way, with an answer from before; a change is made and looked at meanwhile."""
    session, _ = join(registry, user_id=ANA)
    looks: list[Collection[UUID]] = []
    asked, go_on = asyncio.Event(), asyncio.Event()

    class Slow(People):
        async def current(self, user_ids: Collection[UUID]) -> dict[UUID, Viewer]:
            found = await super().current(user_ids)
            looks.append(user_ids)
            if len(looks) == 1:
                asked.set()
                await go_on.wait()
            return found

    slow = Slow()
    slow.now[ANA] = Viewer(ANA, "Ana", Role.ADMIN)
    watch = RightsWatch(registry, slow)
    everybody = asyncio.create_task(watch.look())
    await asked.wait()
    slow.now[ANA] = Viewer(ANA, "Ana", Role.AGENT, frozenset({TEAM}))
    here = asyncio.create_task(watch.changed([ANA]))
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(everybody, here)
    assert session.viewer.team_ids == {TEAM}


async def test_many_are_asked_about_in_portions(
    registry: SessionRegistry, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rights_watch, "PORTION", 2)
    for _ in range(5):
        join(registry)
    await RightsWatch(registry, people).look()
    assert people.asked == 3
