import asyncio
import random
from collections.abc import AsyncIterator

import pytest
from aiohttp import WSServerHandshakeError

from hub.events import Audience
from hub.ids import uuid7
from hub.rights import Role
from storage.database import Database
from tests.web.realtime_stage import Frame, Person, Stage, durable, receive, staged, stream_frames, until


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    async with staged(database) as stage:
        yield stage


async def test_without_a_place_the_stream_begins_at_the_head(stage: Stage) -> None:
    team = await stage.team()
    ana = await stage.person(Role.AGENT, team)
    await stage.commit(Audience(team_id=team))
    async with stage.ws(ana) as socket:
        hello = await socket.receive_json()
        assert hello["type"] == "hello"
        assert hello["seq"] == 1
        assert hello["heartbeat_s"] == 25
        assert hello["epoch"] == stage.tail.position.epoch
        await stage.commit(Audience(team_id=team))
        frame = await receive(socket, "message.received")
        assert frame["seq"] == 2
        assert frame["id"] == str(stage.committed[1].id)
        assert socket.protocol is None
    assert stage.value("hub_realtime_resumes_total", outcome="fresh") == 1
    assert stage.value("hub_realtime_events_sent_total", event="message.received") == 1


async def _feed(stage: Stage, audiences: list[Audience], total: int, dice: random.Random) -> None:
    """Commits events of mixed audiences, the last of them for everybody; some commits the tail has to find itself."""
    left = total - 1
    while left > 0:
        count = min(left, dice.randint(1, 60))
        stage.told = dice.random() < 0.8
        await stage.commit(*dice.choices(audiences, k=count), size=dice.randint(1, 400))
        left -= count
        await asyncio.sleep(0)
    await stage.commit(Audience(team_id=audiences[0].team_id))
    stage.told = True


async def _cut_sockets(stage: Stage, person: Person, last: int, dice: random.Random) -> list[Frame]:
    """Reads up to `last`, dropping the connection again and again."""
    found: list[Frame] = []
    cursor = 0
    while cursor < last:
        async with stage.ws(person, f"?after={cursor}") as socket:
            for _ in range(dice.randint(1, 400)):
                frame = await socket.receive_json()
                if "id" in frame:
                    found.append(frame)
                    cursor = frame["seq"]
                if cursor == last:
                    break
    return found


async def _cut_streams(stage: Stage, person: Person, last: int, dice: random.Random) -> list[Frame]:
    found: list[Frame] = []
    place: int | None = 0
    while not found or found[-1]["seq"] < last:
        async with stage.sse(person, **{"Last-Event-ID": str(place)}) as response:
            budget = dice.randint(1, 400)
            async for given, frame in stream_frames(response):
                if given is not None:
                    place = given
                if "id" in frame:
                    found.append(frame)
                    assert given == frame["seq"]
                budget -= 1
                if budget == 0 or (found and found[-1]["seq"] == last):
                    break
            response.close()
    return found


@pytest.mark.parametrize("keep", [10_000, 500])
async def test_a_client_that_is_cut_again_and_again_gets_what_an_uncut_one_gets(database: Database, keep: int) -> None:
    dice = random.Random(keep)
    async with staged(database, keep=keep) as stage:
        mine, other = await stage.team(), await stage.team()
        ana = await stage.person(Role.AGENT, mine)
        audiences = [
            Audience(team_id=mine),
            Audience(team_id=other),
            Audience(team_id=other, assignee_id=ana.id),
            Audience(team_id=mine, user_id=ana.id),
            Audience(team_id=mine, user_id=uuid7()),
        ]
        total = 3000
        async with stage.ws(ana) as socket:
            await receive(socket, "hello")
            reading = asyncio.create_task(durable(socket, total))
            feeding = asyncio.create_task(_feed(stage, audiences, total, dice))
            cut = await _cut_sockets(stage, ana, total, dice)
            streamed = await _cut_streams(stage, ana, total, dice)
            await feeding
            uncut = await reading
    seqs = [frame["seq"] for frame in uncut]
    entitled = {str(event.id) for event in stage.committed if event.audience in (*audiences[:1], *audiences[2:4])}
    assert seqs == sorted(set(seqs))
    assert {frame["id"] for frame in uncut} == entitled
    assert cut == uncut
    assert streamed == uncut


async def test_resumed_says_what_was_told(stage: Stage) -> None:
    team = await stage.team()
    ana = await stage.person(Role.AGENT, team)
    await stage.commit(*[Audience(team_id=team), Audience(team_id=uuid7())] * 5)
    async with stage.ws(ana, "?after=4") as socket:
        assert [frame["seq"] for frame in await durable(socket, 9)] == [5, 7, 9]
        assert await receive(socket, "resumed") == {"type": "resumed", "from": 4, "to": 10, "count": 3}
    assert stage.value("hub_realtime_resumes_total", outcome="replayed") == 1


