"""A room's actor on a real journal, because the journal's guard is half of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import define

from actors import kinds, room, writer
from actors.kernel import MailboxFull, System
from hub.errors import NotFound, Unavailable
from hub.ids import uuid7
from hub.journal import Committed
from hub.rights import Role
from hub.room import Member, NewRoom, RoomMessage, Say
from hub.user import NewUser
from storage.database import Database
from storage.journal import Journal
from storage.room import RoomRows
from storage.user import UserStore


@define
class Replica:
    """A system with a writer and rooms. `lost` journal answers are committed and then lost."""

    system: System
    journal: Journal
    published: list[Committed]
    lost: int = 0

    async def append(self, changes: Any) -> Any:
        answer = await self.journal.append(changes)
        if self.lost:
            self.lost -= 1
            raise Unavailable
        return answer


@pytest.fixture
async def replicas(database: Database) -> AsyncIterator[list[Replica]]:
    """Two of them, over one database."""
    async with AsyncExitStack() as stack:
        made = []
        for number in (1, 2):
            replica = Replica(System(), Journal(database, number, timedelta(seconds=30)), [])
            stack.push_async_callback(replica.journal.close)
            stack.push_async_callback(replica.system.drain, 1.0)
            replica.system.register(writer.kind(replica, replica.published.append))
            replica.system.register(room.kind(RoomRows(database), lambda: datetime.now(UTC)))
            made.append(replica)
        yield made


@pytest.fixture
async def people(database: Database) -> list[Member]:
    users = UserStore(database)
    made = [await users.create(NewUser(f"{n}@example.com", n, Role.AGENT, "hash")) for n in ("ana", "ben")]
    return [Member(user.id, user.name) for user in made]


async def test_two_replicas_number_one_room_without_a_gap(
    database: Database, replicas: list[Replica], people: list[Member]
) -> None:
    rooms = RoomRows(database)
    room_id, _ = await rooms.open(NewRoom(None, tuple(person.id for person in people)))
    ids = [uuid7() for _ in range(40)]
    given = [(replicas[n % 2], Say(people[0], id, str(id))) for n, id in enumerate(ids * 2)]
    answers: list[RoomMessage] = await asyncio.gather(
        *(replica.system.ref(kinds.ROOM, room_id).ask(say, timeout=20.0) for replica, say in given)
    )
    stored = await rooms.messages(room_id, None, 100)
    assert [message.seq for message in stored] == list(range(1, 41))
    assert {message.client_id for message in stored} == set(ids)
    by_id = {message.client_id: message.id for message in stored}
    assert all(answer.id == by_id[say.client_id] for answer, (_, say) in zip(answers, given, strict=True))
    events = [e for r in replicas for committed in r.published for e in committed.events]
    assert sorted(e.data["message"]["seq"] for e in events) == list(range(1, 41))


async def test_an_answer_that_was_lost_is_found_again(
    database: Database, replicas: list[Replica], people: list[Member]
) -> None:
    rooms, (one, two) = RoomRows(database), replicas
    room_id, _ = await rooms.open(NewRoom("plans", (people[0].id,)))
    say = Say(people[0], uuid7(), "once")
    one.lost = 1
    with pytest.raises(Unavailable):
        await one.system.ref(kinds.ROOM, room_id).ask(say, timeout=5.0)
    answers = [await replica.system.ref(kinds.ROOM, room_id).ask(say, timeout=5.0) for replica in (one, two)]
    assert answers[0] == answers[1]
    assert len(await rooms.messages(room_id, None, 10)) == 1


async def test_a_room_that_is_gone_and_one_that_is_full(replicas: list[Replica], people: list[Member]) -> None:
    ref = replicas[0].system.ref(kinds.ROOM, uuid7())
    with pytest.raises(NotFound):
        await ref.ask(Say(people[0], uuid7(), "x"), timeout=5.0)
    for _ in range(room.LIMIT):
        ref.tell(Say(people[0], uuid7(), "x"))
    with pytest.raises(MailboxFull):
        ref.tell(Say(people[0], uuid7(), "x"))
