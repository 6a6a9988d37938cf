"""Every verdict of the journal, its order under concurrency, and what is left when the link breaks."""

import asyncio
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import orjson
import pytest

from hub.conversation.changes import SYSTEM
from hub.conversation.commands import Deliver, Outcome, Patch, Receive, SendResult
from hub.conversation.effects import ChannelEvent, Effects, NewEvent, OwnedIdentity
from hub.conversation.state import Desk
from hub.delivery import DeliveryStatus
from hub.errors import HubError, Unavailable
from hub.events import Audience, Event
from hub.ids import uuid7
from hub.inbound import EchoedMessage, Identity, IdentityChange, IdentityKind, Party, StatusUpdate
from hub.journal import Change, Orphan, Verdict
from hub.journal import Outcome as Written
from hub.message import Content, ContentType
from storage.conversation import Conversations
from storage.database import Database, Limits
from storage.event import EventLog
from storage.journal import Journal, Poison
from storage.message import Messages

CHANNEL = "whatsapp-main"


async def count(database: Database, query: str, *arguments: Any) -> int:
    async with database.acquire() as connection:
        found: int = await connection.fetchval(f"select count(*) from {query}", *arguments)
    return found


async def verdicts(journal: Journal, *changes: Change) -> list[Verdict]:
    outcomes, _ = await journal.append(changes)
    return list(map(verdict, outcomes))


async def written(journal: Journal, change: Change) -> Written:
    (outcome,), _ = await journal.append([change])
    assert isinstance(outcome, Written)
    return outcome


def verdict(outcome: Written | HubError) -> Verdict:
    if isinstance(outcome, HubError):
        raise outcome
    return outcome.verdict


def sent(desk: Desk) -> tuple[UUID, SendResult]:
    """The id of the desk's one outbound message, and that the channel accepted it under `wamid.S`."""
    message = next(m for m in desk.messages.values() if m.direction == "outbound")
    return message.id, SendResult(uuid7(), message.id, message.attempt, Outcome.ACCEPTED, provider_id="wamid.S")


def report(status: DeliveryStatus, at: Any, wamid: str = "wamid.S", reference: str | None = None) -> StatusUpdate:
    return StatusUpdate(wamid, status, status.value, at, reference=reference)


# Verdicts


async def test_what_is_written_reads_back_as_it_was_decided(database: Database, journal: Journal, decider: Any) -> None:
    desk, change = decider.begin(decider.reply())
    outcomes, (committed,) = await journal.append([change])
    assert list(map(verdict, outcomes)) == [Verdict.OK]
    loaded = (await Conversations(database).load([desk.conversation.id]))[desk.conversation.id]
    shown = {"message_id": str(desk.conversation.last_message["message_id"])}
    assert loaded.conversation == attrs.evolve(
        desk.conversation, last_message={**desk.conversation.last_message, **shown}
    )
    assert loaded.addresses == desk.addresses
    stored = await Messages(database).page(desk.conversation.id, None, 10)
    assert stored == list(desk.messages.values())
    events = [attrs.evolve(event, actor=_json(event.actor), data=_json(event.data)) for event in committed.events]
    assert await EventLog(database).after(0, 10) == events
    assert committed.previous == 0
    assert [event.seq for event in committed.events] == [1, 2, 3]


def _json(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value))


async def test_a_change_brought_again_is_done_and_writes_nothing(
    database: Database, journal: Journal, decider: Any
) -> None:
    _, change = decider.begin(decider.reply())
    assert await verdicts(journal, change) == [Verdict.OK]
    outcomes, (committed,) = await journal.append([change])
    assert list(map(verdict, outcomes)) == [Verdict.DONE]
    assert committed.events == ()
    assert await count(database, "messages") == 2
    assert await count(database, "events") == 3
    assert await count(database, "outbox") == 1


async def test_a_change_decided_on_an_old_revision_conflicts(
    database: Database, journal: Journal, decider: Any
) -> None:
    desk, change = decider.begin()
    _, one = decider.change(desk, decider.reply("one"))
    _, other = decider.change(desk, decider.reply("other"))
    assert await verdicts(journal, change) == [Verdict.OK]
    assert await verdicts(journal, one) == [Verdict.OK]
    assert await verdicts(journal, other) == [Verdict.CONFLICT]
    assert await count(database, "messages where text = 'other'") == 0