async def test_a_place_that_is_no_longer_kept_means_fetching_afresh(stage: Stage) -> None:
    ana = await stage.person(Role.ADMIN)
    await stage.commit(*[Audience()] * 10)
    await stage.execute("delete from events where seq <= 6")
    await stage.execute("update journal_head set trimmed = 6")
    await until(lambda: stage.tail.position.trimmed == 6)
    async with stage.ws(ana, "?after=3") as socket:
        assert await receive(socket, "reset") == {"type": "reset", "reason": "expired", "seq": 10}
        await stage.commit(Audience())
        assert (await receive(socket, "message.received"))["seq"] == 11
    async with stage.ws(ana, "?after=6") as socket:
        assert [frame["seq"] for frame in await durable(socket, 11)] == [7, 8, 9, 10, 11]


@pytest.mark.parametrize("query", ["?after=5000", "?after=1&epoch=another-1"])
async def test_a_place_of_another_history_means_fetching_afresh(stage: Stage, query: str) -> None:
    ana = await stage.person(Role.ADMIN)
    await stage.commit(*[Audience()] * 3)
    async with stage.ws(ana, query) as socket:
        assert (await receive(socket, "reset"))["reason"] == "epoch"
    async with stage.ws(ana, f"?after=1&epoch={stage.tail.position.epoch}") as socket:
        assert (await receive(socket, "resumed"))["count"] == 2
    assert stage.value("hub_realtime_resumes_total", outcome="reset") == 1


async def test_a_place_that_only_another_replica_has_reached_is_looked_up_first(database: Database) -> None:
    async with staged(database, poll=3600.0) as stage:
        stage.told = False
        ana = await stage.person(Role.ADMIN)
        await stage.commit(*[Audience()] * 3)
        assert stage.tail.cursor == 0
        async with stage.ws(ana, "?after=3") as socket:
            assert await receive(socket, "resumed") == {"type": "resumed", "from": 3, "to": 3, "count": 0}


async def test_a_new_epoch_resets_open_streams(stage: Stage) -> None:
    ana = await stage.person(Role.ADMIN)
    await stage.commit(*[Audience()] * 5)
    async with stage.ws(ana) as socket:
        await receive(socket, "hello")
        # The log is shorter than it was: a backup was put in its place.
        await stage.execute("delete from events where seq > 2")
        await stage.execute("update journal_head set seq = 2")
        assert await receive(socket, "reset") == {"type": "reset", "reason": "epoch", "seq": 2}
        await stage.commit(Audience())
        assert (await receive(socket, "message.received"))["seq"] == 3


async def test_nobody_is_told_of_what_a_read_would_refuse_him(stage: Stage) -> None:
    mine, other = await stage.team(), await stage.team()
    people = {
        "agent": await stage.person(Role.AGENT, mine),
        "supervisor": await stage.person(Role.SUPERVISOR, other),
        "assignee": await stage.person(Role.AGENT),
        "admin": await stage.person(Role.ADMIN),
    }
    await stage.commit(
        Audience(team_id=mine),
        Audience(team_id=other),
        Audience(team_id=other, assignee_id=people["assignee"].id),
        Audience(team_id=mine, user_id=people["agent"].id),
        Audience(),
    )
    await stage.commit(*[Audience(assignee_id=person.id, user_id=person.id) for person in people.values()])
    await stage.commit(Audience(user_id=people["agent"].id))  # named, but of a conversation that is none of his
    wanted = {"agent": [1, 4], "supervisor": [2, 3], "assignee": [3], "admin": [1, 2, 3, 5]}
    for place, (name, person) in enumerate(people.items(), 6):
        async with stage.ws(person, "?after=0") as socket:
            assert [frame["seq"] for frame in await durable(socket, place)] == [*wanted[name], place], name


async def test_a_change_of_teams_counts_at_once_and_asks_for_a_fresh_start(stage: Stage) -> None:
    team = await stage.team()
    ana = await stage.person(Role.AGENT, team)
    async with stage.ws(ana) as socket:
        await receive(socket, "hello")
        await stage.commit(Audience(team_id=team))
        await receive(socket, "message.received")
        await stage.execute("delete from team_members where user_id = $1", ana.id)
        await stage.accounts.changed(ana.id)
        assert (await receive(socket, "reset"))["reason"] == "acl"
        await stage.commit(Audience(team_id=team), Audience(assignee_id=ana.id, user_id=ana.id))
        assert (await receive(socket, "message.received"))["seq"] == 3
        await stage.execute("insert into team_members values ($1, $2)", team, ana.id)
        # Changed on another replica: found by looking.
        assert (await receive(socket, "reset"))["reason"] == "acl"
        await stage.commit(Audience(team_id=team))
        assert (await receive(socket, "message.received"))["seq"] == 4


