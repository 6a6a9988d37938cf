"""The courier: one message of a conversation at a time, in order, none twice, whatever goes wrong."""

import asyncio
import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

import attrs
import pytest

from actors import courier, delivery, kinds
from actors.courier import Leased, Pace
from actors.kernel import TRACE
from actors.kernel.testkit import settle, virtual, virtual_system
from hub.conversation.commands import Author, Outcome, React, Reply
from hub.delivery import DeliveryStatus
from hub.ids import uuid7
from hub.inbound import Identity, IdentityKind, Party
from hub.message import Direction
from hub.outbox import Sent

CHANNEL = "whatsapp-main"
ANA = Author(uuid7(), "Ana")
LATER = Sent(Outcome.LATER, code="131000", retry_in=2.0)


def refused(**given: Any) -> Sent:
    return Sent(Outcome.REFUSED, code="131026", text="no", **given)


def failing(times: int, sent: Sent) -> Callable[[Any], Sent | None]:
    """Ends the first so many tries like this."""
    left = [times]

    def ends(row: Any) -> Sent | None:
        left[0] -= 1
        return sent if left[0] >= 0 else None

    return ends


def outbound(store: Any, conversation_id: UUID | None = None) -> list[Any]:
    return [m for m in store.thread(conversation_id) if m.direction is Direction.OUTBOUND]


async def conversations(replica: Any, count: int) -> list[UUID]:
    """Conversations with different customers."""
    for n in range(count):
        party = Party((Identity(IdentityKind.WA_ID, f"35191{n:07}"),))
        await replica.arrives(attrs.evolve(replica.text(), party=party), party=party)
    return list(replica.store.conversations)


@virtual
async def test_messages_of_a_conversation_go_one_by_one_in_their_order(
    new_store: Any, new_replica: Any, new_phone: Any
) -> None:
    store, phone = new_store(), new_phone()
    replica = new_replica(store, phone)
    await replica.arrives(replica.text())
    await asyncio.gather(*(replica.reply(str(n)) for n in range(30)))
    await replica.sends_all(within=3)
    assert [row.seq for row in phone.sent] == list(range(2, 32))
    assert {m.status for m in outbound(store)} == {DeliveryStatus.SENT}


@virtual
async def test_many_conversations_are_served_at_once_but_no_more_than_allowed(
    new_store: Any, new_replica: Any, new_phone: Any
) -> None:
    store, phone = new_store(), new_phone()
    phone.takes = 1.0
    replica = new_replica(store, phone)
    wanted = await conversations(replica, 40)
    await asyncio.gather(*(replica.ask(_reply(), conversation_id) for conversation_id in wanted))
    await asyncio.sleep(0.5)
    assert len(phone.sent) == Pace().in_flight == 32
    await replica.sends_all()
    assert len(phone.sent) == 40


@virtual
async def test_a_message_goes_under_the_trace_of_its_own_request(
    new_store: Any, new_replica: Any, new_phone: Any
) -> None:
    store, phone = new_store(), new_phone()
    phone.takes = 1.0
    traces: dict[UUID, Any] = {}
    phone.ends = lambda row: traces.update({row.conversation_id: TRACE.get().get("request_id")})
    replica = new_replica(store, phone)
    wanted = await conversations(replica, Pace().in_flight + 1)  # one has to wait until another has been sent
    for conversation_id in wanted:
        TRACE.set({"request_id": str(conversation_id)})
        await replica.ask(_reply(), conversation_id)
    await replica.sends_all()
    assert traces == {conversation_id: str(conversation_id) for conversation_id in wanted}


def _reply() -> Any:
    return Reply(uuid7(), ANA, "text", "x")


@virtual
async def test_what_is_refused_for_now_is_tried_again_before_what_follows(
    new_store: Any, new_replica: Any, new_phone: Any
) -> None:
    store, phone = new_store(), new_phone()
    phone.ends = failing(2, LATER)
    replica = new_replica(store, phone)
    await replica.arrives(replica.text())
    for text in ("one", "two"):
        await replica.reply(text)
    await replica.sends_all(within=6)
    assert [(row.payload["text"], row.tries) for row in phone.sent] == [("one", 0), ("one", 1), ("one", 2), ("two", 0)]
    assert store.thread()[1].metadata["retry_count"] == 2


