"""Drafts as they are kept."""

from datetime import timedelta
from typing import Any

from hub.draft import Draft
from hub.ids import uuid7
from storage.database import Database
from storage.draft import DraftStore
from storage.journal import Journal


async def test_the_last_one_counts_until_something_is_sent(database: Database, journal: Journal, decider: Any) -> None:
    desk, change = decider.begin()
    await journal.append([change])
    ana, conversation_id, drafts = decider.author.id, desk.conversation.id, DraftStore(database)
    async with database.acquire() as connection:
        query = "insert into users (id, email, name, role, password_hash) values ($1, 'a@b.c', 'Ana', 'agent', '')"
        await connection.execute(query, ana)
    assert await drafts.get(ana, conversation_id) is None
    for words in ("one", "two"):
        draft = Draft(words, (uuid7(),), decider.now)
        await drafts.put(ana, conversation_id, draft)
    assert await drafts.get(ana, conversation_id) == draft
    assert await drafts.get(uuid7(), conversation_id) is None
    decider.now += timedelta(seconds=1)
    desk, change = decider.change(desk, decider.reply())
    await journal.append([change])
    assert await drafts.get(ana, conversation_id) is None
    later = Draft("three", (), decider.now + timedelta(seconds=1))
    await drafts.put(ana, conversation_id, later)
    assert await drafts.get(ana, conversation_id) == later
    await drafts.prune(later.updated_at)
    assert await drafts.get(ana, conversation_id) == later
    await drafts.delete(ana, conversation_id)
    assert await drafts.get(ana, conversation_id) is None