async def test_a_conversation_that_exists_is_not_begun_again(journal: Journal, decider: Any) -> None:
    opening = decider.opening()
    _, change = decider.begin(opening=opening)
    _, again = decider.begin(opening=opening)
    assert await verdicts(journal, change) == [Verdict.OK]
    assert await verdicts(journal, again) == [Verdict.CONFLICT]


async def test_one_batch_takes_one_change_of_a_conversation(database: Database, journal: Journal, decider: Any) -> None:
    desk, change = decider.begin()
    await journal.append([change])
    _, one = decider.change(desk, Patch(decider.author, subject="one"))
    _, other = decider.change(desk, Patch(decider.author, priority=2))
    assert await verdicts(journal, one, other) == [Verdict.OK, Verdict.CONFLICT]
    assert await count(database, "conversations where subject = 'one' and priority = 0") == 1


async def test_a_message_that_is_stored_is_named_as_duplicate(journal: Journal, decider: Any) -> None:
    text = decider.text(wamid="wamid.twice")
    desk, change = decider.change(Desk(), Receive((text,), decider.opening()))
    await journal.append([change])
    _, again = decider.change(desk, Receive((decider.text("new"), text)))
    outcome = await written(journal, again)
    twin = next(m for m in again.effects.messages.values() if m.channel_message_id == "wamid.twice")
    assert (outcome.verdict, outcome.about) == (Verdict.DUPLICATE, (twin.id,))


async def test_the_same_channel_id_in_another_conversation_is_a_duplicate_too(journal: Journal, decider: Any) -> None:
    text = decider.text(wamid="wamid.twice")
    _, change = decider.change(Desk(), Receive((text,), decider.opening()))
    _, elsewhere = decider.change(Desk(), Receive((text,), decider.opening()))
    await journal.append([change])
    assert await verdicts(journal, elsewhere) == [Verdict.DUPLICATE]


async def test_a_reply_that_is_stored_is_named_by_its_client_id(journal: Journal, decider: Any) -> None:
    desk, change = decider.begin()
    client_id = uuid7()
    await journal.append([change])
    then, first = decider.change(desk, decider.reply(client_id=client_id))
    await journal.append([first])
    _, again = decider.change(then, decider.reply(client_id=client_id))
    outcome = await written(journal, again)
    assert (outcome.verdict, outcome.about) == (Verdict.DUPLICATE, tuple(again.effects.messages))


async def test_a_customer_known_by_an_address_is_not_made_again(
    database: Database, journal: Journal, decider: Any
) -> None:
    identities = decider.person()
    _, change = decider.begin(opening=decider.opening(identities))
    _, other = decider.begin(opening=decider.opening(identities[1:]))
    assert await verdicts(journal, change) == [Verdict.OK]
    assert await verdicts(journal, other) == [Verdict.MOVED]
    assert await count(database, "customers") == 1


async def test_a_second_live_conversation_of_a_customer_is_refused_as_moved(journal: Journal, decider: Any) -> None:
    opening = decider.opening()
    _, change = decider.begin(opening=opening)
    known = decider.opening((), customer=opening.customer, new_customer=False)
    _, second = decider.begin(opening=known)
    await journal.append([change])
    assert await verdicts(journal, second) == [Verdict.MOVED]


async def test_two_first_messages_of_one_person_in_one_batch_make_one_customer(
    database: Database, journal: Journal, decider: Any
) -> None:
    bsuid, phone = decider.person()
    _, change = decider.begin(opening=decider.opening((bsuid, phone)))
    _, twin = decider.begin(opening=decider.opening((phone,)))
    _, other = decider.begin()
    assert await verdicts(journal, change, twin, other) == [Verdict.OK, Verdict.MOVED, Verdict.OK]
    assert await count(database, "customers") == 2
    assert await count(database, "conversations") == 2


async def test_twins_of_one_message_in_one_batch_cost_nobody_else(
    database: Database, journal: Journal, decider: Any
) -> None:
    text = decider.text(wamid="wamid.twin")
    _, one = decider.change(Desk(), Receive((text,), decider.opening()))
    _, two = decider.change(Desk(), Receive((text,), decider.opening()))
    _, bystander = decider.begin()
    assert await verdicts(journal, one, two, bystander) == [Verdict.OK, Verdict.DUPLICATE, Verdict.OK]
    assert await count(database, "messages") == 2


