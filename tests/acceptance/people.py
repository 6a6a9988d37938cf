"""Who works here: made before the hub starts, because only the command line makes the first administrator."""

from hub.rights import Role
from hub.team import TeamKind
from hub.user import NewUser
from storage.database import Database
from storage.team import TeamStore
from storage.user import UserStore
from tests.acceptance.stage import ANA, BEN, PASSWORD, ROOT
from web.passwords import Passwords


async def employ(url: str) -> None:
    """An administrator, two agents, and the team Support that both are in, in a migrated database."""
    database = Database(url)
    await database.open()
    users, teams, password = UserStore(database), TeamStore(database), await Passwords(memory_kib=8).hash(PASSWORD)
    support = await teams.create("Support", TeamKind.SUPPORT)
    await users.create(NewUser(ROOT, "Root", Role.ADMIN, password))
    for email, name in ((ANA, "Ana"), (BEN, "Ben")):
        user = await users.create(NewUser(email, name, Role.AGENT, password))
        await teams.add_member(support.id, user.id)
    await database.close()
