"""Large and nested webhooks."""

import orjson

from hub.demo.whatsapp import WhatsAppWorld
from tests.demo.conftest import Business, Receiver


async def test_crowd_is_one_large_escaped_post(world: WhatsAppWorld, receiver: Receiver) -> None:
    post, wamids = world.send_many(messages=1000, customers=50, size=2_900_000)
    await world.quiet()
    assert post.accepted
    assert 2_800_000 < len(receiver.bodies[0]) <= 2_900_000
    assert receiver.bodies[0].isascii()
    messages = receiver.messages()
    assert [message["id"] for message in messages] == wamids
    assert len(set(wamids)) == 1000
    assert len({message["from"] for message in messages}) == 50
    assert world.many_customers(50)[0].window_is_open()


async def test_nested_has_entries_changes_messages_and_statuses(
    world: WhatsAppWorld, business: Business, receiver: Receiver
) -> None:
    people = world.many_customers(10)
    for person in people:
        await person.say("Oi")
        await business.text(person.number, "Olá")
    await world.quiet()
    receiver.bodies.clear()
    _, wamids = world.send_nested(3, 2, 5, reads=list(world.ledger.sends))
    await world.quiet()
    body = orjson.loads(receiver.bodies[0])
    assert [len(entry["changes"]) for entry in body["entry"]] == [2, 2, 2]
    assert sorted(message["id"] for message in receiver.messages()) == sorted(wamids)
    assert len(wamids) == 30
    assert sorted(status["id"] for status in receiver.statuses()) == sorted(send.wamid for send in world.ledger.sends)


async def test_any_body_can_be_posted(world: WhatsAppWorld, receiver: Receiver) -> None:
    receiver.answers = [500]
    post = world.post({"object": "whatsapp_business_account", "entry": []})
    await world.quiet()
    assert [attempt.status for attempt in post.tries] == [500, 200]
    assert await world.webhooks.post_once(b"{}", {"X-Hub-Signature-256": "sha256=wrong"}) == 200
    assert receiver.signatures[-1] == "sha256=wrong"
