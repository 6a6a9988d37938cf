"""Webhooks: form, signature, retries, duplicates, batches, handshake."""

import asyncio
import hashlib
import hmac
import re

import orjson
import pytest

from hub.demo.whatsapp import GraphError, Timings, WebhookFaults, WhatsAppWorld, webhooks
from tests.demo.conftest import Business, MakeWorld, Receiver

SECRET = "app-secret-of-the-demo"


async def test_body_is_escaped_ascii_and_signed_over_its_bytes(world: WhatsAppWorld, receiver: Receiver) -> None:
    await world.customer("5511987650043", name="João Ávila").say("مرحبا / olá 🙂")
    await world.quiet()
    (raw,), (signature,) = receiver.bodies, receiver.signatures
    assert signature == "sha256=" + hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    assert raw.isascii()
    assert b"\\u0645\\u0631" in raw
    assert b" \\/ " in raw
    assert not re.search(rb"\\u[0-9a-f]*[A-F]", raw)
    assert receiver.messages()[0]["text"]["body"] == "مرحبا / olá 🙂"


async def test_message_has_metas_envelope(world: WhatsAppWorld, receiver: Receiver) -> None:
    maria = world.customer("+55 11 98765-0043", name="Maria Oliveira")
    wamid = await maria.say("Oi")
    await world.quiet()
    body = orjson.loads(receiver.bodies[0])
    assert body["object"] == "whatsapp_business_account"
    assert body["entry"][0]["id"] == "102290129340398"
    value = body["entry"][0]["changes"][0]["value"]
    assert value["metadata"]["phone_number_id"] == "106540352242922"
    assert value["contacts"] == [
        {"profile": {"name": "Maria Oliveira"}, "wa_id": "5511987650043", "user_id": maria.bsuid}
    ]
    assert value["messages"][0] | {"timestamp": ""} == {
        "from": "5511987650043",
        "from_user_id": maria.bsuid,
        "id": wamid,
        "timestamp": "",
        "type": "text",
        "text": {"body": "Oi"},
    }
    assert value["messages"][0]["timestamp"].isdigit()
    assert all(mark in wamid for mark in "+/=")


async def test_retries_until_it_is_answered_with_200(world: WhatsAppWorld, receiver: Receiver) -> None:
    receiver.answers = [500, 204, 401]
    await world.customer("5511987650043").say("Oi")
    await world.quiet()
    assert len(set(receiver.bodies)) == 1
    (post,) = world.ledger.webhooks
    assert [attempt.status for attempt in post.tries] == [500, 204, 401, 200]
    assert post.accepted


async def test_gives_up_in_the_end(make_world: MakeWorld, receiver: Receiver) -> None:
    world = await make_world(timings=Timings(retry_first=0.01, retry_ceiling=0.01, retry_give_up=0.05))
    receiver.answers = [500] * 1000
    await world.customer("5511987650043").say("Oi")
    await world.quiet()
    (post,) = world.ledger.webhooks
    assert post.abandoned
    assert not post.accepted


async def test_receiver_that_is_away_is_tried_again(world: WhatsAppWorld, receiver: Receiver) -> None:
    url = world.webhooks.subscription.url
    world.webhooks.subscription.url = "http://127.0.0.1:9/hook"
    await world.customer("5511987650043").say("Oi")
    while not world.ledger.tries():
        await asyncio.sleep(0.001)
    world.webhooks.subscription.url = url
    await world.quiet()
    assert len(receiver.bodies) == 1
    assert world.ledger.tries()[0].status is None


async def test_duplicates_repeat_the_same_bytes(world: WhatsAppWorld, receiver: Receiver) -> None:
    world.faults.webhooks.duplicates = 2
    await world.customer("5511987650043").say("Oi")
    await world.quiet()
    assert len(receiver.bodies) == 3
    assert len(set(receiver.bodies)) == 1


async def test_lost_answer_makes_a_duplicate_and_lost_try_does_not(world: WhatsAppWorld, receiver: Receiver) -> None:
    world.faults.webhooks.lose_first_answer = True
    await world.customer("5511987650043").say("one")
    await world.quiet()
    assert len(receiver.bodies) == 2
    world.faults.clear()
    world.faults.webhooks.lose_first_try = True
    await world.customer("5511987650043").say("two")
    await world.quiet()
    assert len(receiver.bodies) == 3


async def test_batches_hold_at_most_what_is_asked_for(world: WhatsAppWorld, receiver: Receiver) -> None:
    world.faults.webhooks.batch = 4
    for number in range(10):
        await world.customer(f"551198765{number:04}").say(f"message {number}")
    await world.quiet()
    assert sorted(len(value["messages"]) for value in receiver.values()) == [2, 4, 4]
    assert sorted(len(value["contacts"]) for value in receiver.values()) == [2, 4, 4]
    assert len({message["id"] for message in receiver.messages()}) == 10


async def test_batches_mix_messages_and_statuses(world: WhatsAppWorld, receiver: Receiver, business: Business) -> None:
    world.faults.webhooks.batch = 1000
    maria = world.customer("5511987650043")
    await maria.say("Oi")
    await business.text(maria.number, "Olá")
    await world.quiet()
    assert any(value.get("messages") and value.get("statuses") for value in receiver.values())


async def test_batches_stay_below_three_megabytes(world: WhatsAppWorld, receiver: Receiver) -> None:
    world.faults.webhooks.batch = 1000
    for number in range(200):
        await world.customer(f"551198765{number:04}").say("م" * 4096)
    await world.quiet()
    assert max(map(len, receiver.bodies)) <= 3_000_000
    assert len(receiver.messages()) == 200


async def test_shuffle_changes_the_order(make_world: MakeWorld, receiver: Receiver) -> None:
    world = await make_world(webhook_faults=WebhookFaults(concurrency=1))
    maria = world.customer("5511987650043")
    written = [await maria.say(str(number)) for number in range(20)]
    await world.quiet()
    assert [message["id"] for message in receiver.messages()] == written
    world.faults.webhooks.shuffle = True
    shuffled = [await maria.say(str(number)) for number in range(20)]
    await world.quiet()
    arrived = [message["id"] for message in receiver.messages()][20:]
    assert arrived != shuffled
    assert set(arrived) == set(shuffled)


async def test_nothing_is_delivered_before_the_handshake(make_world: MakeWorld, receiver: Receiver) -> None:
    world = await make_world(subscribed=False)
    await world.customer("5511987650043").say("lost")
    await world.quiet()
    assert receiver.bodies == []
    assert world.ledger.unsubscribed == 1
    await world.subscribe()
    await world.customer("5511987650043").say("heard")
    await world.quiet()
    assert [message["text"]["body"] for message in receiver.messages()] == ["heard"]


async def test_handshake_fails_with_the_wrong_token(make_world: MakeWorld) -> None:
    world = await make_world(subscribed=False, verify_token="wrong")
    with pytest.raises(GraphError) as refusal:
        await world.subscribe()
    assert refusal.value.code == 2200
    assert not world.webhooks.subscription.verified


async def test_at_the_bound_the_oldest_go_out_and_new_ones_are_dropped(
    make_world: MakeWorld, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "OUTSTANDING", 3)
    world = await make_world()
    world.faults.webhooks.duplicates = 4
    await world.customer("5511987650043").say("Oi")
    await world.quiet()
    assert (len(receiver.bodies), world.ledger.overflowed) == (3, 2)
    assert [post.abandoned for post in world.ledger.webhooks] == [False] * 3 + [True] * 2
    world.faults.clear()
    await world.customer("5511987650043").say("Later")
    await world.quiet()
    assert len(receiver.bodies) == 4
