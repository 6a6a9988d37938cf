"""The company of the demo."""

from hub.commands.demo_people import COLLEAGUES, PASSWORD, SHOWN, TEAMS, settle
from hub.rights import PEOPLE
from hub.user import UserChange
from storage.database import Database
from storage.team import TeamStore
from storage.user import UserStore
from web.passwords import Passwords


async def test_everybody_is_there_and_can_sign_in(database: Database) -> None:
    teams, people = await settle(database)
    assert list(teams) == [name for name, _ in TEAMS]
    assert {user.email: {team.name for team in user.teams} for user in people} == {
        colleague.email: set(colleague.teams) for colleague in COLLEAGUES
    }
    ana = await UserStore(database).credentials("ana@demo.test")
    assert ana is not None
    assert await Passwords().matches(ana.password_hash, PASSWORD)


async def test_a_second_time_changes_nothing(database: Database) -> None:
    teams, people = await settle(database)
    await UserStore(database).change(people[0].id, None, UserChange(name="Somebody Else"))
    again, new = await settle(database)
    assert {name: team.id for name, team in again.items()} == {name: team.id for name, team in teams.items()}
    assert new == []
    renamed = await UserStore(database).find(people[0].id)
    assert renamed is not None
    assert renamed.name == "Somebody Else"


async def test_what_was_begun_is_completed(database: Database) -> None:
    """A demo that was killed between its teams and its people has them the next time."""
    await TeamStore(database).create(*TEAMS[0])
    teams, people = await settle(database)
    assert (len(teams), len(people)) == (len(TEAMS), len(COLLEAGUES))


def test_every_role_can_be_tried() -> None:
    assert {colleague.role for colleague in COLLEAGUES if colleague.email in SHOWN} == set(PEOPLE)