async def test_a_report_on_a_message_that_is_here_is_no_orphan(
    database: Database, journal: Journal, decider: Any
) -> None:
    desk, change = decider.begin(decider.reply())
    await journal.append([change])
    _, result = sent(desk)
    (row,) = change.effects.outbox
    _, settled = decider.change(desk, attrs.evolve(result, outbox_id=row.id, token=row.token))
    update = report(DeliveryStatus.DELIVERED, decider.now)
    orphan = Change(uuid7(), Effects(), orphans=(Orphan(CHANNEL, update),))
    assert await verdicts(journal, orphan) == [Verdict.OK]
    assert await verdicts(journal, settled) == [Verdict.AWAITED]
    assert await count(database, "outbox") == 1
    waiting = await Messages(database).orphans(CHANNEL, "wamid.S")
    assert waiting == [update]
    (message_id, _) = sent(desk)
    then, both = decider.change(
        desk, attrs.evolve(result, outbox_id=row.id, token=row.token), Deliver(((message_id, waiting[0]),))
    )
    assert await verdicts(journal, both) == [Verdict.OK]
    assert then.messages[message_id].status is DeliveryStatus.DELIVERED
    late = Change(uuid7(), Effects(), orphans=(Orphan(CHANNEL, report(DeliveryStatus.READ, decider.now)),))
    assert await verdicts(journal, late) == [Verdict.KNOWN]
    assert await Messages(database).orphans(CHANNEL, "wamid.S") == []


async def test_a_row_that_others_hold_is_not_settled(database: Database, journal: Journal, decider: Any) -> None:
    desk, change = decider.begin(decider.reply())
    await journal.append([change])
    _, result = sent(desk)
    (row,) = change.effects.outbox
    _, foreign = decider.change(desk, attrs.evolve(result, outbox_id=row.id, token=uuid7()))
    outcome = await written(journal, foreign)
    assert (outcome.verdict, outcome.about) == (Verdict.FENCED, (row.id,))
    _, ours = decider.change(desk, attrs.evolve(result, outbox_id=row.id, token=row.token))
    assert await verdicts(journal, ours) == [Verdict.OK]
    _, gone = decider.change(desk, attrs.evolve(result, outbox_id=uuid7(), token=row.token))
    assert await verdicts(journal, gone) == [Verdict.CONFLICT]
    assert await count(database, "outbox") == 0


async def test_a_row_that_is_gone_is_fenced(journal: Journal, decider: Any) -> None:
    desk, change = decider.begin(decider.reply())
    await journal.append([change])
    _, result = sent(desk)
    _, gone = decider.change(desk, attrs.evolve(result, token=uuid7()))
    assert await verdicts(journal, gone) == [Verdict.FENCED]


async def test_a_retry_of_the_courier_puts_the_row_back(database: Database, journal: Journal, decider: Any) -> None:
    desk, change = decider.begin(decider.reply())
    await journal.append([change])
    _, result = sent(desk)
    (row,) = change.effects.outbox
    later = attrs.evolve(result, outbox_id=row.id, token=row.token, outcome=Outcome.LATER, retry_in=60.0, tries=1)
    _, back = decider.change(desk, later)
    assert await verdicts(journal, back) == [Verdict.OK]
    assert await count(database, "outbox where state = 'queued' and tries = 1 and not_before > now()") == 1


# What one turn may say twice


async def test_several_words_on_one_try_in_one_turn_make_one_row(
    database: Database, journal: Journal, decider: Any
) -> None:
    desk, change = decider.begin(decider.reply())
    await journal.append([change])
    message_id, _ = sent(desk)
    reference = f"h1:{message_id}:1"
    said = [
        report(status, decider.now, reference=reference)
        for status in (DeliveryStatus.DELIVERED, DeliveryStatus.SENT, DeliveryStatus.DELIVERED)
    ]
    _, reports = decider.change(desk, Deliver(tuple((message_id, update) for update in said)))
    assert await verdicts(journal, reports) == [Verdict.OK]
    (attempt,) = await Messages(database).attempts(message_id)
    assert (attempt["status"], attempt["provider_id"]) == ("delivered", "wamid.S")
    assert await count(database, "delivery_reports") == 2


async def test_a_late_report_does_not_lead_a_try_backwards(database: Database, journal: Journal, decider: Any) -> None:
    desk, change = decider.begin(decider.reply())
    await journal.append([change])
    message_id, _ = sent(desk)
    for status in (DeliveryStatus.READ, DeliveryStatus.SENT, DeliveryStatus.FAILED):
        desk, said = decider.change(desk, Deliver(((message_id, report(status, decider.now)),)))
        assert await verdicts(journal, said) == [Verdict.OK]
    (attempt,) = await Messages(database).attempts(message_id)
    assert (attempt["status"], attempt["error_code"]) == ("read", None)


