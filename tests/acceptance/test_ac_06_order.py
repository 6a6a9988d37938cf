"""AC-6: inside a conversation everything has its place, without a gap, and goes out in that order."""

import asyncio

from hub.demo.whatsapp import Customer, Fault
from tests.acceptance.agent import PATIENCE, Agent
from tests.acceptance.stage import Stage

EACH_WAY = 500
WRITERS = 10


async def _traffic(stage: Stage, ana: Agent, customer: Customer, conversation_id: str, count: int) -> None:
    """So many messages in each direction, by several at once."""

    async def replies(writer: int) -> None:
        for number in range(count // WRITERS):
            await ana.say(conversation_id, f"Resposta {writer}-{number}")

    async def questions(writer: int) -> None:
        for number in range(count // WRITERS):
            draft = customer.draft("text", {"body": f"Pergunta {writer}-{number}"})
            assert (await stage.deliver(stage.written((customer, draft)))).status == 200

    await asyncio.gather(*(replies(n) for n in range(WRITERS)), *(questions(n) for n in range(WRITERS)))


async def test_a_thousand_mixed_messages_keep_their_order_under_load(stage: Stage) -> None:
    ana = await stage.login()
    live = await ana.socket()
    busy, others = await stage.conversation(ana), [await stage.conversation(ana) for _ in range(5)]
    await asyncio.gather(
        _traffic(stage, ana, *busy, count=EACH_WAY), *(_traffic(stage, ana, *one, count=20) for one in others)
    )
    await stage.sent_out()
    await stage.world.quiet(PATIENCE * 3)
    customer, conversation_id = busy
    messages = await ana.messages(conversation_id)
    assert [m["conversation_seq"] for m in messages] == list(range(1, 2 * EACH_WAY + 2))
    ours = [m["content"]["text"] for m in messages if m["direction"] == "outbound"]
    sends = stage.world.ledger.sends_to(customer.number)
    assert [send.text for send in sends] == ours
    assert [bubble.text for bubble in customer.inbox] == ours
    assert {m["status"] for m in messages if m["direction"] == "outbound"} == {"delivered"}
    await live.seq(await stage.value("select max(seq) from events"))
    numbers = [frame["seq"] for frame in live.durable]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    received = [f["conversation_seq"] for f in live.of("message.received") if f["conversation_id"] == conversation_id]
    assert received == [m["conversation_seq"] for m in messages if m["direction"] == "inbound"]


async def test_each_writer_is_sent_in_the_order_of_writing_while_sends_fail(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    stage.world.faults.always(0.3, Fault.error(131000))
    for number in range(12):
        await ana.say(conversation_id, f"Em ordem {number}")
    await asyncio.sleep(0.5)
    stage.world.faults.clear()
    await stage.sent_out()
    assert [send.text for send in stage.world.ledger.sends_to(customer.number)] == [f"Em ordem {n}" for n in range(12)]
    await stage.world.quiet(PATIENCE)
