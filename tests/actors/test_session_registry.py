import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.deliveries import SESSIONS_PER_PASS
from actors.session import CloseCode, SessionLimits
from actors.session_registry import SessionRegistry
from hub.audience import Viewer, entitled
from hub.events import Audience, Event
from hub.frame import Frame, control_frame, event_frame
from hub.ids import uuid7
from hub.rights import Role
from tests.actors.realtime_links import Counts, join

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
TEAMS = [uuid7() for _ in range(3)]
USERS = [uuid7() for _ in range(4)]


def frame(seq: int, audience: Audience, conversation: UUID | None = None) -> Frame:
    return event_frame(Event(seq, uuid7(), "message.received", NOON, conversation or uuid7(), 1, 1, audience, None, {}))


async def passes() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture
def counts() -> Counts:
    return Counts()


@pytest.fixture
def registry(counts: Counts) -> SessionRegistry:
    return SessionRegistry(counts, lambda: NOON + timedelta(seconds=2))


async def test_frames_of_one_tick_are_one_write_in_order(registry: SessionRegistry, counts: Counts) -> None:
    _, socket = join(registry, Role.AGENT, TEAMS[0])
    _, stream = join(registry, Role.AGENT, TEAMS[0], transport="sse")
    frames = [frame(seq, Audience(team_id=TEAMS[0])) for seq in (1, 2, 3)]
    registry.publish(frames[:2])
    registry.publish(frames[2:])
    await passes()
    assert socket.writes == [b"".join(f.websocket for f in frames)]
    assert stream.writes == [b"".join(f.stream for f in frames)]
    assert counts.events == {"message.received": 6}
    assert sorted(counts.delays) == [("sse", 2.0), ("ws", 2.0)]


async def test_neighbours_for_the_same_people_are_joined_once_for_all(registry: SessionRegistry) -> None:
    links = [join(registry, Role.AGENT, TEAMS[0])[1] for _ in range(2)]
    registry.publish([frame(seq, Audience(team_id=TEAMS[seq == 3])) for seq in (1, 2, 3)])
    await passes()
    assert links[0].writes[0] is links[1].writes[0]


PEOPLE = st.lists(
    st.tuples(st.sampled_from(Role), st.frozensets(st.sampled_from(TEAMS)), st.sampled_from(USERS), st.booleans()),
    max_size=8,
)
AUDIENCES = st.builds(
    Audience,
    team_id=st.none() | st.sampled_from(TEAMS),
    assignee_id=st.none() | st.sampled_from(USERS),
    user_id=st.none() | st.sampled_from(USERS),
)


@settings(max_examples=80, deadline=None)
@given(people=PEOPLE, audiences=st.lists(AUDIENCES, max_size=6), change=st.none() | PEOPLE.filter(bool))
def test_exactly_the_entitled_are_told(
    people: list[tuple[Role, frozenset[UUID], UUID, bool]],
    audiences: list[Audience],
    change: list[tuple[Role, frozenset[UUID], UUID, bool]] | None,
) -> None:
    async def scenario() -> None:
        registry = SessionRegistry(Counts())
        joined = [join(registry, role, *teams, user_id=user, live=live) for role, teams, user, live in people]
        if change is not None:
            role, teams, user, _ = change[0]
            registry.rights_changed(Viewer(user, "Ana", role, teams))
        await passes()
        for _, link in joined:
            link.writes.clear()
        frames = [frame(seq, audience) for seq, audience in enumerate(audiences, 1)]
        registry.publish(frames)
        await passes()
        for session, link in joined:
            told = [f.websocket for f in frames if entitled(session.viewer, f.audience, conversation=True)]
            assert b"".join(link.writes) == (b"".join(told) if session.live else b"")

    asyncio.run(scenario())


async def test_a_crowd_is_written_to_in_passes(registry: SessionRegistry) -> None:
    links = [join(registry)[1] for _ in range(SESSIONS_PER_PASS + 10)]
    registry.publish([event_frame(Event(1, uuid7(), "queue.updated", NOON, None, None, None, Audience(), None, {}))])
    await asyncio.sleep(0)
    assert sum(bool(link.writes) for link in links) == SESSIONS_PER_PASS
    await passes()
    assert all(len(link.writes) == 1 for link in links)


