"""Forgetting a customer: what is completed when it was interrupted, and whose data stays."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hub.errors import NotFound, Unavailable
from hub.ids import uuid7
from storage.database import Database
from storage.erasure import ErasureStore
from storage.media_files import MediaFiles


class Refusing(MediaFiles):
    """A disk on which nothing can be deleted."""

    async def remove(self, id: UUID) -> None:
        raise Unavailable


async def stored(files: MediaFiles, id: UUID) -> None:
    """A file of this id."""
    async with files.incoming(100) as incoming:
        await incoming.write(b"hello")
        await incoming.seal("text/plain")
        await incoming.keep(id)


async def test_what_was_interrupted_is_completed(database: Database, scene: Any, tmp_path: Path) -> None:
    media_id = await scene.file(state="stored", filename="passport.txt")
    files = MediaFiles(tmp_path)
    await stored(files, media_id)
    async with database.acquire() as connection:
        customer_id = await connection.fetchval("select customer_id from conversations")
    with pytest.raises(Unavailable):
        await ErasureStore(database, Refusing(tmp_path)).erase(customer_id)
    assert (await scene.row(media_id))["filename"] is None
    erased = await ErasureStore(database, files).erase(customer_id)
    assert [conversation.id for conversation in erased.conversations] == [scene.conversation_id]
    assert not await files.exists(media_id)
    async with database.acquire() as connection:
        assert await connection.fetchval("select count(*) from media") == 0
    files.close()


async def test_a_number_that_is_somebody_elses_by_now_is_theirs(database: Database, tmp_path: Path) -> None:
    gone, stays = uuid7(), uuid7()
    async with database.acquire() as connection:
        await connection.execute("insert into customers (id) values ($1), ($2)", gone, stays)
        address = "insert into identities (channel, kind, value, customer_id) values ('wa', 'wa_id', '35191001', $1)"
        await connection.execute(address, stays)
        await connection.execute(address.replace("identities", "former_identities", 1), gone)
        kept = "insert into quarantine (id, channel, reason, payload) values ($1, 'wa', 'x', $2)"
        await connection.execute(kept, uuid7(), b'{"from": "35191001"}')
        files = MediaFiles(tmp_path)
        await ErasureStore(database, files).erase(gone)
        files.close()
        assert await connection.fetchval("select count(*) from quarantine") == 1
        assert await connection.fetchval("select count(*) from former_identities") == 0


async def test_who_turned_out_to_be_somebody_else_is_named(database: Database, tmp_path: Path) -> None:
    source, target = uuid7(), uuid7()
    async with database.acquire() as connection:
        await connection.execute("insert into customers (id) values ($1)", target)
        await connection.execute("insert into customers (id, merged_into_id) values ($1, $2)", source, target)
    store = ErasureStore(database, MediaFiles(tmp_path))
    with pytest.raises(NotFound) as refused:
        await store.erase(source)
    assert refused.value.extra == {"merged_into": str(target)}
    assert (await store.erase(target)).conversations == ()
    async with database.acquire() as connection:
        assert await connection.fetchval("select count(*) from customers where erased_at is not null") == 2
