"""A conversation's actor: what it does when the database knows better, breaks, or refuses."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import pytest

from actors import kinds
from actors.conversation import REMEMBERED, TRIES
from actors.kernel import AskTimeout
from actors.kernel.testkit import settle, virtual
from hub.conversation.commands import AddNote, Author, Deliver, MediaSettled, Patch, Reply, Retry, Take
from hub.conversation.effects import Effects
from hub.conversation.state import Status
from hub.delivery import DeliveryStatus
from hub.errors import AlreadyAssigned, HubError, NotFound, Overloaded, StaleVersion, Unavailable, WindowClosed
from hub.ids import uuid7
from hub.inbound import EchoedMessage, Note, Reaction, StatusUpdate
from hub.journal import Change, Orphan
from hub.message import Content, ContentType, Media

ANA, BEN = Author(uuid7(), "Ana"), Author(uuid7(), "Ben")


def texts(messages: Any) -> list[str]:
    return [message.text for message in messages]


def report(status: DeliveryStatus, replica: Any, wamid: str, reference: str | None = None) -> StatusUpdate:
    return StatusUpdate(wamid, status, status.value, replica.clock(), reference=reference)


# Turns


@virtual
async def test_what_waits_is_committed_as_one_change(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    await replica.arrives(replica.text("first"))
    await asyncio.gather(*(replica.arrives(replica.text(str(n))) for n in range(20)))
    assert texts(store.thread()) == ["first", *map(str, range(20))]
    assert len(store.batches) <= 4
    assert [message.seq for message in store.thread()] == list(range(1, 22))


@virtual
async def test_an_error_of_one_command_is_its_askers_alone(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    await replica.arrives(replica.text())
    lost = replica.ask(Retry(uuid7(), ANA))
    found = replica.reply("here")
    answers: Any = await asyncio.gather(lost, found, return_exceptions=True)
    assert isinstance(answers[0], NotFound)
    assert answers[1].text == "here"


@virtual
async def test_a_decision_that_fails_says_so_and_the_others_go_on(
    new_store: Any, new_replica: Any, caplog: pytest.LogCaptureFixture
) -> None:
    store = new_store()
    replica = new_replica(store)
    await replica.arrives(replica.text())
    broken = Patch(ANA, attributes={}, snoozed_until="tomorrow", status=Status.SNOOZED)  # type: ignore[arg-type]
    answers = await asyncio.gather(replica.ask(broken), replica.reply("here"), return_exceptions=True)
    assert type(answers[0]) is HubError
    assert texts(store.thread()) == ["Olá", "here"]
    assert "a decision failed" in caplog.text


# Repetitions


@virtual
async def test_a_message_brought_again_is_stored_once(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    text = replica.text(wamid="wamid.1")
    new = await asyncio.gather(*(replica.arrives(text) for _ in range(10)))
    assert sorted(new) == [0] * 9 + [1]
    assert await replica.arrives(text, replica.text("other")) == 1
    assert texts(store.thread()) == ["Olá", "other"]


@virtual
async def test_another_replica_recognises_it_too_and_stores_the_rest(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    one, two = new_replica(store), new_replica(store, number=2)
    text = one.text(wamid="wamid.1")
    await one.arrives(text)
    assert await two.arrives(text, two.text("new")) == 1
    assert await two.arrives(text) == 0
    assert texts(store.thread()) == ["Olá", "new"]


@virtual
async def test_a_note_brought_again_is_told_once(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    await replica.arrives(replica.text())
    note = Note("wamid.N", "opt_out", replica.text().party, replica.clock())
    for _ in range(3):
        await replica.arrives(note)
    assert [event.type for event in store.events].count("conversation.updated") == 1


@virtual
async def test_a_reply_with_the_same_client_id_is_one_message(new_store: Any, new_replica: Any, new_phone: Any) -> None:
    store, phone = new_store(), new_phone()
    one, two = new_replica(store, phone), new_replica(store, phone, number=2)
    await one.arrives(one.text())
    client_id = uuid7()
    answers = await asyncio.gather(*(r.reply(client_id=client_id) for _ in range(5) for r in (one, two)))
    answers.append(await one.reply(client_id=client_id))
    await one.sends_all()
    assert len({answer.id for answer in answers}) == 1
    assert len(phone.sent) == 1
    assert len(store.thread()) == 2


@virtual
async def test_a_reply_repeated_after_the_answer_was_lost_is_the_same_message(
    new_store: Any, new_replica: Any, new_phone: Any
) -> None:
    store, phone = new_store(), new_phone()
    replica = new_replica(store, phone)
    await replica.arrives(replica.text())
    client_id = uuid7()
    store.lose_answers = 1
    with pytest.raises(Unavailable):
        await replica.reply(client_id=client_id)
    again = await replica.reply(client_id=client_id)
    assert store.thread()[-1].id == again.id
    await replica.sends_all()
    assert len(phone.sent) == 1


# Another replica changed it


@virtual
async def test_a_conflict_is_decided_again_on_what_is_stored(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    one, two = new_replica(store), new_replica(store, number=2)
    await one.arrives(one.text())
    conversation_id = store.conversation().id
    await two.ask(Patch(ANA, subject="from two"), conversation_id)
    await one.ask(Patch(ANA, priority=2), conversation_id)
    await two.reply("still there")
    assert (store.conversation().subject, store.conversation().priority) == ("from two", 2)
    assert store.conversation().revision == 4


@virtual
async def test_a_refusal_is_never_given_on_old_knowledge(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    one, two = new_replica(store), new_replica(store, number=2)
    await one.arrives(one.text())
    await one.ask(Take(ANA))
    await two.ask(Patch(BEN, assignee=None))
    assert (await one.ask(Take(BEN))).assignee_id == BEN.id

    version = store.conversation().version
    await two.ask(Patch(BEN, version, subject="newer"))
    assert (await one.ask(Patch(BEN, version + 1, subject="newest"))).subject == "newest"

    store.ahead += timedelta(hours=25)
    with pytest.raises(WindowClosed):
        await one.reply()
    await two.arrives(two.text())
    assert (await one.reply("again")).text == "again"


@virtual
async def test_a_refusal_that_holds_is_given(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    one = new_replica(store)
    await one.arrives(one.text())
    await one.ask(Take(ANA))
    with pytest.raises(AlreadyAssigned, match="Ana"):
        await one.ask(Take(BEN))
    with pytest.raises(StaleVersion):
        await one.ask(Patch(ANA, 1, subject="old"))


@virtual
async def test_nothing_to_do_is_not_said_on_old_knowledge_either(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    one, two = new_replica(store), new_replica(store, number=2)
    await one.arrives(one.text())
    await one.ask(Take(ANA))
    await two.ask(Patch(BEN, assignee=BEN))
    with pytest.raises(AlreadyAssigned, match="Ben"):
        await one.ask(Take(ANA))


@virtual
async def test_what_does_not_exist_is_looked_for_each_time(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    one, two = new_replica(store), new_replica(store, number=2)
    unknown = uuid7()
    with pytest.raises(NotFound):
        await one.ask(Take(ANA), unknown)
    await two.arrives(two.text())
    conversation = store.conversation()
    store.conversations = {unknown: attrs.evolve(conversation, id=unknown)}
    store.messages.clear()
    assert (await one.ask(Take(ANA), unknown)).assignee_id == ANA.id


@virtual
async def test_replicas_that_change_it_all_the_time_lose_nothing(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replicas = [new_replica(store, number=n) for n in (1, 2, 3)]
    await replicas[0].arrives(replicas[0].text())

    async def work(replica: Any) -> int:
        done = 0
        for n in range(10):
            try:
                await replica.reply(f"{replica.number}.{n}")
                done += 1
            except Overloaded:
                await asyncio.sleep(0.01)
        return done

    done = sum(await asyncio.gather(*map(work, replicas)))
    assert done >= 10
    assert [message.seq for message in store.thread()] == list(range(1, done + 2))


@virtual
async def test_a_conversation_that_is_changed_too_fast_is_given_up(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    await replica.arrives(replica.text())
    append = store.append

    async def somebody_was_faster(changes: Any, number: int) -> Any:
        for change in changes:
            known = store.conversations[change.conversation.id]
            store.conversations[known.id] = attrs.evolve(known, revision=known.revision + 1)
        return await append(changes, number)

    store.append = somebody_was_faster
    before = len(store.batches)
    with pytest.raises(Overloaded):
        await replica.reply()
    assert len(store.batches) - before == TRIES


# The database is away, or refuses


@virtual
async def test_while_the_database_is_away_everybody_is_told_and_then_it_goes_on(
    new_store: Any, new_replica: Any
) -> None:
    store = new_store()
    replica = new_replica(store)
    await replica.arrives(replica.text())
    store.away = True
    answers = await asyncio.gather(*(replica.reply() for _ in range(3)), return_exceptions=True)
    assert all(isinstance(answer, Unavailable) for answer in answers)
    store.away = False
    await replica.reply("back")
    assert texts(store.thread()) == ["Olá", "back"]


@virtual
async def test_a_first_message_whose_answer_was_lost_is_not_stored_twice(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    text = replica.text()
    store.lose_answers = 1
    with pytest.raises(Unavailable):
        await replica.arrives(text)
    assert await replica.arrives(text) == 0
    assert await replica.arrives(replica.text("second")) == 1
    assert texts(store.thread()) == ["Olá", "second"]


@virtual
async def test_a_write_that_takes_too_long_may_still_come_and_is_recognised(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    await replica.arrives(replica.text())
    text = replica.text("slow")
    store.latency = 9.0
    with pytest.raises((AskTimeout, Unavailable)):
        await replica.arrives(text)
    store.latency = 0.001
    await asyncio.sleep(20)
    await replica.arrives(text)
    assert texts(store.thread()) == ["Olá", "slow"]


@virtual
async def test_what_cannot_be_stored_fails_alone(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    store.poison = lambda change: any(m.text == "poison" for m in change.effects.messages.values())
    replica = new_replica(store)
    await replica.arrives(replica.text())
    store.latency = 0.1
    answers = await asyncio.gather(
        *(replica.arrives(replica.text(text)) for text in ("one", "poison", "two")), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [int, HubError, int]
    assert texts(store.thread()) == ["Olá", "one", "two"]


@virtual
async def test_a_change_refused_for_what_was_remembered_is_decided_on_what_is_stored(
    new_store: Any, new_replica: Any
) -> None:
    """As when a team was deleted: the conversation in memory still names it, and the database refuses that."""
    store = new_store()
    replica = new_replica(store)
    await replica.arrives(replica.text())
    team = uuid7()
    await replica.ask(Patch(ANA, team_id=team))
    conversation = store.conversation()
    store.conversations[conversation.id] = attrs.evolve(conversation, team_id=None)
    store.poison = lambda change: change.conversation is not None and change.conversation.team_id == team
    await replica.reply("goes on")
    assert texts(store.thread()) == ["Olá", "goes on"]


# Reports and what waits


@virtual
async def test_reports_that_came_first_are_taken_in_with_the_acceptance(
    new_store: Any, new_replica: Any, new_phone: Any
) -> None:
    store, phone = new_store(), new_phone()
    replica = new_replica(store, phone)
    await replica.arrives(replica.text())

    def before_the_answer(row: Any) -> None:
        for status in (DeliveryStatus.READ, DeliveryStatus.DELIVERED):
            store._report(report(status, replica, f"wamid.{row.message_id}.1.0"), None)

    phone.ends = before_the_answer
    message = await replica.reply()
    await replica.sends_all()
    assert store.messages[message.id].status is DeliveryStatus.READ
    assert all(message_id == message.id for _, message_id in store.reports.values())
    statuses = [event.data["message"]["status"] for event in store.events if event.type.startswith("message.s")]
    assert statuses == ["pending", "sent", "read"]


@virtual
async def test_an_echo_finds_the_reports_that_came_before_it(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    update = report(DeliveryStatus.DELIVERED, replica, "wamid.E")
    await replica.system.ref(kinds.WRITER, 0).ask(
        Change(uuid7(), Effects(), orphans=(Orphan("whatsapp-main", update),)), timeout=5
    )
    content = Content(ContentType.TEXT, "from the phone")
    await replica.arrives(EchoedMessage("wamid.E", replica.text().party, replica.clock(), content))
    assert store.thread()[0].status is DeliveryStatus.DELIVERED


@virtual
async def test_a_reaction_that_came_first_finds_its_message(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    await replica.arrives(replica.text())
    party = replica.text().party
    await replica.arrives(Reaction("wamid.R", "wamid.later", party, "👍", replica.clock()))
    assert len(store.held) == 1
    await replica.arrives(replica.text("later", wamid="wamid.later"))
    assert not store.held
    assert store.thread()[-1].reactions[0]["emoji"] == "👍"


@virtual
async def test_messages_that_left_memory_are_read_again(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    await replica.arrives(replica.text(wamid="wamid.0"))
    for n in range(REMEMBERED + 5):
        await replica.arrives(replica.text(str(n)))
    await replica.arrives(Reaction("wamid.R", "wamid.0", replica.text().party, "👍", replica.clock()))
    assert store.thread()[0].reactions[0]["emoji"] == "👍"
    await replica.ask(Deliver(((store.thread()[0].id, report(DeliveryStatus.READ, replica, "wamid.0")),)))
    assert store.thread()[0].status is DeliveryStatus.RECEIVED


@virtual
async def test_an_attachment_is_announced_and_settled(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    content = Content(ContentType.IMAGE, None, Media("m1", mime_type="image/png"))
    await replica.arrives(attrs.evolve(replica.text(), content=content))
    assert replica.media_waits == 1
    (message,) = store.thread()
    assert await replica.ask(MediaSettled(message.id, {"state": "stored", "size": 3})) is True
    assert store.thread()[0].content_metadata["media"]["state"] == "stored"


# Beginning again


@virtual
async def test_a_resolved_conversation_goes_on_within_its_window_and_another_begins_after_it(
    new_store: Any, new_replica: Any
) -> None:
    store = new_store()
    replica = new_replica(store)
    await replica.arrives(replica.text())
    first = store.conversation().id
    await replica.ask(Patch(ANA, status=Status.RESOLVED))
    store.ahead += timedelta(days=7, seconds=-10)
    await replica.arrives(replica.text("within"))
    assert store.conversation().status is Status.OPEN
    await replica.ask(Patch(ANA, status=Status.RESOLVED))
    store.ahead += timedelta(days=7, seconds=10)
    await asyncio.gather(*(replica.arrives(replica.text(f"after {n}")) for n in range(3)))
    assert store.conversations[first].status is Status.CLOSED
    (second,) = (c for c in store.conversations.values() if c.id != first)
    assert second.previous_id == first
    assert texts(store.thread(first)) == ["Olá", "within"]
    assert sorted(texts(store.thread(second.id))) == ["after 0", "after 1", "after 2"]


@virtual
async def test_a_reply_in_the_next_conversation_knows_the_customers_addresses(
    new_store: Any, new_replica: Any, new_phone: Any
) -> None:
    store, phone = new_store(), new_phone()
    replica = new_replica(store, phone)
    await replica.arrives(replica.text())
    first = store.conversation().id
    await replica.ask(Patch(ANA, status=Status.RESOLVED))
    store.ahead += timedelta(days=8)
    await replica.arrives(replica.text("next"))
    second = next(c.id for c in store.conversations.values() if c.id != first)
    await replica.system.ref(kinds.CONVERSATION, second).ask(_reply(), timeout=10)
    await replica.sends_all()
    assert [address["value"] for address in phone.sent[-1].payload["to"]] == ["PT.1", "351910000001"]


def _reply(client_id: UUID | None = None) -> Any:
    return Reply(client_id or uuid7(), ANA, "text", "Bom dia")


@virtual
async def test_two_replicas_with_a_first_message_each_make_one_conversation(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    one, two = new_replica(store), new_replica(store, number=2)
    await asyncio.gather(*(r.arrives(r.text(f"{r.number}.{n}")) for n in range(10) for r in (one, two)))
    assert len(store.thread()) == 20
    assert len(store.customers) == 1


# Crashes


@virtual
async def test_a_replica_that_is_gone_in_any_moment_leaves_nothing_lost(
    new_store: Any, new_replica: Any, new_phone: Any
) -> None:
    """It is killed a little later each time; what was acknowledged is there, and the rest is brought again."""
    for moment in range(30):
        store, phone = new_store(), new_phone()
        phone.takes = 0.003
        replica = new_replica(store, phone)
        await replica.arrives(replica.text("first"))
        conversation_id, client_ids = store.conversation().id, [uuid7() for _ in range(3)]
        inbound = [replica.text(str(n)) for n in range(3)]
        work = [replica.arrives(text) for text in inbound]
        work += [replica.ask(_reply(client_id), conversation_id) for client_id in client_ids]
        asks = [asyncio.ensure_future(ask) for ask in work]
        await asyncio.sleep(moment * 0.0005)
        await replica.kill()
        answers: list[Any] = await asyncio.gather(*asks, return_exceptions=True)
        next_one = new_replica(store, phone, number=2)
        again = [next_one.arrives(text) for text in inbound]
        again += [next_one.ask(_reply(client_id), conversation_id) for client_id in client_ids]
        replies = (await asyncio.gather(*again))[3:]
        for answer, reply in zip(answers[3:], replies, strict=True):
            assert isinstance(answer, Exception) or answer.id == reply.id
        await next_one.sends_all()
        assert [m.seq for m in store.thread()] == list(range(1, 8)), moment
        sent = [row.message_id for row in phone.sent]
        assert len(set(sent)) == len(sent), moment
        outbound = {m.id: m.status for m in store.thread() if m.client_id}
        assert set(outbound.values()) <= {DeliveryStatus.SENT, DeliveryStatus.UNKNOWN}
        assert all(message_id in sent for message_id in outbound if outbound[message_id] is DeliveryStatus.SENT)
        assert store.conversation().unsent == 0
        await next_one.kill()
        await settle()


@virtual
async def test_a_note_whose_answer_was_lost_is_written_once_also_by_another_replica(
    new_store: Any, new_replica: Any
) -> None:
    store = new_store()
    one, two = new_replica(store, couriers=False), new_replica(store, couriers=False, number=2)
    await one.arrives(one.text())
    command = AddNote(ANA, "call back", client_id=uuid7())
    store.lose_answers = 1
    with pytest.raises(Unavailable):
        await one.ask(command)
    note = await two.ask(command)
    assert await one.ask(command) == note
    both = await asyncio.gather(*(replica.ask(AddNote(ANA, "x", client_id=note.id)) for replica in (one, two)))
    assert both[0] == both[1]
    assert sorted(str(written.text) for written in store.notes.values()) == ["call back", "x"]
    assert sum(event.type == "note.created" for event in store.events) == 2