@virtual
async def test_what_is_refused_fails_and_the_next_goes_on(new_store: Any, new_replica: Any, new_phone: Any) -> None:
    store, phone = new_store(), new_phone()
    phone.ends = failing(1, refused(closes_window=True))
    replica = new_replica(store, phone)
    await replica.arrives(replica.text())
    await asyncio.gather(replica.reply("one"), replica.reply("two"))
    await replica.sends_all(within=3)
    assert [m.status for m in outbound(store)] == [DeliveryStatus.FAILED, DeliveryStatus.SENT]
    conversation = store.conversation()
    assert (conversation.failed, conversation.unsent, conversation.window_opened_at) == (1, 0, None)


@virtual
async def test_an_answer_that_was_lost_is_unknown_and_never_sent_again(
    new_store: Any, new_replica: Any, new_phone: Any
) -> None:
    store, phone = new_store(), new_phone()
    phone.ends = lambda row: Sent(Outcome.UNKNOWN, text="maybe")
    replica = new_replica(store, phone)
    await replica.arrives(replica.text())
    await replica.reply()
    await replica.sends_all()
    await asyncio.sleep(200)
    assert len(phone.sent) == 1
    assert outbound(store)[0].status is DeliveryStatus.UNKNOWN


@virtual
async def test_while_the_channel_rests_nothing_is_sent(new_store: Any, new_replica: Any, new_phone: Any) -> None:
    store, phone = new_store(), new_phone()
    phone.ends = failing(1, attrs.evolve(LATER, retry_in=0.5, hold_channel=20.0))
    replica = new_replica(store, phone)
    one, two = await conversations(replica, 2)
    await replica.ask(_reply(), one)
    await asyncio.sleep(1)
    await replica.ask(_reply(), two)
    await asyncio.sleep(17)
    assert len(phone.sent) == 1
    await replica.sends_all(within=5)
    assert len(phone.sent) == 3


@virtual
async def test_after_a_rest_as_many_as_wait_are_taken_up_without_waiting_for_the_next_look(
    new_store: Any, new_replica: Any, new_phone: Any
) -> None:
    store, phone = new_store(), new_phone()
    phone.ends = failing(1, attrs.evolve(LATER, retry_in=0.5, hold_channel=20.0))
    replica = new_replica(store, phone)
    wanted = await conversations(replica, 100)
    await replica.ask(_reply(), wanted[0])
    await asyncio.sleep(1)
    await asyncio.gather(*(replica.ask(_reply(), conversation_id) for conversation_id in wanted))
    await replica.sends_all(within=22)
    assert len(phone.sent) == 102


@virtual
async def test_one_conversation_that_must_wait_does_not_hold_the_others(
    new_store: Any, new_replica: Any, new_phone: Any
) -> None:
    store, phone = new_store(), new_phone()
    replica = new_replica(store, phone)
    one, two = await conversations(replica, 2)
    phone.ends = lambda row: (
        attrs.evolve(LATER, retry_in=60.0) if row.conversation_id == one and not row.tries else None
    )
    await replica.ask(_reply(), one)
    await asyncio.sleep(1)
    await replica.ask(_reply(), two)
    await asyncio.sleep(1)
    assert [row.conversation_id for row in phone.sent] == [one, two]
    assert outbound(store, two)[0].status is DeliveryStatus.SENT
    await replica.sends_all(within=70)


@virtual
async def test_a_channel_that_is_down_is_asked_less_and_less_and_burns_no_tries(
    new_store: Any, new_replica: Any, new_phone: Any
) -> None:
    store, phone = new_store(), new_phone()
    down = [True]
    resting = attrs.evolve(LATER, retry_in=1.0, burns_try=False, channel_down=True)
    phone.ends = lambda row: resting if down[0] else None
    replica = new_replica(store, phone)
    await replica.arrives(replica.text())
    await replica.reply()
    await asyncio.sleep(300)
    assert 8 <= len(phone.sent) <= 12
    assert {row.tries for row in phone.sent} == {0}
    down[0] = False
    await replica.sends_all(within=70)
    assert outbound(store)[0].status is DeliveryStatus.SENT


# Losing everything in memory


@virtual
async def test_a_row_that_was_being_sent_when_the_replica_died_is_unknown(
    new_store: Any, new_replica: Any, new_phone: Any
) -> None:
    store, phone = new_store(), new_phone()
    phone.takes = 10.0
    replica = new_replica(store, phone)
    await replica.arrives(replica.text())
    await asyncio.gather(replica.reply("one"), replica.reply("two"))
    await asyncio.sleep(5)
    await replica.kill()
    phone.takes, again = 0.01, new_replica(store, phone, number=2)
    await again.sends_all(within=20)
    assert [row.payload["text"] for row in phone.sent] == ["one", "two"]
    assert [m.status for m in outbound(store)] == [DeliveryStatus.UNKNOWN, DeliveryStatus.SENT]


