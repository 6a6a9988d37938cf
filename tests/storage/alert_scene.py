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


DRAFT: dict[str, Any] = {
    "customer_ref": "c-1", "principal": "ai:1", "amount_minor": 100, "currency": "USD", "description": "Rent",
    "state": "awaiting_confirmation", "version": 1, "nonce": "n", "code": "123456", "prompts_wanted": 1,
    "prompt_ids": [], "first_prompt": 1, "last_prompt": 1, "heard": 1, "spoke": False, "failures": 0, "risk": [],
    "withdraw": False, "tries": 0,
}  # fmt: skip
"""Columns of a draft of a transaction that nothing is wrong with."""


async def draft(desk: Desk, conversation_id: UUID, customer_id: UUID, **columns: Any) -> UUID:
    """A draft of a transaction, behind everybody's back."""
    made = uuid4()
    now = datetime.now(UTC)
    ids = {"id": made, "conversation_id": conversation_id, "customer_id": customer_id}
    keys = {"key_create": uuid4(), "key_commit": uuid4(), "created_at": now, "expires_at": now + timedelta(minutes=30)}
    row = {**DRAFT, **ids, **keys, **columns}
    places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    await desk.execute(f"insert into transaction_drafts ({', '.join(row)}) values ({places})", *row.values())
    return made


async def consent(desk: Desk, draft_id: UUID) -> UUID:
    """The customer has agreed to it."""
    made = uuid4()
    await desk.execute(
        "insert into transaction_consents (id, draft_id, terms, prompt_message_id, customer_message_id, method)"
        " values ($1, $2, '', gen_random_uuid(), gen_random_uuid(), 'code')",
        made,
        draft_id,
    )
    return made
