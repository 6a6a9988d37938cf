"""AC-1: a message that WhatsApp delivers many times, also at the same moment, is one message."""

import asyncio

from tests.acceptance.agent import PATIENCE
from tests.acceptance.stage import Stage

IDS = 100
COPIES = 50


async def test_parallel_copies_of_a_delivery_are_one_message(stage: Stage) -> None:
    ana = await stage.login()
    live = await ana.socket()
    customer = stage.customer()
    wamids = []
    for number in range(IDS):
        draft = customer.draft("text", {"body": f"Mensagem repetida {number}"})
        body = stage.written((customer, draft))
        wamids.append(draft["id"])
        answers = await asyncio.gather(*(stage.deliver(body) for _ in range(COPIES)))
        assert {answer.status for answer in answers} == {200}
    stored = await stage.stored(customer)
    assert [row["channel_message_id"] for row in stored] == wamids
    assert [row["seq"] for row in stored] == list(range(1, IDS + 1))
    await live.until(lambda stream: len(stream.of("message.received")) >= IDS)
    pushed = [frame["data"]["message"]["channel_message_id"] for frame in live.of("message.received")]
    assert pushed == wamids


async def test_copies_are_recognised_after_a_restart(stage: Stage) -> None:
    customer = stage.customer()
    bodies = [stage.written((customer, customer.draft("text", {"body": f"Antes e depois {n}"}))) for n in range(5)]
    for body in bodies:
        assert (await stage.deliver(body)).status == 200
    stage.hub.kill()
    await stage.hub.start()
    for body in reversed(bodies):
        assert (await stage.deliver(body)).status == 200
    new = customer.draft("text", {"body": "Uma mensagem nova"})
    mixed = stage.written((customer, new))
    mixed["entry"][0]["changes"] += bodies[0]["entry"][0]["changes"]
    assert (await stage.deliver(mixed)).status == 200
    assert [row["seq"] for row in await stage.stored(customer)] == [1, 2, 3, 4, 5, 6]
    assert await stage.value("select count(*) from quarantine") == 0


async def test_whatsapp_repeats_what_was_answered_but_not_heard(stage: Stage) -> None:
    stage.world.faults.webhooks.lose_first_answer = True
    stage.world.faults.webhooks.duplicates = 2
    stage.world.faults.webhooks.shuffle = True
    customer = stage.customer()
    wamids = [await customer.say(f"Alguém me ouve? {number}") for number in range(20)]
    await stage.world.quiet(PATIENCE)
    assert sorted(row["channel_message_id"] for row in await stage.stored(customer)) == sorted(wamids)


async def test_an_old_message_of_a_number_that_has_moved_is_no_poison(stage: Stage) -> None:
    """It is stored with who had the number then; whoever has it now is nobody yet, which must not hold up anything."""
    customer = stage.customer()
    contact = customer.contact()
    body = stage.written((customer, customer.draft("text", {"body": "Antes de mudar de número"})))
    assert (await stage.deliver(body)).status == 200
    await customer.change_number(f"5521998{customer.number[-6:]}")
    await stage.world.quiet(PATIENCE)
    wish = {"wa_id": contact["wa_id"], "user_id": contact["user_id"], "category": "marketing_messages", "value": "stop"}
    told = {"contacts": [contact], "user_preferences": [{**wish, "detail": "User requested to stop", "timestamp": 1}]}
    body["entry"] += stage.body(told, field="user_preferences")["entry"]
    for _ in range(2):
        assert (await stage.deliver(body)).status == 200
    assert await stage.value("select count(*) from channel_events where payload->>'value' = 'stop'") == 1
    assert len(await stage.stored(customer)) == 1