async def test_a_name_that_changes_twice_in_a_turn_ends_as_the_last(
    database: Database, journal: Journal, decider: Any
) -> None:
    desk, change = decider.begin()
    await journal.append([change])
    one, two = (Receive((decider.text(),), name=name) for name in ("Marta", "Martim"))
    _, renamed = decider.change(desk, one, two)
    assert await verdicts(journal, renamed) == [Verdict.OK]
    assert await count(database, "customers where name = 'Martim'") == 1


# Addresses


async def test_an_address_of_somebody_else_stays_theirs(database: Database, journal: Journal, decider: Any) -> None:
    bsuid, phone = decider.person()
    _, change = decider.begin(opening=decider.opening((bsuid, phone)))
    desk, other = decider.begin(opening=decider.opening())
    await journal.append([change, other])
    _, learns = decider.change(desk, Receive((decider.text(),), learned=(phone,)))
    assert await verdicts(journal, learns) == [Verdict.OK]
    async with database.acquire() as connection:
        owner = await connection.fetchval("select customer_id from identities where value = $1", phone.value)
    assert owner == change.conversation.customer.id


async def test_an_address_that_the_channel_gave_to_somebody_else_moves(
    database: Database, journal: Journal, decider: Any
) -> None:
    bsuid, phone = decider.person()
    _, change = decider.begin(opening=decider.opening((bsuid, phone)))
    mine = decider.person()
    desk, other = decider.begin(opening=decider.opening(mine))
    await journal.append([change, other])
    moved = IdentityChange("wamid.M", Party(mine), (phone,), "user_changed_number", None, decider.now)
    _, learns = decider.change(desk, Receive((moved,)))
    assert await verdicts(journal, learns) == [Verdict.OK]
    loaded = (await Conversations(database).load([desk.conversation.id]))[desk.conversation.id]
    assert loaded.addresses == {mine[0], phone}


async def test_a_first_message_with_a_change_of_number_makes_one_customer(journal: Journal, decider: Any) -> None:
    mine = decider.person()
    new = Identity(IdentityKind.WA_ID, "351999")
    moved = IdentityChange("wamid.M", Party(mine), (new,), "user_changed_number", None, decider.now)
    _, change = decider.change(Desk(), Receive((decider.text(), moved), decider.opening((*mine, new))))
    assert await verdicts(journal, change) == [Verdict.OK]


# Poison


async def test_what_cannot_be_stored_fails_alone(database: Database, journal: Journal, decider: Any) -> None:
    _, good = decider.begin()
    _, bad = decider.change(Desk(), Receive((decider.text("NUL \0"),), decider.opening()))
    _, other = decider.begin()
    outcomes, commits = await journal.append([good, bad, other])
    assert [o if isinstance(o, Exception) else o.verdict for o in outcomes] == [Verdict.OK, outcomes[1], Verdict.OK]
    assert isinstance(outcomes[1], Poison)
    assert [event.seq for commit in commits for event in commit.events] == [1, 2, 3, 4]
    assert await count(database, "messages") == 2


async def test_what_cannot_even_be_written_down_fails_alone(journal: Journal, decider: Any) -> None:
    _, good = decider.begin()
    _, bad = decider.change(Desk(), Receive((decider.text("a lone \ud800"),), decider.opening()))
    outcomes, _ = await journal.append([bad, good])
    assert isinstance(outcomes[0], Poison)
    assert isinstance(outcomes[1], HubError) is False


# Changes beside conversations


async def test_rows_without_a_conversation_are_written(database: Database, journal: Journal, decider: Any) -> None:
    owner, _ = decider.begin()
    _, change = decider.begin()
    await journal.append([change])
    kept = ChannelEvent(uuid7(), CHANNEL, "account_update", None, {"a": 1}, decider.now)
    theirs = OwnedIdentity(CHANNEL, Identity(IdentityKind.APP_ID, "a1"), change.conversation.customer.id)
    told = NewEvent(uuid7(), "queue.updated", decider.now, Audience(), {"open": 1}, actor=SYSTEM)
    alone = Change(uuid7(), Effects(channel_events=[kept], identities=[theirs], events=[told]))
    assert await verdicts(journal, alone) == [Verdict.OK]
    assert await verdicts(journal, Change(uuid7(), Effects(channel_events=[kept]))) == [Verdict.OK]
    assert await count(database, "channel_events") == 1
    assert await count(database, "identities where kind = 'app_id'") == 1
    assert owner is not None


