"""AC-8: when nobody knows whether WhatsApp took a message, it is not sent again but shown as unknown, and the status
webhook settles it."""

import pytest

from hub.demo.whatsapp import Customer, Fault
from hub.demo.whatsapp.ledger import Send
from tests.acceptance.agent import PATIENCE, Agent, Json
from tests.acceptance.stage import Stage, eventually

JOURNAL_LOCK = 7308895133905518968
"""The lock under which everything is committed (`journal_append`)."""

LOST = {
    "hang": Fault.hang(30),
    "reset": Fault.reset(after_commit=True),
    "truncated": Fault.truncated(),
    "no_id": Fault.no_id(),
    "drip": Fault.drip(0.2),
    "huge": Fault.huge(5_000_000),
}


async def _send(stage: Stage, customer: Customer) -> Send:
    async def taken() -> list[Send]:
        return stage.world.ledger.sends_to(customer.number)

    (send,) = await eventually(taken)
    return send


async def _status(ana: Agent, conversation_id: str, message_id: str, status: str) -> Json:
    async def reached() -> Json | None:
        message = await ana.message(conversation_id, message_id)
        return message if message["status"] == status else None

    message = await eventually(reached)
    assert message is not None
    return message


async def _settle(stage: Stage, customer: Customer, send: Send, status: str) -> None:
    """The status webhook comes at last."""
    stage.unmute()
    stage.world.statuses.report(send, status, customer.identity)
    await stage.world.quiet(PATIENCE)


@pytest.mark.parametrize("fault", LOST)
async def test_a_lost_answer_is_unknown_until_the_status_comes(stage: Stage, fault: str) -> None:
    ana = await stage.login()
    live = await ana.socket()
    customer, conversation_id = await stage.conversation(ana)
    stage.mute()
    stage.world.faults.next(1, LOST[fault], to=customer.number)
    reply = await ana.say(conversation_id, "Talvez tenha chegado")
    send = await _send(stage, customer)
    message = await _status(ana, conversation_id, reply["message_id"], "unknown")
    assert message["channel_message_id"] is None
    after = await ana.say(conversation_id, "E esta vem depois")
    await _status(ana, conversation_id, after["message_id"], "sent")
    await _settle(stage, customer, send, "delivered")
    message = await _status(ana, conversation_id, reply["message_id"], "delivered")
    assert message["channel_message_id"] == send.wamid
    texts = [s.text for s in stage.world.ledger.sends_to(customer.number)]
    assert texts == ["Talvez tenha chegado", "E esta vem depois"]
    told = [f["data"]["message"] for f in live.of("message.status", "message.sent")]
    shown = [m["status"] for m in told if m["message_id"] == reply["message_id"]]
    assert shown == ["pending", "unknown", "delivered"]


async def _waiting(stage: Stage) -> int:
    """The process of PostgreSQL in which a commit waits."""

    async def found() -> int | None:
        pid: int | None = await stage.value("select pid from pg_locks where locktype = 'advisory' and not granted")
        return pid

    pid = await eventually(found)
    assert pid is not None
    return pid


@pytest.mark.parametrize("times", [1, 2])
async def test_killed_between_the_answer_and_the_commit(stage: Stage, times: int) -> None:
    """The second time before it could be stored that nobody knows."""
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    stage.mute()
    stage.world.faults.next(1, Fault.hang(0.4))
    reply = await ana.say(conversation_id, "No pior momento")
    send = await _send(stage, customer)
    await stage.value("select pg_advisory_lock($1)", JOURNAL_LOCK)
    for _ in range(times):
        if not stage.hub.running:
            await stage.hub.start()
        waiting = await _waiting(stage)
        stage.hub.kill()
        await stage.value("select pg_terminate_backend($1, 5000)", waiting)
    await stage.value("select pg_advisory_unlock($1)", JOURNAL_LOCK)
    await stage.hub.start()
    await _status(ana, conversation_id, reply["message_id"], "unknown")
    await stage.sent_out()
    await _settle(stage, customer, send, "sent")
    message = await _status(ana, conversation_id, reply["message_id"], "sent")
    assert message["channel_message_id"] == send.wamid
    assert len(stage.world.ledger.attempts) == 1


async def _between_calls(stage: Stage) -> None:
    """Returns when the last call has failed, and the next one is not to be made at once."""
    resting = "select bool_and(state = 'queued') and max(not_before) > now() + interval '300 ms' from outbox"

    async def rests() -> bool:
        return bool(await stage.value(resting))

    await eventually(rests)


async def test_killed_before_the_call_it_is_sent_after_the_restart(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    await stage.world.stop()
    replies = [await ana.say(conversation_id, f"Ainda não saiu {number}") for number in range(3)]
    await _between_calls(stage)
    stage.hub.kill()
    await stage.world.start(port=stage.hub.graph_port)
    await stage.hub.start()
    for reply in replies:
        await _status(ana, conversation_id, reply["message_id"], "delivered")
    assert [bubble.text for bubble in customer.inbox] == [f"Ainda não saiu {number}" for number in range(3)]
    assert len(stage.world.ledger.attempts) == 3
    await stage.world.quiet(PATIENCE)


async def test_killed_over_and_over_nothing_is_sent_twice_and_nothing_is_lost_in_silence(stage: Stage) -> None:
    ana = await stage.login()
    people = [await stage.conversation(ana) for _ in range(4)]
    for turn in range(3):
        for number in range(5):
            for _, conversation_id in people:
                await ana.say(conversation_id, f"Volta {turn}-{number}")
        stage.hub.kill()
        await stage.hub.start()
    await stage.sent_out()
    await stage.world.quiet(PATIENCE)
    for customer, conversation_id in people:
        ours = [m for m in await ana.messages(conversation_id) if m["direction"] == "outbound"]
        sent = [send.text for send in stage.world.ledger.sends_to(customer.number)]
        assert len(ours) == 15
        assert sent == [m["content"]["text"] for m in ours if m["status"] == "delivered"]
        assert {m["status"] for m in ours} <= {"delivered", "unknown"}


async def test_a_person_may_send_an_unknown_message_again(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    stage.mute()
    stage.world.faults.next(1, Fault.no_id())
    reply = await ana.say(conversation_id, "Decido mandar de novo")
    first = await _send(stage, customer)
    await _status(ana, conversation_id, reply["message_id"], "unknown")
    answer = await ana.request("POST", f"/api/v1/messages/{reply['message_id']}/retry")
    assert (answer.status, answer.json["attempt"]) == (200, 2)
    message = await _status(ana, conversation_id, reply["message_id"], "sent")
    sends = stage.world.ledger.sends_to(customer.number)
    assert [send.text for send in sends] == ["Decido mandar de novo"] * 2
    assert message["channel_message_id"] == sends[1].wamid
    await _settle(stage, customer, first, "delivered")
    await _settle(stage, customer, sends[1], "read")
    await _status(ana, conversation_id, reply["message_id"], "read")
    tries = await stage.rows(
        "select attempt, provider_id, status::text from attempts where message_id = $1 order by attempt",
        reply["message_id"],
    )
    assert [tuple(row) for row in tries] == [(1, first.wamid, "delivered"), (2, sends[1].wamid, "read")]
