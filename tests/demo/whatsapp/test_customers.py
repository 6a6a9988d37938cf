"""Customers: the webhooks of what they write and do, key by key."""

import base64
import hashlib
import json
from collections.abc import Awaitable

from hub.demo.whatsapp import WhatsAppWorld
from tests.demo.conftest import Business, Json, Receiver

MARIA = "5511987650043"


async def written(world: WhatsAppWorld, receiver: Receiver, act: Awaitable[str]) -> Json:
    """The element of `messages[]` that an act made."""
    wamid = await act
    await world.quiet()
    (message,) = [message for message in receiver.messages() if message["id"] == wamid]
    return message


async def test_image_can_be_fetched_by_id_and_by_url(
    world: WhatsAppWorld, business: Business, receiver: Receiver
) -> None:
    maria = world.customer(MARIA)
    message = await written(world, receiver, maria.send_image(b"\x89PNG picture", caption="foto"))
    image = message["image"]
    assert set(image) == {"mime_type", "sha256", "id", "url", "caption"}
    assert image["sha256"] == base64.b64encode(hashlib.sha256(b"\x89PNG picture").digest()).decode()
    _, found = await business.call("GET", image["id"])
    assert found["sha256"] == hashlib.sha256(b"\x89PNG picture").hexdigest()
    assert found["file_size"] == 12
    for url in (image["url"], found["url"]):
        async with business.session.get(url, headers={"Authorization": "Bearer EAAG-demo-token"}) as answer:
            assert (answer.status, await answer.read()) == (200, b"\x89PNG picture")
        async with business.session.get(url) as answer:
            assert answer.status == 401


async def test_bodies_of_every_type(world: WhatsAppWorld, receiver: Receiver) -> None:
    maria = world.customer(MARIA)
    voice = await written(world, receiver, maria.send_voice())
    assert (voice["type"], voice["audio"]["voice"]) == ("audio", True)
    assert voice["audio"]["mime_type"] == "audio/ogg; codecs=opus"
    audio = await written(world, receiver, maria.send_audio())
    assert audio["audio"]["voice"] is False
    document = await written(world, receiver, maria.send_document(filename=None))
    assert "filename" not in document["document"]
    sticker = await written(world, receiver, maria.send_sticker(animated=True))
    assert sticker["sticker"]["animated"] is True
    place = await written(world, receiver, maria.send_location(0.0, 0.0))
    assert place["location"] == {"latitude": 0.0, "longitude": 0.0}
    cards = await written(world, receiver, maria.send_contacts([("João Silva", "+55 11 91234")], requested=True))
    assert cards["contacts"][0]["name"]["formatted_name"] == "João Silva"
    assert cards["origin"] == "contact_request"
    order = await written(world, receiver, maria.send_order([("sku-1", 2, 9.9)], note="please"))
    assert order["order"]["product_items"][0]["quantity"] == 2
    form = await written(world, receiver, maria.fill_form({"size": "M"}))
    assert json.loads(form["interactive"]["nfm_reply"]["response_json"]) == {"size": "M"}
    broken = await written(world, receiver, maria.send_broken_media())
    assert broken["errors"][0]["code"] == 131052
    assert "id" not in broken["video"]
    poll = await written(world, receiver, maria.unsupported())
    assert (poll["type"], poll["errors"][0]["code"], poll["unsupported"]) == ("unsupported", 131051, {"type": "poll"})
    invented = await written(world, receiver, maria.invent("hologram", {"beam": 7}))
    assert (invented["type"], invented["hologram"]) == ("hologram", {"beam": 7})
    welcome = await written(world, receiver, maria.request_welcome())
    assert (welcome["type"], "request_welcome" in welcome) == ("request_welcome", False)
    group = await written(world, receiver, maria.send_to_group("g-1", "all"))
    assert group["group_id"] == "g-1"
    call = await written(world, receiver, maria.allow_calls())
    assert call["interactive"]["call_permission_reply"]["response"] == "accept"


async def test_context_of_replies_and_forwards(world: WhatsAppWorld, business: Business, receiver: Receiver) -> None:
    maria = world.customer(MARIA)
    await maria.say("Oi")
    question = await business.text(MARIA, "Qual pedido?")
    await world.quiet()
    reply = await written(world, receiver, maria.reply(question, "O 77"))
    assert reply["context"] == {"from": "15550783881", "id": question}
    own = await written(world, receiver, maria.say("isso", quote=reply["id"]))
    assert own["context"] == {"from": MARIA, "id": reply["id"]}
    assert (await written(world, receiver, maria.say("f", forwarded=2)))["context"] == {"forwarded": True}
    assert (await written(world, receiver, maria.say("f", forwarded=6)))["context"] == {"frequently_forwarded": True}


