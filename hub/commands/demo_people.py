"""The company of the demo: its teams, and the people who can sign in."""

from attrs import frozen

from hub.rights import Role
from hub.team import Team, TeamKind
from hub.user import NewUser, User
from storage.database import Database
from storage.team import TeamStore
from storage.user import UserStore
from web.passwords import Passwords

PASSWORD = "demo"  # noqa: S105 - printed on the screen; the demo listens on this machine only
TEAMS = (("Support", TeamKind.SUPPORT), ("Sales", TeamKind.SALES), ("Billing", TeamKind.OTHER))


@frozen
class Colleague:
    """Somebody of the company."""

    email: str
    name: str
    role: Role
    teams: tuple[str, ...]


COLLEAGUES = (
    Colleague("ana@demo.test", "Ana Souza", Role.AGENT, ("Support",)),
    Colleague("ben@demo.test", "Ben Novak", Role.AGENT, ("Support", "Billing")),
    Colleague("carla@demo.test", "Carla Mendes", Role.AGENT, ("Sales",)),
    Colleague("omar@demo.test", "Omar Haddad", Role.AGENT, ("Support", "Sales")),
    Colleague("chika@demo.test", "Chika Obi", Role.SUPERVISOR, ("Support", "Sales", "Billing")),
    Colleague("root@demo.test", "Robin Root", Role.ADMIN, ()),
)
SHOWN = ("ana@demo.test", "chika@demo.test", "root@demo.test")
"""Those whose sign-in the demo prints."""


async def settle(database: Database) -> tuple[dict[str, Team], list[User]]:
    """Makes the teams and the people that are not there yet; returns all teams by name, and the new people."""
    teams, users = TeamStore(database), UserStore(database)
    found = {name: await teams.named(name) or await teams.create(name, kind) for name, kind in TEAMS}
    new = [colleague for colleague in COLLEAGUES if await users.credentials(colleague.email) is None]
    hashed = await Passwords().hash(PASSWORD) if new else ""
    people = []
    for colleague in new:
        user = await users.create(NewUser(colleague.email, colleague.name, colleague.role, hashed))
        for team in colleague.teams:
            await teams.add_member(found[team].id, user.id)
        people.append(await users.find(user.id))
    return found, [user for user in people if user is not None]
