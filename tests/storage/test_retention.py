"""What nobody asks for any more is forgotten after its time, and nothing else."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.errors import Unavailable
from hub.transaction.letter import CANCEL, letter_of
from hub.transaction.state import FINAL, DraftState
from storage import alert, integration_webhook, portions, retention, tool_call
from storage.database import Database
from storage.dead_letter import DeadLetterStore
from storage.event import EventLog
from storage.journal import Journal
from storage.retention import Keeping, Retention
from tests.storage.transaction_scene import TransactionScene, begun_scene

DAY = timedelta(days=1)
KEEPING = Keeping(unmatched=DAY, quarantine=30 * DAY, events=10 * DAY, transactions=3650 * DAY)


async def execute(database: Database, statement: str, *arguments: Any) -> None:
    async with database.acquire() as connection:
        await connection.execute(statement, *arguments)


async def column(database: Database, statement: str) -> list[Any]:
    async with database.acquire() as connection:
        return [row[0] for row in await connection.fetch(statement)]


async def report(database: Database, name: str, days: int, message_id: UUID | None = None) -> None:
    await execute(
        database,
        "insert into delivery_reports (channel, provider_id, status, at, message_id, report, received_at)"
        " values ('phone', $1, 'sent', now(), $2, '{}', now() - make_interval(days => $3))",
        name,
        message_id,
        days,
    )


async def log(database: Database, *days: int) -> None:
    """Events of so many days ago, numbered from 1."""
    for seq, age in enumerate(days, 1):
        await execute(
            database,
            "insert into events (seq, id, type, at, data)"
            " values ($1, $2, 'queue.updated', now() - make_interval(days => $3), '{}')",
            seq,
            uuid4(),
            age,
        )
    await execute(database, "update journal_head set seq = $1", len(days))


async def test_reports_on_messages_that_never_came_are_forgotten(database: Database) -> None:
    await report(database, "old", 2)
    await report(database, "new", 0)
    await report(database, "known", 2, uuid4())
    await Retention(database, KEEPING).prune()
    assert sorted(await column(database, "select provider_id from delivery_reports")) == ["known", "new"]


@pytest.mark.parametrize(
    ("table", "columns", "values", "age"),
    [
        ("quarantine", "id, channel, reason, payload, received_at", "$1, 'phone', 'odd', '', now() - $2::interval", 31),
        ("channel_events", "id, channel, field, payload, at", "$1, 'phone', 'account', '{}', now() - $2::interval", 31),
    ],
)
async def test_what_is_kept_for_a_look_is_forgotten_after_its_time(
    database: Database, table: str, columns: str, values: str, age: int
) -> None:
    old, new = uuid4(), uuid4()
    for id, days in ((old, age), (new, age - 2)):
        await execute(database, f"insert into {table} ({columns}) values ({values})", id, timedelta(days=days))
    await Retention(database, KEEPING).prune()
    assert await column(database, f"select id from {table}") == [new]


async def test_the_log_is_trimmed_and_says_so(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "PORTION", 2)
    await log(database, 20, 19, 18, 17, 16, 9, 1, 0)
    await Retention(database, KEEPING).prune()
    position = await EventLog(database).position()
    assert (position.trimmed, position.head) == (5, 8)
    assert await column(database, "select seq from events order by seq") == [6, 7, 8]


async def test_a_young_log_is_left_alone(database: Database) -> None:
    await log(database, 9, 0)
    await Retention(database, KEEPING).prune()
    assert (await EventLog(database).position()).trimmed == 0


async def test_an_away_database_is_said(database: Database) -> None:
    await database.close()
    with pytest.raises(Unavailable):
        await Retention(database, KEEPING).prune()


# Transactions


@pytest.fixture
async def scene(database: Database, journal: Journal, decider: Any) -> TransactionScene:
    return await begun_scene(database, journal, decider)


async def ended(scene: TransactionScene, state: DraftState = DraftState.COMMITTED, days: int = 3651) -> UUID:
    """A draft of another customer that came to this state so long ago, with a consent, a token and an approval."""
    draft, _ = await (await scene.more()).confirmed()
    for statement in (
        "insert into transaction_approvals (id, draft_id, terms, state, requested_at, expires_at)"
        " select $1, $1, terms, 'approved', now(), now() from transaction_drafts where id = $1",
        "update transaction_drafts set approval_id = id, due = null, withdraw = false where id = $1",
    ):
        await execute(scene.database, statement, draft.id)
    await execute(
        scene.database,
        "update transaction_drafts set state = $2, updated_at = now() - make_interval(days => $3) where id = $1",
        draft.id,
        state.value,
        days,
    )
    return draft.id


async def left(database: Database) -> set[UUID]:
    """The drafts that there still are; what belongs to a draft is there exactly as long."""
    drafts = set(await column(database, "select id from transaction_drafts"))
    for table in ("transaction_consents", "transaction_tokens", "transaction_approvals"):
        assert set(await column(database, f"select draft_id from {table}")) == drafts, table
    return drafts


async def test_only_what_has_ended_is_forgotten(scene: TransactionScene) -> None:
    made = {state: await ended(scene, state) for state in DraftState}
    await Retention(scene.database, KEEPING).prune()
    assert await left(scene.database) == set(made.values())
    assert await Retention(scene.database, KEEPING).prune_transactions() == len(FINAL)
    assert await left(scene.database) == {id for state, id in made.items() if state not in FINAL}


async def test_what_somebody_still_has_to_do_with_stays(scene: TransactionScene) -> None:
    letters = DeadLetterStore(scene.database)
    young = await ended(scene, days=3649)
    untold, due, lettered = [await ended(scene, DraftState.CANCELLED) for _ in range(3)]
    await execute(scene.database, "update transaction_drafts set withdraw = true where id = $1", untold)
    await execute(scene.database, "update transaction_drafts set due = now() where id = $1", due)
    draft = await scene.store.find(lettered)
    assert draft is not None
    letter = await letters.put(letter_of(draft, CANCEL))
    store = Retention(scene.database, KEEPING)
    assert await store.prune_transactions() == 0
    await letters.discard(letter, "user:1")
    assert await store.prune_transactions() == 1
    assert await left(scene.database) == {young, untold, due}


async def test_transactions_go_in_portions_and_the_audit_stays(
    scene: TransactionScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "PORTION", 2)
    monkeypatch.setattr(portions, "ROUNDS", 2)
    for _ in range(5):
        await ended(scene)
    audited = await column(scene.database, "select seq from audit_log")
    store = Retention(scene.database, KEEPING)
    assert [await store.prune_transactions() for _ in range(3)] == [4, 1, 0]
    assert await column(scene.database, "select seq from audit_log") == audited


@pytest.mark.parametrize(
    ("query", "arguments"),
    [
        (retention.SQL.transactions, ("'10 years'", "10")),
        (tool_call.SQL.prune, ("'7 days'", "10")),
        (integration_webhook.SQL.prune, ("'7 days'", "10")),
        (alert.SQL.prune, ("'90 days'", "10")),
        # what the keys between the tables look for when a row goes
        ("select 1 from transaction_drafts where consent_id = $1", (f"'{uuid4()}'",)),
        ("select 1 from transaction_drafts where approval_id = $1", (f"'{uuid4()}'",)),
        ("select 1 from transaction_tokens where draft_id = $1", (f"'{uuid4()}'",)),
        ("select 1 from transaction_tokens where consent_id = $1", (f"'{uuid4()}'",)),
        ("select 1 from dead_letters where settled_at < $1", ("now()",)),
    ],
)
async def test_what_goes_is_found_by_an_index(database: Database, query: str, arguments: tuple[str, ...]) -> None:
    for number, argument in enumerate(arguments, 1):
        query = query.replace(f"${number}", argument)
    async with database.acquire() as connection, connection.transaction():
        await connection.execute("set local enable_seqscan = off")
        plan = "\n".join(row[0] for row in await connection.fetch(f"explain {query}"))
    assert "Seq Scan" not in plan, plan
