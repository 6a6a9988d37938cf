"""The bare server's batches, against the real tables."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest

import hub.bench
from hub.bench.bare_store import MOST, Batcher, connect, function
from hub.ids import uuid7


async def test_what_waits_goes_together_and_everybody_gets_his_own_result() -> None:
    calls: list[int] = []

    async def call(rows: bytes) -> Sequence[Any]:
        given = orjson.loads(rows)
        calls.append(len(given))
        await asyncio.sleep(0.01)
        return [row["value"] * 2 for row in given]

    batcher = Batcher(call)
    first = asyncio.create_task(batcher.store({"value": 0}))
    await asyncio.sleep(0.001)
    rest = await asyncio.gather(*(batcher.store({"value": value}) for value in range(1, MOST + 51)))
    assert await first == 0
    assert rest == [value * 2 for value in range(1, MOST + 51)]
    assert calls == [1, MOST, 50]


async def test_a_batch_that_fails_does_not_stop_the_next() -> None:
    async def call(rows: bytes) -> Sequence[Any]:
        if b"bad" in rows:
            raise asyncpg.DataError("bad")
        return [None for _ in orjson.loads(rows)]

    batcher = Batcher(call)
    with pytest.raises(asyncpg.DataError):
        await batcher.store({"value": "bad"})
    assert await batcher.store({"value": "good"}) is None


async def test_messages_of_a_batch_are_numbered_within_their_conversations(database_url: str) -> None:
    url = database_url
    maker = await connect(url)
    await maker.execute("drop schema public cascade; create schema public")
    await maker.execute((Path(hub.bench.__file__).parent / "bare.sql").read_text())
    take_in = function(maker, "select * from take_in($1, 'inbound')")

    def row(n: int, phone: str) -> dict[str, Any]:
        ids = {name: uuid7() for name in ("id", "customer", "conversation")}
        return {"n": n, "phone": phone, "name": "A", "text": "Hi", "channel_message_id": str(ids["id"]), **ids}

    first = await take_in(orjson.dumps([row(0, "1"), row(1, "2"), row(2, "1")]))
    second = await take_in(orjson.dumps([row(0, "2"), row(1, "3")]))
    assert [found["seq"] for found in first] == [1, 1, 2]
    assert [found["seq"] for found in second] == [2, 1]
    assert first[0]["conversation_id"] == first[2]["conversation_id"] != first[1]["conversation_id"]
    assert await maker.fetchval("select count(*) from messages") == 5
    await maker.close()
