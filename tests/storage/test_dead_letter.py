"""Dead letters in the database: put down once for one thing, done again by one at a time."""

import asyncio
import itertools
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.dead_letter import DeadLetter, LetterState, NewLetter, Settled, Step, Which
from hub.errors import AuditUnavailable, InvalidTransition, NotFound
from storage import dead_letter
from storage.database import Database
from storage.dead_letter import DeadLetterStore

BY = "user:1"


def letter(**given: Any) -> NewLetter:
    usual = {
        "integration": "transaction_create",
        "operation": "commit_draft",
        "kind": "write",
        "problem": "integration_timeout",
        "attempts": 3,
    }
    return NewLetter(**{**usual, **given})


async def put(store: DeadLetterStore, **given: Any) -> DeadLetter:
    found = await store.find(await store.put(letter(**given)))
    assert found is not None
    return found


async def rewind(database: Database, by: timedelta, **columns: str) -> None:
    """Makes moments lie back."""
    async with database.acquire() as connection:
        for name in columns.values():
            await connection.execute(f"update dead_letters set {name} = {name} - $1::interval", by)


async def test_one_for_the_same_thing_gathers_attempts(database: Database) -> None:
    store, draft = DeadLetterStore(database), uuid4()
    first = await store.put(letter(ref_id=draft, idempotency_key="k-1", payload={"draft_id": str(draft)}))
    assert await store.put(letter(ref_id=draft, problem="integration_error", provider_status=502)) == first
    assert await store.put(letter(ref_id=uuid4())) != first
    found = await store.find(first)
    assert found is not None
    assert (found.attempts, found.times, found.problem, found.provider_status) == (6, 2, "integration_error", 502)
    assert (found.idempotency_key, found.state) == ("k-1", LetterState.DEAD)
    await store.discard(first, BY)
    assert await store.put(letter(ref_id=draft)) != first


async def test_a_letter_without_a_thing_stands_alone(database: Database) -> None:
    store = DeadLetterStore(database)
    assert await store.put(letter()) != await store.put(letter())


async def test_pages_narrow_and_go_on(database: Database) -> None:
    store = DeadLetterStore(database)
    made = [await put(store) for _ in range(3)]
    other = await put(store, integration="ticketing", operation="create_ticket")
    read = await put(store, integration="ticketing", operation="search_tickets", kind="read")
    page = await store.page(Which(), None, 2)
    assert [one.id for one in page] == [read.id, other.id]
    rest = await store.page(Which(), (page[-1].last_at, page[-1].id), 10)
    assert [one.id for one in rest] == [one.id for one in made[::-1]]
    narrow = Which(integration="ticketing", kind=read.kind, state=LetterState.DEAD, operation="search_tickets")
    assert [one.id for one in await store.page(narrow, None, 10)] == [read.id]


