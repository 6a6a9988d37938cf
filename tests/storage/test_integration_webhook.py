"""Each webhook of a back end counts once, and none after a newer one about the same thing."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

from hub.integration.webhook import Taken, Told
from storage.database import Database
from storage.integration_webhook import IntegrationWebhookStore

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
NAME = "transaction_status"


def told(id: str, subject: str = "TX-1", seconds: float = 0.0) -> Told:
    return Told(id, subject, NOON + timedelta(seconds=seconds), b"\x00" * 32)


async def test_a_repetition_is_no_news(database: Database) -> None:
    store = IntegrationWebhookStore(database)
    assert await store.take(NAME, told("m1")) is Taken.NEW
    await store.told(NAME, "m1")
    assert await store.take(NAME, told("m1")) is Taken.DUPLICATE
    assert await store.take("ticketing", told("m1")) is Taken.NEW


async def test_one_that_was_never_told_is_told_when_it_comes_again(database: Database) -> None:
    store = IntegrationWebhookStore(database)
    for _ in range(2):
        assert await store.take(NAME, told("m1")) is Taken.NEW


async def test_an_older_word_about_the_same_thing_is_no_news(database: Database) -> None:
    store = IntegrationWebhookStore(database)
    assert await store.take(NAME, told("m1", seconds=10)) is Taken.NEW
    assert await store.take(NAME, told("m2", seconds=5)) is Taken.OLDER
    assert await store.take(NAME, told("m2", seconds=5)) is Taken.DUPLICATE
    assert await store.take(NAME, told("m3", "TX-2", seconds=5)) is Taken.NEW
    assert await store.take(NAME, told("m4", seconds=10)) is Taken.NEW


async def test_words_about_everything_are_always_news(database: Database) -> None:
    store = IntegrationWebhookStore(database)
    assert await store.take(NAME, told("m1", "", seconds=10)) is Taken.NEW
    assert await store.take(NAME, told("m2", "", seconds=5)) is Taken.NEW


async def test_copies_that_come_at_once_are_noted_once(database: Database) -> None:
    store = IntegrationWebhookStore(database)
    await asyncio.gather(*(store.take(NAME, told("m1")) for _ in range(8)))
    async with database.acquire() as connection:
        assert await connection.fetchval("select count(*) from integration_webhooks") == 1
    assert Counter([await store.take(NAME, told("m1"))]) == {Taken.NEW: 1}


async def test_old_ones_are_forgotten(database: Database) -> None:
    store = IntegrationWebhookStore(database)
    await store.take(NAME, told("m1"))
    await store.take(NAME, told("m2"))
    async with database.acquire() as connection:
        await connection.execute(
            "update integration_webhooks set received_at = now() - interval '8 days' where webhook_id = 'm1'"
        )
    await store.prune()
    async with database.acquire() as connection:
        assert await connection.fetchval("select array_agg(webhook_id) from integration_webhooks") == ["m2"]
