"""A conversation's past as it is read."""

import itertools
from typing import Any

from hub.conversation.commands import Patch
from hub.ids import uuid7
from storage.database import Database
from storage.history import Histories
from storage.journal import Journal


async def test_what_happened_and_all_messages_in_order(database: Database, journal: Journal, decider: Any) -> None:
    desk, change = decider.begin(Patch(decider.author, subject="s"), decider.reply("hello"))
    _other, elsewhere = decider.begin()
    await journal.append([change, elsewhere])
    history, wanted = Histories(database), desk.conversation.id
    told = [event.type for event in await history.events(wanted, None, messages=False, limit=10)]
    assert told == ["conversation.updated", "conversation.new"]
    everything = await history.events(wanted, None, messages=True, limit=10)
    assert [event.seq for event in everything] == [4, 3, 2, 1]
    assert [event.seq for event in await history.events(wanted, 3, messages=True, limit=1)] == [2]
    messages = await history.messages(wanted, 0, 10)
    assert [(message.seq, message.text) for message in messages] == [(1, "Olá"), (2, "hello")]
    assert [message.seq for message in await history.messages(wanted, 1, 10)] == [2]
    async with database.acquire() as connection:
        await connection.execute("update events set audience_user_id = $1 where seq = 1", uuid7())
    assert [event.seq for event in await history.events(wanted, None, messages=True, limit=10)] == [4, 3, 2]


async def test_what_was_merged_also_over_several_steps(database: Database, journal: Journal, decider: Any) -> None:
    desks = []
    for _ in range(3):
        desk, change = decider.begin()
        await journal.append([change])
        desks.append(desk.conversation)
    async with database.acquire() as connection:
        for source, target in itertools.pairwise(desks):
            query = "update conversations set merged_into_id = $2, status = 'closed' where id = $1"
            await connection.execute(query, source.id, target.id)
        assert await connection.fetchval("select merge_target($1)", desks[0].id) == desks[2].id
    merged = await Histories(database).merged(desks[2].id)
    assert [part.id for part in merged] == [desks[0].id, desks[1].id]
    assert await Histories(database).merged(desks[0].id) == []
