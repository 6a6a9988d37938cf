"""AC-3: of a payload with many entries, changes, messages and statuses, everything is applied."""

from tests.acceptance.agent import PATIENCE
from tests.acceptance.stage import Stage, eventually

READS = 10


async def test_every_element_of_a_nested_payload_is_applied(stage: Stage) -> None:
    ana = await stage.login()
    sent = []
    for number in range(READS):
        customer, conversation_id = await stage.conversation(ana)
        await ana.say(conversation_id, f"Já verifico para você {number}")
        await customer.next_message(0, PATIENCE)
        sent.append((conversation_id, stage.world.ledger.sends_to(customer.number)[-1]))
    await stage.world.quiet(PATIENCE)
    live = await ana.socket()
    post, wamids = stage.world.send_nested(entries=3, changes=2, messages=5, reads=[send for _, send in sent])
    await stage.world.quiet(PATIENCE)
    assert [attempt.status for attempt in post.tries] == [200]
    assert len(wamids) == 30
    stored = await stage.rows("select channel_message_id from messages where channel_message_id = any($1)", wamids)
    assert sorted(row["channel_message_id"] for row in stored) == sorted(wamids)
    for conversation_id, send in sent:
        (reply,) = [m for m in await ana.messages(conversation_id) if m["channel_message_id"] == send.wamid]
        assert reply["status"] == "read"
    await live.until(
        lambda stream: len(stream.of("message.received")) >= 30 and len(stream.of("message.status")) >= READS
    )
    assert sorted(f["data"]["message"]["channel_message_id"] for f in live.of("message.received")) == sorted(wamids)


async def test_statuses_and_messages_of_one_customer_in_one_value(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    stage.mute()
    reply = await ana.say(conversation_id, "Um momento, por favor")
    await stage.sent_out()
    (send,) = stage.world.ledger.sends_to(customer.number)
    value = stage.world.statuses.compose(send, "delivered", customer.identity)
    value["messages"] = [customer.draft("text", {"body": f"Sem pressa {number}"}) for number in range(3)]
    value["statuses"] += stage.world.statuses.compose(send, "read", customer.identity)["statuses"]
    assert (await stage.deliver(stage.body(value))).status == 200

    async def read() -> bool:
        return bool((await ana.message(conversation_id, reply["message_id"]))["status"] == "read")

    await eventually(read)
    assert len(await stage.stored(customer)) == 5
