"""Finding what is due."""

from datetime import timedelta
from typing import Any

from hub.conversation.commands import Patch
from hub.conversation.state import Status
from storage.database import Database
from storage.due import DueConversations
from storage.journal import Journal


async def test_the_longest_overdue_of_each_sort_are_found_and_nothing_else(
    database: Database, journal: Journal, decider: Any
) -> None:
    def ids(*desks: Any) -> list[Any]:
        return [desk.conversation.id for desk in desks]

    async def begun(**edit: Any) -> Any:
        desk, change = decider.begin(Patch(decider.author, **edit))
        await journal.append([change])
        return desk

    now = decider.now
    late = await begun(status=Status.SNOOZED, snoozed_until=now + timedelta(hours=2))
    soon = await begun(status=Status.SNOOZED, snoozed_until=now + timedelta(hours=1))
    await begun(status=Status.SNOOZED)
    await begun(priority=1)
    first = await begun(status=Status.RESOLVED)
    decider.now += timedelta(minutes=1)
    second = await begun(status=Status.RESOLVED)
    due = DueConversations(database, {"whatsapp-main": timedelta(hours=1), "another": timedelta()})
    assert await due.due(now, 10) == []
    assert await due.due(now + timedelta(hours=1), 10) == ids(soon)
    assert await due.due(now + timedelta(hours=2), 10) == ids(soon, late, first, second)
    assert await due.due(now + timedelta(hours=2), 1) == ids(soon, first)
    assert await DueConversations(database, {}).due(now + timedelta(days=365), 10) == ids(soon, late)
