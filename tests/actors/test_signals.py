import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest

from actors.session_registry import SessionRegistry
from actors.signals import AudienceCache, Signals
from actors.viewing import ViewingBoard
from hub.errors import NotFound
from hub.events import Audience, Event
from hub.frame import event_frame
from hub.ids import uuid7
from hub.rights import Role
from tests.actors.realtime_links import Counts, join

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
TEAM, OTHER, CONVERSATION = uuid7(), uuid7(), uuid7()


class Desk:
    """Implements hub.ports.Audiences."""

    def __init__(self) -> None:
        self.audiences: dict[UUID, Audience] = {CONVERSATION: Audience(team_id=TEAM)}
        self.asked = 0

    async def of_conversation(self, conversation_id: UUID) -> Audience | None:
        self.asked += 1
        return self.audiences.get(conversation_id)


async def test_an_audience_is_remembered_for_a_while_and_corrected_by_events() -> None:
    desk, times = Desk(), [0.0]
    cache = AudienceCache(desk, fresh=5, clock=lambda: times[0])
    assert await cache.of(CONVERSATION) == Audience(team_id=TEAM)
    assert await cache.of(CONVERSATION) == Audience(team_id=TEAM)
    assert desk.asked == 1
    for audience in (Audience(team_id=OTHER), Audience(user_id=uuid7())):
        event = Event(1, uuid7(), "conversation.assigned", NOON, CONVERSATION, None, 2, audience, None, {})
        cache.learn([event_frame(event)])
    assert await cache.of(CONVERSATION) == Audience(team_id=OTHER)
    times[0] = 5.0
    assert await cache.of(CONVERSATION) == Audience(team_id=TEAM)
    assert desk.asked == 2


async def test_the_memory_is_bounded() -> None:
    cache = AudienceCache(Desk(), kept=10)
    for _ in range(50):
        assert await cache.of(uuid7()) is None
    assert len(cache) == 10


async def test_only_who_may_see_the_conversation_can_tell_and_is_told() -> None:
    registry = SessionRegistry(Counts())
    ana, own = join(registry, Role.AGENT, TEAM)
    stranger, outside = join(registry, Role.AGENT, OTHER)
    _, colleague = join(registry, Role.AGENT, TEAM)
    signals = Signals(AudienceCache(Desk()), registry, lambda: NOON)
    await signals.typing(ana.viewer, CONVERSATION)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert [len(link.writes) for link in (own, outside, colleague)] == [0, 0, 1]
    for viewer, conversation in ((stranger.viewer, CONVERSATION), (ana.viewer, uuid7())):
        with pytest.raises(NotFound):
            await signals.viewing(viewer, conversation)


async def test_who_opens_a_conversation_is_shown_who_looks_at_it_already() -> None:
    registry, board = SessionRegistry(Counts()), ViewingBoard()
    ana, _ = join(registry, Role.AGENT, TEAM)
    ben, told = join(registry, Role.AGENT, TEAM)
    signals = Signals(AudienceCache(Desk()), registry, lambda: NOON, board=board)
    assert await signals.viewing(ana.viewer, CONVERSATION) == []
    assert await signals.viewing(ana.viewer, CONVERSATION, again=True) == []
    await signals.typing(ana.viewer, CONVERSATION)
    (frame,) = await signals.viewing(ben.viewer, CONVERSATION)
    assert b'"conversation.viewing"' in frame.payload
    assert str(ana.viewer.user_id).encode() in frame.payload
    assert b'"typing":true' in frame.payload
    assert [looker["id"] for looker in board.of(CONVERSATION, ben.viewer.user_id)] == [str(ana.viewer.user_id)]
    await signals.viewing(ana.viewer, CONVERSATION)
    await asyncio.sleep(0.01)
    before = len(told.writes)
    await signals.viewing(ana.viewer, CONVERSATION, looks=False)
    await asyncio.sleep(0.01)
    assert len(told.writes) == before  # it is still on another screen
    await signals.viewing(ana.viewer, CONVERSATION, looks=False)
    await asyncio.sleep(0.01)
    assert len(told.writes) == before + 1
    assert board.of(CONVERSATION, ben.viewer.user_id) == []
