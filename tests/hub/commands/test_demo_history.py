"""The demo's past: as if it had been lived."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.commands import demo_people
from hub.commands.demo_history import CONVERSATIONS, DAYS, write
from storage.conversation import Conversations
from storage.database import Database
from storage.journal import Journal


class Past:
    """A demo's database with its past."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def write(self, seed: int) -> int:
        teams, people = await demo_people.settle(self.database)
        agents = [user for user in people if user.role == "agent"]
        journal = Journal(self.database, 81, timedelta(seconds=30))
        try:
            return await write(journal, Conversations(self.database), teams, agents, seed)
        finally:
            await journal.close()

    async def rows(self, query: str) -> list[Any]:
        async with self.database.acquire() as connection:
            found: list[Any] = await connection.fetch(query)
        return found


async def test_it_is_of_one_piece(database: Database) -> None:
    """One database for all of it: writing takes a while."""
    past = Past(database)
    assert await past.write(7) == CONVERSATIONS
    conversations = await past.rows("select * from conversations")
    assert len(conversations) == CONVERSATIONS
    statuses = Counter(row["status"] for row in conversations)
    assert statuses["resolved"] > statuses["open"] > 10
    assert sum(row["assignee_id"] is None for row in conversations) > 0

    now = datetime.now(UTC)
    for row in await past.rows("select at, created_at from messages"):
        assert now - timedelta(days=DAYS + 1) < row["at"] <= now
    (bad,) = await past.rows(
        "select count(*) as n from conversations c where c.last_seq <> (select count(*) from messages m"
        " where m.conversation_id = c.id) or c.unsent <> 0"
    )
    assert bad["n"] == 0
    assert {row["status"] for row in await past.rows("select distinct status from messages")} == {"received", "read"}

    assert await past.rows("select id from outbox") == []
    (events,) = await past.rows("select count(*) as n, min(seq) as least, max(seq) as most from events")
    assert (events["least"], events["most"]) == (1, events["n"])

    (unread,) = await past.rows(
        "select count(*) as n from messages m join conversations c on c.id = m.conversation_id"
        " where c.status = 'resolved' and m.direction = 'inbound' and m.seq < (select max(o.seq) from messages o"
        " where o.conversation_id = c.id and o.direction = 'outbound') and m.seq > coalesce((select r.seq from reads r"
        " where r.user_id = c.assignee_id and r.conversation_id = c.id), 0)"
    )
    assert unread["n"] == 0
