"""`hub erase customer` on a real database."""

import asyncio
from typing import Any

import asyncpg

from hub.ids import uuid7
from tests.hub.commands.conftest import Call, Ended


def run(call: Call, url: str, *arguments: str) -> Ended:
    return call("-o", f"database.url={url}", "erase", "customer", *arguments)


def on(url: str, query: str, *arguments: Any) -> Any:
    """One value from the database."""

    async def ask() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(query, *arguments)
        finally:
            await connection.close()

    return asyncio.run(ask())


INSERT = """with somebody as (insert into customers (id, name) values ($1, 'Maria') returning id)
insert into conversations (id, channel, channel_type, customer_id, status, version, revision, last_change, created_at,
    updated_at)
select $2, 'wa', 'whatsapp', id, 'open', 1, 1, $1, now(), now() from somebody"""


def test_a_customer_is_forgotten_and_running_hubs_are_told(call: Call, database_url: str) -> None:
    customer_id, conversation_id = uuid7(), uuid7()
    on(database_url, INSERT, customer_id, conversation_id)
    ended = run(call, database_url, str(customer_id))
    assert ended.code == 0, ended.err
    assert "1 conversation" in ended.err
    assert on(database_url, "select name from customers") is None
    told = "select data->>'erased' from events where type = 'conversation.updated' and conversation_id = $1"
    assert on(database_url, told, conversation_id) == "true"
    assert run(call, database_url, str(customer_id)).code == 0


def test_how_it_ends_when_it_cannot(call: Call, database_url: str) -> None:
    assert run(call, database_url, str(uuid7())).code == 3
    assert run(call, database_url, "maria").code == 2
    customer_id, conversation_id = uuid7(), uuid7()
    on(database_url, INSERT, customer_id, conversation_id)
    sending = """insert into outbox (id, channel, conversation_id, seq, attempt, state, payload, not_before, created_at)
    values ($1, 'wa', $2, 1, 1, 'sending', '{}', now(), now())"""
    on(database_url, sending, uuid7(), conversation_id)
    assert run(call, database_url, str(customer_id)).code == 4
    assert on(database_url, "select name from customers") == "Maria"