async def test_a_slow_session_is_cut_and_the_others_go_on(registry: SessionRegistry, counts: Counts) -> None:
    slow, stuck = join(registry, Role.ADMIN, limits=SessionLimits(frames=3))
    _, other = join(registry, Role.ADMIN)
    stuck.stuck = True
    for seq in range(1, 6):
        registry.publish([frame(seq, Audience())])
        await passes()
    assert stuck.code is CloseCode.SLOW
    assert slow.closed
    assert counts.cuts == [("ws", CloseCode.SLOW)]
    assert len(stuck.writes) == 4
    assert len(other.writes) == 5


async def test_a_session_whose_peer_has_left_is_forgotten_at_the_next_event(registry: SessionRegistry) -> None:
    _, link = join(registry, Role.ADMIN)
    link.gone = True
    registry.publish([frame(1, Audience())])
    await passes()
    assert len(registry) == 0
    assert link.writes == []


async def test_passing_signs_spare_their_sender_and_those_who_lag(registry: SessionRegistry) -> None:
    sender, own = join(registry, Role.ADMIN)
    lagging, behind = join(registry, Role.ADMIN)
    _, other = join(registry, Role.ADMIN)
    behind.stuck = True
    lagging.pending.append(b"x")
    lagging.frames = 1
    lagging.flush()
    registry.signal([frame(1, Audience())], but=sender.viewer.user_id)
    await passes()
    assert own.writes == []
    assert behind.writes == [b"x"]
    assert len(other.writes) == 1


async def test_above_the_limit_the_oldest_goes(registry: SessionRegistry) -> None:
    user = uuid7()
    links = [join(registry, user_id=user, limits=SessionLimits(per_user=2))[1] for _ in range(4)]
    assert [link.code for link in links] == [CloseCode.TOO_MANY, CloseCode.TOO_MANY, None, None]


async def test_a_reset_reaches_the_live_and_sends_back_those_who_catch_up(registry: SessionRegistry) -> None:
    _, live = join(registry)
    _, behind = join(registry, live=False)
    registry.reset("epoch", 7)
    await passes()
    assert live.writes == [control_frame("reset", reason="epoch", seq=7).websocket]
    assert behind.code is CloseCode.RESTART


async def test_a_drain_is_spread(registry: SessionRegistry) -> None:
    links = [join(registry)[1] for _ in range(50)]
    task = asyncio.create_task(registry.drain(0.2))
    await asyncio.sleep(0)
    assert 0 < sum(link.code is CloseCode.RESTART for link in links) < 50
    await task
    assert all(link.retry_after is not None and 0.1 <= link.retry_after <= 0.2 for link in links)


async def test_whoever_has_hung_up_is_found_without_anything_to_tell(registry: SessionRegistry) -> None:
    user = uuid7()
    _, gone = join(registry, user_id=user, transport="sse")
    _, there = join(registry, user_id=user)
    gone.gone = True
    registry.sweep()
    registry.sweep()
    assert (gone.code, there.code) == (CloseCode.LOST, None)
    assert len(registry) == 1


async def test_what_is_for_members_reaches_each_of_them_once_and_no_admin(registry: SessionRegistry) -> None:
    _, both = join(registry, Role.AGENT, TEAMS[0], user_id=USERS[0])
    _, named = join(registry, Role.AGENT, TEAMS[1], user_id=USERS[1])
    _, admin = join(registry, Role.ADMIN, TEAMS[1], user_id=USERS[2])
    told = frame(1, Audience(members=(TEAMS[0], USERS[0], USERS[1])))
    registry.publish([told])
    registry.publish([frame(2, Audience(user_id=USERS[1], members=(TEAMS[0],)))])
    await passes()
    assert both.writes == named.writes == [told.websocket]
    assert admin.writes == []
