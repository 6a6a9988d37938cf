"""Rooms in the database."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from attrs import define

from hub.ids import uuid7
from hub.journal import Change, Outcome, Verdict
from hub.rights import Role
from hub.room import Member, NewRoom, RoomKind, Say
from hub.room_turn import RoomTurn
from hub.team import TeamKind
from hub.user import NewUser
from storage.database import Database
from storage.journal import Journal
from storage.room import RoomRows
from storage.team import TeamStore
from storage.user import UserStore


@define
class House:
    """Ana and Ben, who are in Support, and Eve, who is not."""

    rooms: RoomRows
    teams: TeamStore
    journal: Journal
    team_id: UUID
    ana: Member
    ben: Member
    eve: Member

    async def turn(self, room_id: UUID, *texts: str, by: Member | None = None) -> Change:
        room = await self.rooms.load(room_id)
        assert room is not None
        turn = RoomTurn(room, {}, datetime.now(UTC), uuid7)
        for text in texts:
            turn.say(Say(by or self.ana, uuid7(), text))
        turn.finish()
        return Change(uuid7(), turn.effects)

    async def say(self, room_id: UUID, *texts: str, by: Member | None = None) -> None:
        (outcome,), _ = await self.journal.append([await self.turn(room_id, *texts, by=by)])
        assert isinstance(outcome, Outcome)
        assert outcome.verdict is Verdict.OK


@pytest.fixture
async def house(database: Database, journal: Journal) -> House:
    users, teams = UserStore(database), TeamStore(database)
    made = [await users.create(NewUser(f"{n}@example.com", n, Role.AGENT, "hash")) for n in ("ana", "ben", "eve")]
    team = await teams.create("Support", TeamKind.SUPPORT)
    for user in made[:2]:
        await teams.add_member(team.id, user.id)
    return House(RoomRows(database), teams, journal, team.id, *(Member(user.id, user.name) for user in made))


async def test_a_team_has_one_room_with_its_members_of_the_moment(house: House) -> None:
    (row,) = await house.rooms.page(house.ana.id, None, 10)
    assert (row.room.kind, row.room.name, row.room.team_id) == (RoomKind.TEAM, "Support", house.team_id)
    assert row.room.members == (house.ana, house.ben)
    assert [one.room.id for one in await house.rooms.page(house.ben.id, None, 10)] == [row.room.id]
    assert await house.rooms.page(house.eve.id, None, 10) == []
    assert await house.rooms.visible(house.eve.id, row.room.id) is None
    await house.teams.remove_member(house.team_id, house.ben.id)
    assert await house.rooms.visible(house.ben.id, row.room.id) is None
    assert await house.rooms.page(house.ben.id, None, 10) == []


async def test_the_same_people_have_one_room_and_as_many_named_ones_as_they_like(house: House) -> None:
    people = (house.ana.id, house.eve.id)
    room_id, new = await house.rooms.open(NewRoom(None, people))
    assert new
    assert await house.rooms.open(NewRoom(None, people[::-1])) == (room_id, False)
    assert (await house.rooms.open(NewRoom(None, (*people, house.ben.id))))[1]
    named = [await house.rooms.open(NewRoom("plans", people)) for _ in range(2)]
    assert named[0][0] != named[1][0]
    row = await house.rooms.visible(house.eve.id, named[0][0])
    assert row is not None
    assert (row.room.kind, row.room.name, row.room.members) == (RoomKind.NAMED, "plans", (house.ana, house.eve))
    assert await house.rooms.visible(house.ben.id, named[0][0]) is None


async def test_what_is_said_is_read_by_pages_and_counted_for_the_others(house: House) -> None:
    room_id, _ = await house.rooms.open(NewRoom(None, (house.ana.id, house.ben.id)))
    await house.say(room_id, "1", "2")
    await house.say(room_id, "3", by=house.ben)
    assert [m.text for m in await house.rooms.messages(room_id, None, 2)] == ["2", "3"]
    assert [m.text for m in await house.rooms.messages(room_id, 2, 2)] == ["1"]

    async def unread() -> list[int]:
        rows = [await house.rooms.visible(member.id, room_id) for member in (house.ana, house.ben)]
        return [row.unread for row in rows if row]

    assert await unread() == [1, 2]
    await house.rooms.mark_read(house.ben.id, room_id, 1)
    assert await unread() == [1, 1]
    await house.rooms.mark_read(house.ben.id, room_id, 99)
    row = await house.rooms.visible(house.ben.id, room_id)
    assert row is not None
    assert (row.unread, row.read_seq, row.room.last_seq) == (0, 3, 3)
    assert row.newest == {"seq": 3, "author": {"id": str(house.ben.id), "name": "ben"}, "text": "3"}


async def test_the_most_lively_come_first(house: House) -> None:
    ids = [(await house.rooms.open(NewRoom(name, (house.eve.id,))))[0] for name in "abc"]
    await house.say(ids[0], "x", by=house.eve)
    found = await house.rooms.page(house.eve.id, None, 2)
    assert [row.room.id for row in found] == [ids[0], ids[2]]
    rest = await house.rooms.page(house.eve.id, (found[-1].active_at, found[-1].room.id), 2)
    assert [row.room.id for row in rest] == [ids[1]]


async def test_of_two_turns_decided_on_one_number_one_is_written(house: House) -> None:
    room_id, _ = await house.rooms.open(NewRoom("plans", (house.ana.id,)))
    other_id, _ = await house.rooms.open(NewRoom("others", (house.ana.id,)))
    changes = [await house.turn(room_id, "one"), await house.turn(room_id, "two"), await house.turn(other_id, "x")]
    outcomes, _ = await house.journal.append(changes)
    assert [isinstance(o, Outcome) and o.verdict for o in outcomes] == [Verdict.OK, Verdict.CONFLICT, Verdict.OK]
    (late,), _ = await house.journal.append(changes[1:2])
    assert isinstance(late, Outcome)
    assert late.verdict is Verdict.CONFLICT
    assert [m.text for m in await house.rooms.messages(room_id, None, 10)] == ["one"]