@virtual
async def test_a_replica_that_was_frozen_meanwhile_still_tells_what_it_knows(
    new_store: Any, new_replica: Any, new_phone: Any
) -> None:
    """Its send takes longer than its lease; another replica has given the row up when the acceptance comes."""
    store, phone = new_store(), new_phone()
    phone.takes = store.lease + 20.0
    one = new_replica(store, phone, sweep=1e6)
    await one.arrives(one.text())
    await one.reply()
    other = new_replica(store, new_phone(), number=2)
    await asyncio.sleep(store.lease + 10.0)
    assert outbound(store)[0].status is DeliveryStatus.UNKNOWN
    await asyncio.sleep(20.0)
    (message,) = outbound(store)
    assert message.status is DeliveryStatus.SENT
    assert message.channel_message_id is not None
    assert store.conversation().unsent == 0
    assert other.phone.sent == []
    await other.reply("next")
    assert store.conversation().unsent == 1


@virtual
async def test_a_courier_that_lost_its_memory_goes_on_from_the_table(
    new_store: Any, new_replica: Any, new_phone: Any, caplog: pytest.LogCaptureFixture
) -> None:
    store, phone = new_store(), new_phone()
    replica = new_replica(store, phone)
    wanted = await conversations(replica, 5)
    spawn, failures = replica._spawn, [3]

    async def fails(errand: Any) -> None:
        failures[0] -= 1
        if failures[0] >= 0:
            errand.close()
            raise RuntimeError("no errand")
        await spawn(errand)

    replica.spawner[0] = fails
    await asyncio.gather(*(replica.ask(_reply(), conversation_id) for conversation_id in wanted))
    await replica.sends_all(within=120)
    assert len(phone.sent) == 5


@virtual
async def test_leases_are_handed_back_when_the_hub_stops_and_nothing_new_is_begun(
    new_store: Any, new_replica: Any, new_phone: Any
) -> None:
    store, phone = new_store(), new_phone()
    phone.takes = 2.0
    replica = new_replica(store, phone)
    wanted = await conversations(replica, 40)
    await asyncio.gather(*(replica.ask(_reply(), c) for c in wanted for _ in range(2)))
    await asyncio.sleep(1)
    report = await replica.system.drain(10.0)
    await asyncio.sleep(20)
    assert report.clean
    assert len(phone.sent) == 32
    assert {held.state for held in store.outbox.values()} == {"queued", "sending"}


@virtual
async def test_before_the_hub_stops_what_is_under_way_ends_and_nothing_else_begins(
    new_store: Any, new_replica: Any, new_phone: Any
) -> None:
    store, phone = new_store(), new_phone()
    phone.takes = 2.0
    replica = new_replica(store, phone)
    wanted = await conversations(replica, 3)
    await asyncio.gather(*(replica.ask(_reply(), c) for c in wanted for _ in range(2)))
    await asyncio.sleep(1)
    replica.system.ref(kinds.COURIER, CHANNEL).tell(courier.Close())
    await replica.ask(_reply(), wanted[0])
    await asyncio.sleep(20)
    assert len(phone.sent) == 3
    shown = sorted(message.status for c in wanted for message in outbound(store, c))
    assert shown == [DeliveryStatus.PENDING] * 4 + [DeliveryStatus.SENT] * 3
    assert (await replica.system.drain(10.0)).clean
    assert {held.state for held in store.outbox.values()} == {"queued"}


@virtual
async def test_more_than_may_wait_here_is_left_to_the_table(
    new_store: Any, new_replica: Any, new_phone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "WAITING", 3)
    store, phone = new_store(), new_phone()
    phone.takes = 1.0
    replica = new_replica(store, phone)
    wanted = await conversations(replica, 50)
    await asyncio.gather(*(replica.ask(_reply(), c) for c in wanted))
    await replica.sends_all(within=200)
    assert len(phone.sent) == 50


@virtual
async def test_while_the_database_is_away_results_wait_and_then_are_told(
    new_store: Any, new_replica: Any, new_phone: Any
) -> None:
    store, phone = new_store(), new_phone()
    phone.takes = 1.0
    replica = new_replica(store, phone)
    await replica.arrives(replica.text())
    await replica.reply()
    await asyncio.sleep(0.5)
    store.away = True
    await asyncio.sleep(20.0)
    store.away = False
    await replica.sends_all(within=10)
    assert outbound(store)[0].status is DeliveryStatus.SENT


