"""People who are told of alerts, and what goes wrong."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hub.alert import Word
from hub.dead_letter import NewLetter
from hub.notice import NoticeChannel
from hub.rights import Reader, Role
from hub.user import NewUser, User
from storage.alert import AlertStore
from storage.database import Database
from storage.dead_letter import DeadLetterStore
from storage.notice import NoticeStore
from storage.team import TeamStore
from storage.user import UserStore

URL = "https://hub.example.com"
BESIDE = (NoticeChannel.EMAIL, NoticeChannel.SLACK)


class Desk:
    """People, what goes wrong, and the looks at it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.alerts, self.notices = AlertStore(database, BESIDE, URL), NoticeStore(database)
        self.letters, self.users, self.teams = DeadLetterStore(database), UserStore(database), TeamStore(database)
        self.now = datetime.now(UTC)

    async def person(self, role: Role, *teams: UUID) -> User:
        made = await self.users.create(NewUser(f"{uuid4().hex[:8]}@example.com", "Someone", role, "hash"))
        for team in teams:
            await self.teams.add_member(team, made.id)
        return made

    async def fails(self, count: int = 3, integration: str = "ticketing") -> None:
        for _ in range(count):
            await self.letters.put(
                NewLetter(integration=integration, operation="create_ticket", kind="write", problem="integration_error")
            )

    async def look(self, after: timedelta = timedelta(seconds=5)) -> list[Word | None]:
        self.now += after
        return [verdict.word for verdict in await self.alerts.look(self.now)]

    async def execute(self, query: str, *arguments: Any) -> None:
        async with self.database.acquire() as connection:
            await connection.execute(query, *arguments)

    async def reader(self, *teams: UUID, role: Role = Role.SUPERVISOR) -> Reader:
        return Reader(uuid4(), role, frozenset(teams))