async def test_many_who_redrive_one_are_one(database: Database) -> None:
    store = DeadLetterStore(database)
    one = await put(store)
    answers = await asyncio.gather(*(store.redrive(one.id, BY) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(answer, InvalidTransition) for answer in answers) == 19
    takes = [taken for taken in await asyncio.gather(*(store.take() for _ in range(5))) if taken is not None]
    assert [taken.id for taken in takes] == [one.id]
    await store.settle(one.id, Settled(Step.DONE))
    settled = await store.find(one.id)
    assert settled is not None
    assert (settled.state, settled.requested_by, settled.attempts) == (LetterState.REDRIVEN, BY, 4)
    assert settled.settled_at is not None


@pytest.mark.parametrize(
    ("step", "state", "attempts"),
    [(Step.UNWANTED, LetterState.SKIPPED, 3), (Step.FAIL, LetterState.DEAD, 4)],
)
async def test_how_doing_it_again_can_end(database: Database, step: Step, state: LetterState, attempts: int) -> None:
    store = DeadLetterStore(database)
    one = await put(store)
    await store.redrive(one.id, BY)
    await store.take()
    await store.settle(one.id, Settled(step, "integration_error", 500))
    found = await store.find(one.id)
    assert found is not None
    assert (found.state, found.problem, found.provider_status, found.attempts) == (
        state,
        "integration_error",
        500,
        attempts,
    )
    await store.settle(one.id, Settled(Step.DONE))
    again = await store.find(one.id)
    assert again == found


async def test_all_are_queued_at_a_pace_and_one_integration_once(database: Database) -> None:
    store = DeadLetterStore(database)
    made = [await put(store) for _ in range(3)]
    await put(store, kind="read")
    ticket = await put(store, integration="ticketing")
    assert await store.redrive_all(Which(), BY, 5) == {"ticketing": 1, "transaction_create": 3}
    queued = [await store.find(one.id) for one in made]
    moments = [one.due_at for one in queued if one is not None and one.due_at is not None]
    for one, next_one in itertools.pairwise(moments):  # moments are kept to the millisecond
        assert abs(next_one - one - timedelta(seconds=0.2)) <= timedelta(milliseconds=1)
    late = await put(store)
    assert await store.redrive_all(Which(), BY, 10) == {}
    first = await store.take()
    assert first is not None
    assert first.id in (made[0].id, ticket.id)
    assert await store.stop("transaction_create") == 3 - (first.id == made[0].id)
    found = await store.find(late.id)
    assert found is not None
    assert found.state is LetterState.DEAD


async def test_one_of_an_integration_at_a_time_oldest_first(database: Database) -> None:
    store = DeadLetterStore(database)
    made = [(await put(store)).id for _ in range(3)]
    await store.redrive_all(Which(), BY, 10)
    await rewind(database, timedelta(seconds=5), due="due_at")
    seen: list[UUID] = []
    while (taken := await store.take()) is not None:
        assert await store.take() is None
        seen.append(taken.id)
        await store.settle(taken.id, Settled(Step.DONE))
    assert seen == made


async def test_what_a_dead_replica_took_is_taken_again(database: Database) -> None:
    store = DeadLetterStore(database)
    one = await put(store)
    await store.redrive(one.id, BY)
    assert await store.take() is not None
    assert await store.take() is None
    await rewind(database, dead_letter.LEASE, lease="lease_until")
    taken = await store.take()
    assert taken is not None
    assert taken.id == one.id


async def test_what_cannot_be_moved_says_why(database: Database) -> None:
    store = DeadLetterStore(database)
    read, done = await put(store, kind="read"), await put(store)
    await store.discard(done.id, BY)
    with pytest.raises(InvalidTransition, match="read"):
        await store.redrive(read.id, BY)
    with pytest.raises(InvalidTransition, match="discarded"):
        await store.discard(done.id, BY)
    with pytest.raises(NotFound):
        await store.redrive(uuid4(), BY)


async def test_the_old_is_forgotten_and_the_open_stays(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    store = DeadLetterStore(database)
    discarded = await put(store)
    await store.discard(discarded.id, BY)
    await put(store, kind="read")
    kept = await put(store)
    await rewind(database, timedelta(days=31), last="last_at", settled="settled_at")
    recent = await put(store, kind="read")
    await store.prune()
    assert {one.id for one in await store.page(Which(), None, 10)} == {kept.id, recent.id}
    assert await store.depth() == {"transaction_create": 2}
    monkeypatch.setattr(dead_letter, "READS_MOST", 2)
    for _ in range(3):
        await put(store, kind="read")
    await store.prune()
    assert await store.depth() == {"transaction_create": 3}


async def test_ids_that_others_made_of_personal_data_are_not_kept(database: Database) -> None:
    draft = str(uuid4())
    payload = {"draft_id": draft, "external_id": "4111-1111-1111-1111", "webhook_id": "ana@example.com", "state": "x"}
    kept = await put(DeadLetterStore(database), payload=payload)
    hidden = {"external_id": "[card:…1111]", "webhook_id": "[email]"}
    assert kept.payload == {"draft_id": draft, "state": "x", **hidden}


async def test_what_was_put_down_is_counted_once_some_seconds_later(database: Database) -> None:
    store = DeadLetterStore(database)
    began, none = await store.added(None)
    assert none == {}
    await put(store)
    assert (await store.added(began))[1] == {}
    since = began - timedelta(minutes=1)
    await rewind(database, timedelta(seconds=15), first="first_at")
    until, added = await store.added(since)
    assert added == {"transaction_create": 1}
    assert (await store.added(until))[1] == {}


async def audited(database: Database) -> list[dict[str, Any]]:
    async with database.acquire() as connection:
        return [row["body"] for row in await connection.fetch("select body::json from audit_log order by seq")]


async def test_decisions_are_rows_of_the_audit(database: Database) -> None:
    store, draft = DeadLetterStore(database), uuid4()
    one = await put(store, ref_id=draft, payload={"draft_id": str(draft)})
    other = await put(store, ref_id=uuid4())
    await store.redrive(one.id, BY)
    await store.discard(other.id, "command")
    for refused in (store.redrive(one.id, BY), store.discard(other.id, BY)):
        with pytest.raises(InvalidTransition):
            await refused
    redriven, discarded = await audited(database)
    assert (redriven["actor"], redriven["tool"], redriven["draft_id"]) == (BY, "redrive_dead_letter", str(draft))
    assert redriven["args_redacted"] == {
        "integration": "transaction_create",
        "letter_id": str(one.id),
        "operation": "commit_draft",
        "ref_id": str(draft),
    }
    assert (redriven["state_before"], redriven["state_after"]) == ("dead", "queued")
    assert (discarded["actor"], discarded["tool"], discarded["draft_id"]) == ("command", "discard_dead_letter", None)


async def test_many_at_once_are_one_decision(database: Database) -> None:
    store = DeadLetterStore(database)
    for _ in range(3):
        await put(store)
    await store.redrive_all(Which(integration="transaction_create"), BY, 5)
    await store.redrive_all(Which(integration="transaction_create"), BY, 5)
    (row,) = await audited(database)
    assert row["args_redacted"] == {"integration": "transaction_create", "queued": {"transaction_create": 3}}


async def test_without_its_row_nothing_is_decided(database: Database) -> None:
    store = DeadLetterStore(database)
    one = await put(store)
    async with database.acquire() as connection:
        await connection.execute("alter table audit_head rename to audit_head_away")
    for refused in (store.redrive(one.id, BY), store.discard(one.id, BY), store.redrive_all(Which(), BY, 5)):
        with pytest.raises(AuditUnavailable):
            await refused
    assert await store.find(one.id) == one