async def test_an_echo_waits_for_its_reports_too(journal: Journal, decider: Any) -> None:
    orphan = Orphan(CHANNEL, report(DeliveryStatus.READ, decider.now, "wamid.E"))
    await journal.append([Change(uuid7(), Effects(), orphans=(orphan,))])
    echo = EchoedMessage("wamid.E", Party(()), decider.now, Content(ContentType.TEXT, "from the phone"))
    _, change = decider.change(Desk(), Receive((echo,), decider.opening()))
    assert await verdicts(journal, change) == [Verdict.AWAITED]


# Order


async def test_numbers_are_dense_and_a_reader_loses_nothing(
    database: Database, new_journal: Callable[[int], Journal], decider: Any
) -> None:
    """Eight journals write at once while a reader goes from number to number."""
    journals, rounds = [new_journal(n) for n in range(8)], 12
    log, seen, done = EventLog(database), list[Event](), asyncio.Event()

    async def write(journal: Journal) -> list[Event]:
        told = []
        for _ in range(rounds):
            changes = [decider.begin()[1] for _ in range(3)]
            outcomes, commits = await journal.append(changes)
            assert list(map(verdict, outcomes)) == [Verdict.OK] * 3
            told += [event for commit in commits for event in commit.events]
        return told

    async def read() -> None:
        while not done.is_set() or await log.after(len(seen), 1):
            seen.extend(await log.after(seen[-1].seq if seen else 0, 50))
            await asyncio.sleep(0)

    reading = asyncio.create_task(read())
    told = [event for events in await asyncio.gather(*map(write, journals)) for event in events]
    done.set()
    await reading
    assert [event.seq for event in seen] == list(range(1, len(told) + 1))
    assert {event.seq: event.id for event in told} == {event.seq: event.id for event in seen}


async def test_two_replicas_on_one_conversation_take_turns(
    database: Database, new_journal: Callable[[int], Journal], decider: Any
) -> None:
    journals = [new_journal(1), new_journal(2)]
    desk, change = decider.begin()
    await journals[0].append([change])
    conversations = Conversations(database)

    async def write(journal: Journal, count: int) -> None:
        while count:
            loaded = (await conversations.load([desk.conversation.id]))[desk.conversation.id]
            _, reply = decider.change(loaded, decider.reply())
            count -= await verdicts(journal, reply) == [Verdict.OK]

    await asyncio.gather(*(write(journal, 15) for journal in journals))
    stored = await Messages(database).page(desk.conversation.id, None, 100)
    assert [message.seq for message in stored] == list(range(1, 32))
    after = (await conversations.load([desk.conversation.id]))[desk.conversation.id]
    assert after.conversation is not None
    assert (after.conversation.last_seq, after.conversation.revision) == (31, 31)


# The link


async def test_a_broken_link_is_made_again_and_nothing_is_written_twice(
    database: Database, journal: Journal, decider: Any
) -> None:
    """The server ends the writer's connections again and again, in the middle of whatever they do."""
    stop = asyncio.Event()

    async def break_links() -> None:
        async with database.acquire() as connection:
            while not stop.is_set():
                await connection.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where query like '%journal_append%' and pid <> pg_backend_pid()"
                )
                await asyncio.sleep(chance.uniform(0.0, 0.25))

    chance = random.Random(7)
    breaking = asyncio.create_task(break_links())
    stored = 0
    for _ in range(40):
        _, change = decider.begin(decider.reply())
        while True:
            try:
                assert set(await verdicts(journal, change)) <= {Verdict.OK, Verdict.DONE}
                stored += 1
                break
            except Unavailable:
                continue
    stop.set()
    await breaking
    assert await count(database, "conversations") == stored == 40
    assert await count(database, "messages") == 80
    assert await count(database, "outbox") == 40
    events = await EventLog(database).after(0, 1000)
    assert [event.seq for event in events] == list(range(1, 121))


async def test_without_a_database_the_caller_is_told_to_come_again(database_url: str, decider: Any) -> None:
    away = Database(database_url.replace("/test_", "/gone_"), Limits(connect=0.5))
    with pytest.raises(Unavailable):
        await Journal(away, 1, timedelta(seconds=30)).append([decider.begin()[1]])


