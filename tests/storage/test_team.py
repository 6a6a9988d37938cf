"""Teams in the database."""

from uuid import uuid4

import pytest

from hub.errors import NotFound
from hub.rights import Role
from hub.team import TeamKind
from hub.user import NewUser
from storage.database import Database
from storage.team import TeamStore
from storage.user import UserStore


async def test_removing_a_team_says_who_was_in_it(database: Database) -> None:
    teams, users = TeamStore(database), UserStore(database)
    ana = await users.create(NewUser("ana@example.com", "Ana", Role.AGENT, "hash"))
    team = await teams.create("Support", TeamKind.SUPPORT)
    await teams.add_member(team.id, ana.id)
    assert (await users.find(ana.id)).team_ids == {team.id}  # type: ignore[union-attr]
    assert await teams.delete(team.id) == (ana.id,)
    assert (await users.find(ana.id)).team_ids == frozenset()  # type: ignore[union-attr]


async def test_pages_go_on_after_a_name(database: Database) -> None:
    teams = TeamStore(database)
    made = [await teams.create(name, TeamKind.OTHER) for name in ("C", "A", "B")]
    by_name = sorted(made, key=lambda team: team.name)
    assert await teams.page(None, None, 2) == by_name[:2]
    assert await teams.page(None, (by_name[1].name, by_name[1].id), 2) == by_name[2:]
    assert await teams.page(uuid4(), None, 10) == []


async def test_changes_of_nothing(database: Database) -> None:
    teams = TeamStore(database)
    with pytest.raises(NotFound):
        await teams.change(uuid4(), None, "x", None)
    with pytest.raises(NotFound):
        await teams.remove_member(uuid4(), uuid4())