@virtual
async def test_a_reaction_is_sent_too(new_store: Any, new_replica: Any, new_phone: Any) -> None:
    store, phone = new_store(), new_phone()
    replica = new_replica(store, phone)
    await replica.arrives(replica.text(wamid="wamid.1"))
    await replica.ask(React(store.thread()[0].id, "👍", ANA))
    await replica.sends_all(within=3)
    assert phone.sent[0].payload["reaction"] == {"target": "wamid.1", "emoji": "👍"}


@virtual
async def test_a_lost_timer_does_not_end_the_regular_look() -> None:
    """The mailbox was full when the timer's message came: the next message of any kind sets it again."""
    system, looks = virtual_system(), [0]

    class Store:
        async def claim(self, channel: str, limit: int) -> list[Any]:
            looks[0] += 1
            return []

        async def release(self, channel: str) -> None: ...

    kind = courier.kind(Store(), lambda name: delivery.Errand(system, None), None, Pace())  # type: ignore[arg-type]
    system.register(kind)
    ref = system.ref(kinds.COURIER, CHANNEL)
    ref.tell(delivery.Over(UUID(int=1)))
    await settle()
    await asyncio.sleep(0.1)
    assert looks == [1]
    for _ in range(3):
        await asyncio.sleep(Pace().sweep + 0.01)
    assert looks == [4]
    await asyncio.sleep(Pace().sweep - 0.5)
    for n in range(courier.LIMIT):
        ref.tell(delivery.Over(UUID(int=n)))
    asyncio.get_running_loop().call_later(0.5, lambda: None)
    await asyncio.sleep(Pace().sweep * 3)
    assert looks[0] >= 6
    await system.drain(1.0)


# Chance


@pytest.mark.parametrize("seed", range(25))
def test_under_faults_of_all_sorts_the_order_holds_and_nothing_is_sent_twice(
    new_store: Any, new_replica: Any, new_phone: Any, seed: int
) -> None:
    @virtual
    async def play(seed: int) -> None:
        chance = random.Random(seed)
        store, phone = new_store(), new_phone()
        finished: dict[UUID, str] = {}

        def ends(row: Any) -> Sent | None:
            assert row.message_id not in finished, "sent again after its fate was known"
            end = chance.choices(
                [None, refused(), Sent(Outcome.UNKNOWN), LATER, attrs.evolve(LATER, retry_in=0.3, hold_channel=3.0)],
                weights=[12, 1, 1, 3, 1],
            )[0]
            if end is None or end.outcome is not Outcome.LATER:
                finished[row.message_id] = end.outcome.value if end else "accepted"
            return end

        phone.ends = ends
        replicas = [new_replica(store, phone, number=n) for n in (1, 2)]
        wanted = await conversations(replicas[0], 4)

        async def write(replica: Any) -> None:
            for _ in range(8):
                try:
                    await replica.ask(_reply(), chance.choice(wanted))
                except Exception:
                    await asyncio.sleep(0.2)
                await asyncio.sleep(chance.expovariate(4.0))

        async def disturb() -> None:
            for _ in range(4):
                await asyncio.sleep(chance.uniform(0.2, 1.5))
                store.away = True
                await asyncio.sleep(chance.uniform(0.05, 0.6))
                store.away = False
                store.lose_answers = chance.choice((0, 0, 1))

        await asyncio.gather(*map(write, replicas), disturb())
        store.lose_answers = 0
        await replicas[1].kill()
        await replicas[0].sends_all(within=300)
        for conversation_id in wanted:
            first_tries = list(dict.fromkeys(r.seq for r in phone.sent if r.conversation_id == conversation_id))
            assert first_tries == sorted(first_tries)
            assert store.conversations[conversation_id].unsent == 0
            for message in outbound(store, conversation_id):
                assert message.status in (DeliveryStatus.SENT, DeliveryStatus.FAILED, DeliveryStatus.UNKNOWN)
                if message.status is DeliveryStatus.SENT:
                    assert finished[message.id] == "accepted"

    play(seed=seed)


@virtual
async def test_a_notice_for_a_row_that_is_others_by_now_sends_nothing(
    new_store: Any, new_replica: Any, new_phone: Any
) -> None:
    store, phone = new_store(), new_phone()
    replica = new_replica(store, phone)
    await replica.arrives(replica.text())
    await replica.reply()
    await replica.sends_all()
    ref = replica.system.ref(kinds.COURIER, CHANNEL)
    ref.tell(Leased(phone.sent[0]))
    ref.tell("nonsense")
    await asyncio.sleep(1)
    assert len(phone.sent) == 1