@pytest.mark.parametrize(
    "change",
    [
        "update users set disabled = true where id = $1",
        "update users set role = 'admin', token_version = 1 where id = $1",
        "update auth_sessions set revoked_at = now() where user_id = $1",
    ],
)
async def test_a_stream_ends_with_its_sign_in(stage: Stage, change: str) -> None:
    ana, ben = await stage.person(), await stage.person()
    async with stage.ws(ana) as socket, stage.ws(ben) as other:
        await receive(socket, "hello")
        await stage.execute(change, ana.id)
        async with asyncio.timeout(10):
            async for _ in socket:
                pass
        assert socket.close_code == 4401
        assert not other.closed


async def test_a_stream_ends_when_its_token_does(database: Database) -> None:
    async with staged(database, life=2.0) as stage:
        ana = await stage.person()
        async with stage.ws(ana) as socket, stage.sse(ana) as response:
            async with asyncio.timeout(20):
                async for _ in socket:
                    pass
                words = [frame async for _, frame in stream_frames(response)]
        assert socket.close_code == 4401
        assert words[-1]["type"] == "bye"
        assert words[-1]["code"] == 4401


async def test_on_drain_everybody_is_sent_elsewhere_and_nobody_is_let_in(stage: Stage) -> None:
    people = [await stage.person() for _ in range(4)]
    sockets = [await stage.client.ws_connect(f"{stage.url}/ws", headers=person.headers) for person in people]
    response = await stage.client.get(f"{stage.url}/sse", headers=people[0].headers)
    byes: list[Frame] = []

    async def read(socket: object) -> None:
        byes.append(await receive(socket, "bye"))  # type: ignore[arg-type]
        message = await socket.receive()  # type: ignore[attr-defined]
        assert message.data == 1012

    reading = asyncio.gather(*(read(socket) for socket in sockets))
    await stage.realtime.drain(0.5)
    await reading
    byes += [frame async for _, frame in stream_frames(response) if frame["type"] == "bye"]
    assert [frame["code"] for frame in byes] == [1012] * 5
    assert all(0 < frame["retry_after_s"] <= 0.5 for frame in byes)
    with pytest.raises(WSServerHandshakeError) as refused:
        await stage.ws(people[0])
    assert refused.value.status == 503
    assert stage.value("hub_realtime_connections", transport="ws", audience="agent") == 0


async def test_above_the_limit_the_oldest_of_a_persons_streams_is_closed(stage: Stage) -> None:
    ana = await stage.person()
    sockets = [await stage.client.ws_connect(f"{stage.url}/ws", headers=ana.headers) for _ in range(9)]
    async with asyncio.timeout(10):
        async for _ in sockets[0]:
            pass
    assert sockets[0].close_code == 4429
    assert len(stage.registry) == 8
    for socket in sockets[1:]:
        await socket.close()
    await until(lambda: len(stage.registry) == 0)


async def test_an_event_stream_says_where_to_resume_from(stage: Stage) -> None:
    ana = await stage.person(Role.ADMIN)
    await stage.commit(*[Audience()] * 4)
    async with stage.sse(ana) as response:
        assert response.headers["Content-Type"] == "text/event-stream"
        assert response.headers["Connection"] == "close"
        assert response.headers["X-Accel-Buffering"] == "no"
        frames = stream_frames(response)
        place, hello = await anext(frames)
        assert (place, hello["seq"]) == (4, 4)
    async with stage.sse(ana, "?after=2") as response:
        frames = stream_frames(response)
        place, hello = await anext(frames)
        assert (place, hello["type"]) == (None, "hello")
        seen = [place async for place, frame in _take(frames, 4) if frame["type"] != "agent.presence"]
        assert seen == [3, 4, 4]


async def _take(frames: AsyncIterator[tuple[int | None, Frame]], most: int) -> AsyncIterator[tuple[int | None, Frame]]:
    for _ in range(most):
        place, frame = await anext(frames)
        yield place, frame
        if frame["type"] == "resumed":
            return


async def test_an_event_stream_over_http_1_0_is_refused(stage: Stage) -> None:
    ana = await stage.person()
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.listener.port)
    writer.write(f"GET /sse HTTP/1.0\r\nHost: x\r\nAuthorization: Bearer {ana.token}\r\n\r\n".encode())
    assert b" 400 " in await reader.readline()
    writer.close()
