from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors import replay_page
from actors.replay_page import CHUNK_BYTES, Page
from hub.audience import Viewer, entitled
from hub.events import Audience, Event
from hub.frame import Frame, event_frame
from hub.ids import uuid7
from hub.rights import Role

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
TEAMS = [uuid7() for _ in range(3)]
USERS = [uuid7() for _ in range(4)]


def frame(seq: int, audience: Audience, conversation: UUID | None = None, size: int = 10) -> Frame:
    data = {"text": "x" * size}
    return event_frame(Event(seq, uuid7(), "message.received", NOON, conversation, 1, 1, audience, None, data))


AUDIENCES = st.builds(
    Audience,
    team_id=st.none() | st.sampled_from(TEAMS),
    assignee_id=st.none() | st.sampled_from(USERS),
    user_id=st.none() | st.sampled_from(USERS),
    members=st.just(()) | st.lists(st.sampled_from(TEAMS + USERS), max_size=2).map(tuple),
)
VIEWERS = st.builds(
    Viewer,
    user_id=st.sampled_from(USERS),
    name=st.just("Ana"),
    role=st.sampled_from(Role),
    team_ids=st.frozensets(st.sampled_from(TEAMS)),
)


@settings(max_examples=150, deadline=None)
@given(
    audiences=st.lists(st.tuples(AUDIENCES, st.booleans()), max_size=6),
    viewers=st.lists(st.tuples(VIEWERS, st.booleans()), max_size=12),
)
def test_everybody_gets_exactly_what_is_his_to_see(
    audiences: list[tuple[Audience, bool]], viewers: list[tuple[Viewer, bool]]
) -> None:
    frames = [frame(seq, who, uuid7() if of else None) for seq, (who, of) in enumerate(audiences, 1)]
    page = Page(frames, len(frames))
    for viewer, websocket in viewers:
        mine = [f for f in frames if entitled(viewer, f.audience, conversation=f.conversation)]
        chunks = page.chunks(viewer, websocket=websocket)
        assert b"".join(chunk.data for chunk in chunks) == b"".join(
            f.websocket if websocket else f.stream for f in mine
        )
        assert sum(chunk.count for chunk in chunks) == len(mine)
        assert not mine or chunks[-1].reached == mine[-1].seq


def test_those_who_see_the_same_share_its_bytes() -> None:
    page = Page([frame(1, Audience(team_id=TEAMS[0])), frame(2, Audience(assignee_id=USERS[0]))], 2)
    first, second, named = (Viewer(user, "Ana", Role.AGENT, frozenset(TEAMS[:1])) for user in (*USERS[1:3], USERS[0]))
    assert page.chunks(first, websocket=True) is page.chunks(second, websocket=True)
    assert page.chunks(named, websocket=True)[0].count == 2


def test_a_write_is_bounded() -> None:
    frames = [frame(seq, Audience(), size=CHUNK_BYTES // 3) for seq in range(1, 5)]
    chunks = Page(frames, 4).chunks(Viewer(USERS[0], "Ana", Role.AGENT), websocket=True)
    assert [(chunk.count, chunk.reached) for chunk in chunks] == [(2, 2), (2, 4)]


def test_above_the_bound_bytes_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_page, "KEEP_BYTES", 10)
    page = Page([frame(1, Audience())], 1)
    viewer = Viewer(USERS[0], "Ana", Role.AGENT)
    first = page.chunks(viewer, websocket=True)
    assert page.chunks(viewer, websocket=True) == first
    assert page.chunks(viewer, websocket=True) is not first
