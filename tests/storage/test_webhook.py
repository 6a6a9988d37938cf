"""Endpoints in the database."""

from uuid import uuid4

import attrs
import pytest

from hub.errors import Invalid, NotFound, StaleVersion
from hub.webhook.endpoint import DisabledReason, Wanted
from storage import webhook
from storage.database import Database
from storage.webhook import EndpointStore

WANTED = Wanted(
    url="https://example.com/hook", description="CRM", event_types=("message.sent",), team_id=None, enabled=True
)


async def test_an_endpoint_begins_behind_the_newest_event(database: Database) -> None:
    async with database.acquire() as connection:
        await connection.execute("update journal_head set seq = 41")
    made = await EndpointStore(database).create(WANTED, "whsec_a")
    assert (made.cursor, made.version, made.event_types) == (41, 1, ("message.sent",))
    assert await EndpointStore(database).find(made.id) == made


async def test_pages_go_on_after_the_last_one(database: Database) -> None:
    store = EndpointStore(database)
    made = [await store.create(attrs.evolve(WANTED, description=str(n)), "whsec_a") for n in range(5)]
    first = await store.page(None, 3)
    rest = await store.page((first[-1].created_at, first[-1].id), 3)
    assert {one.id for one in (*first, *rest)} == {one.id for one in made}
    assert (len(first), len(rest)) == (3, 2)


async def test_a_change_that_comes_too_late(database: Database) -> None:
    store = EndpointStore(database)
    made = await store.create(WANTED, "whsec_a")
    changed = await store.change(made.id, 1, attrs.evolve(WANTED, url="https://example.com/other"))
    assert (changed.url, changed.version) == ("https://example.com/other", 2)
    with pytest.raises(StaleVersion):
        await store.change(made.id, 1, WANTED)
    assert (await store.change(made.id, None, WANTED)).version == 3


async def test_enabling_forgets_what_was_wrong(database: Database) -> None:
    store = EndpointStore(database)
    made = await store.create(WANTED, "whsec_a")
    async with database.acquire() as connection:
        await connection.execute(
            "update webhooks set enabled = false, disabled_reason = 'gone', disabled_at = now(), failing_since = now()"
        )
    found = await store.find(made.id)
    assert found is not None
    assert found.disabled_reason is DisabledReason.GONE
    enabled = await store.change(made.id, None, WANTED)
    assert (enabled.enabled, enabled.disabled_reason, enabled.disabled_at, enabled.failing_since) == (
        True,
        None,
        None,
        None,
    )
    by_hand = await store.change(made.id, None, attrs.evolve(WANTED, enabled=False))
    assert by_hand.disabled_at is not None
    assert by_hand.disabled_reason is None


async def test_no_more_than_are_looked_after(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "MOST", 2)
    store = EndpointStore(database)
    for _ in range(2):
        await store.create(WANTED, "whsec_a")
    with pytest.raises(Invalid, match="2 webhooks"):
        await store.create(WANTED, "whsec_a")


async def test_what_is_not_there(database: Database) -> None:
    store = EndpointStore(database)
    assert await store.find(uuid4()) is None
    with pytest.raises(NotFound):
        await store.change(uuid4(), None, WANTED)
    with pytest.raises(NotFound):
        await store.rotate(uuid4(), "whsec_a", 1.0)
    with pytest.raises(NotFound):
        await store.delete(uuid4())