async def test_pressing_answers_the_message_with_the_buttons(
    world: WhatsAppWorld, business: Business, receiver: Receiver
) -> None:
    maria = world.customer(MARIA)
    await maria.say("Oi")
    reply = {"type": "reply", "reply": {"id": "yes", "title": "Sim"}}
    content = {"type": "button", "body": {"text": "Confirma?"}, "action": {"buttons": [reply]}}
    _, answer = await business.send(MARIA, "interactive", content)
    await world.quiet()
    pressed = await written(world, receiver, maria.press("yes", "Sim"))
    assert pressed["context"]["id"] == answer["messages"][0]["id"]
    assert pressed["interactive"] == {"type": "button_reply", "button_reply": {"id": "yes", "title": "Sim"}}


async def test_reaction_and_both_ways_to_take_it_back(world: WhatsAppWorld, receiver: Receiver) -> None:
    maria = world.customer(MARIA)
    target = await maria.say("Oi")
    assert (await written(world, receiver, maria.react(target, "👍")))["reaction"]["emoji"] == "👍"
    assert maria.bubble(target).reactions == {"customer": "👍"}
    assert (await written(world, receiver, maria.unreact(target)))["reaction"]["emoji"] == ""
    gone = await written(world, receiver, maria.unreact(target, leave_key_out=True))
    assert gone["reaction"] == {"message_id": target}
    assert maria.bubble(target).reactions == {}


async def test_edit_and_delete(world: WhatsAppWorld, receiver: Receiver) -> None:
    maria = world.customer(MARIA)
    first = await maria.say("Oj")
    edit = await written(world, receiver, maria.edit(first, "Oi"))
    assert edit["edit"] == {"original_message_id": first, "message": {"type": "text", "text": {"body": "Oi"}}}
    revoke = await written(world, receiver, maria.delete(first))
    assert revoke["revoke"] == {"original_message_id": first}
    assert (maria.bubble(first).text, maria.bubble(first).deleted) == ("Oi", True)


async def test_new_number_keeps_the_person_and_changes_the_addresses(
    world: WhatsAppWorld, business: Business, receiver: Receiver
) -> None:
    maria = world.customer(MARIA, name="Maria Oliveira")
    await maria.say("Oi")
    old = maria.bsuid
    system = await written(world, receiver, maria.change_number("+55 11 90000-1111"))
    assert (system["from"], system["system"]["wa_id"]) == (MARIA, "5511900001111")
    assert system["system"]["type"] == "user_changed_number"
    assert old != maria.bsuid == system["system"]["user_id"]
    assert all("contacts" not in value for value in receiver.values() if value["messages"][0]["type"] == "system")
    (update,) = receiver.values("user_id_update")
    assert update["user_id_update"][0]["user_id"] == {"previous": old, "current": maria.bsuid}
    assert world.customers.find("5511900001111") is maria
    assert world.customers.find(MARIA) is None
    await business.text("5511900001111", "Olá")
    await world.quiet()
    assert maria.inbox[0].text == "Olá"


async def test_new_user_id_with_the_same_number(world: WhatsAppWorld, receiver: Receiver) -> None:
    maria = world.customer(MARIA)
    old = maria.bsuid
    system = await written(world, receiver, maria.change_user_id())
    assert (system["system"]["type"], system["from_user_id"]) == ("user_changed_user_id", old)
    assert maria.number == MARIA


async def test_opt_out_stops_marketing_templates_only(
    world: WhatsAppWorld, business: Business, receiver: Receiver
) -> None:
    maria = world.customer(MARIA)
    world.add_template("offer", "en_US", "20% off", category="MARKETING")
    world.add_template("order", "en_US", "On its way", category="UTILITY")
    await maria.stop_marketing()
    await world.quiet()
    (preference,) = receiver.values("user_preferences")[0]["user_preferences"]
    assert (preference["value"], preference["category"], preference["wa_id"]) == ("stop", "marketing_messages", MARIA)
    template = {"name": "offer", "language": {"code": "en_US"}}
    assert (await business.send(MARIA, "template", template))[1]["error"]["code"] == 131050
    assert (await business.send(MARIA, "template", template | {"name": "order"}))[0] == 200
    await maria.resume_marketing()
    assert (await business.send(MARIA, "template", template))[0] == 200


async def test_call_is_told_in_two_events_and_opens_the_window(world: WhatsAppWorld, receiver: Receiver) -> None:
    maria = world.customer(MARIA)
    call_id = await maria.call(seconds=12)
    await world.quiet()
    calls = [call for value in receiver.values("calls") for call in value["calls"]]
    assert {(call["id"], call["event"]) for call in calls} == {(call_id, "connect"), (call_id, "terminate")}
    assert maria.window_is_open()


async def test_the_same_number_is_the_same_customer(world: WhatsAppWorld) -> None:
    assert world.customer("+55 11 98765-0043") is world.customer(MARIA)
    assert len(world.customers) == 1