async def test_a_connected_replica_lives_and_a_closed_one_does_not(
    database: Database, new_journal: Callable[[int], Journal], decider: Any
) -> None:
    one, two = new_journal(1 << 40), new_journal(2)
    for journal in (one, two):
        await journal.append([decider.begin()[1]])

    async def living() -> list[int]:
        async with database.acquire() as connection:
            found: list[int] = await connection.fetchval("select living_replicas()")
        return sorted(found)

    assert await living() == [2, 1 << 40]
    await one.close()
    while await living() != [2]:
        await asyncio.sleep(0.01)


# Plans


async def test_what_the_function_looks_at_does_not_grow_with_the_tables(
    database: Database, journal: Journal, decider: Any
) -> None:
    """Buffers touched by an append on a small and on a large database: indexes make them nearly the same."""
    desk, change = decider.begin(decider.reply())
    await journal.append([change])

    async def touched(desk: Desk) -> tuple[Desk, int]:
        before = await _buffers(database)
        desk, reply = decider.change(desk, decider.reply(), Receive((decider.text(),)))
        assert await verdicts(journal, reply) == [Verdict.OK]
        assert journal._connection is not None
        await journal._connection.execute("select pg_stat_force_next_flush()")
        return desk, await _buffers(database) - before

    for _ in range(3):
        desk, small = await touched(desk)
    async with database.acquire() as connection:
        # Thirty thousand rows are more than any statement of the hub writes: its limit is not meant for them.
        await connection.execute("set statement_timeout = 0")
        await connection.execute(_FILL, desk.conversation.id, desk.conversation.customer.id, timeout=120)
        await connection.execute("analyze", timeout=120)
        await connection.execute("reset statement_timeout")
    for _ in range(3):
        desk, large = await touched(desk)
    assert large < small + 150


_FILL = """
with c as (
    insert into conversations (
        id, number, channel, channel_type, customer_id, status, version, revision, last_change, created_at, updated_at
    )
    select gen_random_uuid(), 100000 + n, 'filler', 'whatsapp', $2, 'closed', 1, 1, gen_random_uuid(), now(), now()
    from generate_series(1, 10000) as n
), m as (
    insert into messages (
        id, conversation_id, seq, channel, channel_message_id, direction, sender_type, type, content_metadata,
        status, at, created_at, metadata, internal
    )
    select gen_random_uuid(), $1, n + 1000000, 'filler', 'wamid.' || n, 'inbound', 'customer', 'text', '{}',
        'received', now(), now(), '{}', '{}'
    from generate_series(1, 10000) as n
    returning id
), a as (
    insert into attempts (message_id, attempt, channel, provider_id, status, at)
    select id, 1, 'filler', id::text, 'sent', now() from m
), r as (
    insert into delivery_reports (channel, provider_id, status, at, report)
    select 'filler', id::text, 'sent', now(), '{}' from m
)
insert into outbox (id, channel, conversation_id, seq, attempt, state, payload, not_before, created_at)
select gen_random_uuid(), 'filler', gen_random_uuid(), n, 1, 'queued', '{}', now(), now()
from generate_series(1, 10000) as n
"""


async def _buffers(database: Database) -> int:
    async with database.acquire() as connection:
        await connection.execute("select pg_stat_clear_snapshot()")
        found: int = await connection.fetchval(
            "select sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit, 0) + coalesce(idx_blks_read, 0)) "
            "from pg_statio_user_tables"
        )
    return found


# Announcements


def announcing(conversation_id: UUID, announcement: UUID, at: Any) -> Change:
    """A change that tells of an announcement."""
    event = NewEvent(announcement, "approval.requested", at, Audience(), {}, conversation_id, actor=SYSTEM)
    return Change(uuid7(), Effects(events=[event], announced=[announcement]))


async def test_an_announcement_is_told_once_however_often_it_is_brought(
    database: Database, journal: Journal, decider: Any
) -> None:
    desk, change = decider.begin()
    await written(journal, change)
    id, at = uuid7(), decider.now
    async with database.acquire() as connection:
        await connection.execute(
            "insert into announcements (id, type, conversation_id, data) values ($1, 'approval.requested', $2, '{}')",
            id,
            desk.conversation.id,
        )
    twice = [announcing(desk.conversation.id, id, at), announcing(desk.conversation.id, id, at)]
    assert await verdicts(journal, *twice) == [Verdict.OK, Verdict.DONE]
    assert await verdicts(journal, announcing(desk.conversation.id, id, at)) == [Verdict.DONE]
    assert await count(database, "events where id = $1", id) == 1
    assert await count(database, "announcements") == 0
