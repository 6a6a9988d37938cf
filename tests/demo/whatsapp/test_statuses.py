"""Statuses: which come, in which order, with which keys; what fails later."""

from hub.demo.whatsapp import Habits, WhatsAppWorld
from tests.demo.conftest import Business, Connect, Json, MakeWorld, Receiver

MARIA = "5511987650043"


def of(receiver: Receiver, wamid: str) -> list[Json]:
    return [status for status in receiver.statuses() if status["id"] == wamid]


async def test_sent_then_delivered_then_read(world: WhatsAppWorld, business: Business, receiver: Receiver) -> None:
    maria = world.customer(MARIA, name="Maria Oliveira")
    await maria.say("Oi")
    wamid = await business.text(MARIA, "Olá", biz_opaque_callback_data="h1:abc:1")
    await world.quiet()
    assert await maria.open_chat() == [wamid]
    await world.quiet()
    said = of(receiver, wamid)
    assert {status["status"] for status in said} == {"sent", "delivered", "read"}
    assert world.ledger.send(wamid).statuses == ["sent", "delivered", "read"]
    for status in said:
        assert status["recipient_id"] == MARIA
        assert status["recipient_user_id"] == maria.bsuid
        assert status["biz_opaque_callback_data"] == "h1:abc:1"
        assert status["timestamp"].isdigit()
        assert "conversation" not in status
    priced = {status["status"] for status in said if "pricing" in status}
    assert priced == {"sent", "delivered"}
    assert said[0]["pricing"]["category"] == "service"
    contacts = [value["contacts"] for value in receiver.values() if value.get("statuses")]
    assert contacts == [[{"profile": {"name": "Maria Oliveira"}, "wa_id": MARIA, "user_id": maria.bsuid}]] * 3


async def test_read_at_once_may_come_without_delivered(
    make_world: MakeWorld, connect: Connect, receiver: Receiver
) -> None:
    world = await make_world(habits=Habits(delivered_before_read=False))
    maria = world.customer(MARIA)
    await maria.say("Oi")
    await maria.open_chat(stay=True)
    wamid = await connect(world).text(MARIA, "Olá")
    await world.quiet()
    assert world.ledger.send(wamid).statuses == ["sent", "read"]
    assert all("pricing" in status for status in of(receiver, wamid))


async def test_no_read_without_receipts(world: WhatsAppWorld, business: Business) -> None:
    maria = world.customer(MARIA)
    maria.read_receipts = False
    await maria.say("Oi")
    wamid = await business.text(MARIA, "Olá")
    await world.quiet()
    await maria.open_chat()
    await world.quiet()
    assert world.ledger.send(wamid).statuses == ["sent", "delivered"]


async def test_voice_note_is_played(world: WhatsAppWorld, business: Business) -> None:
    maria = world.customer(MARIA)
    await maria.say("Oi")
    status, answer = await business.send(MARIA, "audio", {"link": "https://example.com/a.ogg"})
    wamid = answer["messages"][0]["id"]
    await world.quiet()
    await maria.open_chat()
    await maria.play(wamid)
    assert status == 200
    assert world.ledger.send(wamid).statuses == ["sent", "delivered", "read", "played"]


async def test_reaction_is_only_sent_and_shows_on_the_bubble(world: WhatsAppWorld, business: Business) -> None:
    maria = world.customer(MARIA)
    target = await maria.say("Oi")
    _, answer = await business.send(MARIA, "reaction", {"message_id": target, "emoji": "👍"})
    await world.quiet()
    assert world.ledger.send(answer["messages"][0]["id"]).statuses == ["sent"]
    assert maria.bubble(target).reactions == {"business": "👍"}
    await business.send(MARIA, "reaction", {"message_id": target, "emoji": ""})
    await world.quiet()
    assert maria.bubble(target).reactions == {}
    assert maria.inbox == []


async def test_closed_window_is_accepted_and_fails_later(
    world: WhatsAppWorld, business: Business, receiver: Receiver
) -> None:
    maria = world.customer(MARIA)
    await maria.say("Oi")
    world.clock.advance(25 * 3600)
    wamid = await business.text(MARIA, "Olá", biz_opaque_callback_data="h1:abc:1")
    await world.quiet()
    (status,) = of(receiver, wamid)
    assert status["status"] == "failed"
    assert status["recipient_id"] == MARIA
    assert "recipient_user_id" not in status
    assert status["biz_opaque_callback_data"] == "h1:abc:1"
    (error,) = status["errors"]
    assert error["code"] == 131047
    assert set(error) == {"code", "title", "message", "error_data", "href"}
    assert all("contacts" not in value for value in receiver.values() if value.get("statuses"))
    assert maria.inbox == []


async def test_window_reopens_when_the_customer_writes(world: WhatsAppWorld, business: Business) -> None:
    maria = world.customer(MARIA)
    assert not maria.window_is_open()
    await maria.say("Oi")
    assert maria.window_is_open()
    world.clock.advance(24 * 3600 - 5)
    assert maria.window_is_open()
    world.clock.advance(5)
    assert not maria.window_is_open()
    await maria.react(await maria.say("again"), "👍")
    maria.close_window()
    await maria.react(maria.chat.bubbles[0].wamid, "👍")
    assert not maria.window_is_open()
    await maria.call()
    assert maria.window_is_open()


async def test_template_passes_a_closed_window(world: WhatsAppWorld, business: Business, receiver: Receiver) -> None:
    maria = world.customer(MARIA)
    world.add_template("order_update", "pt_BR", "Olá {{1}}, pedido {{2}}.", category="UTILITY")
    parameters = [{"type": "text", "text": "Maria"}, {"type": "text", "text": "77"}]
    content = {
        "name": "order_update",
        "language": {"code": "pt_BR"},
        "components": [{"type": "body", "parameters": parameters}],
    }
    _, answer = await business.send(MARIA, "template", content)
    assert answer["messages"][0]["message_status"] == "accepted"
    await world.quiet()
    assert maria.inbox[0].text == "Olá Maria, pedido 77."
    assert receiver.statuses()[0]["pricing"]["category"] == "utility"


async def test_unknown_user_fails_later(world: WhatsAppWorld, business: Business, receiver: Receiver) -> None:
    wamid = await business.text("5511000000000", "?")
    await world.quiet()
    (status,) = of(receiver, wamid)
    assert (status["status"], status["errors"][0]["code"]) == ("failed", 131026)


async def test_blocked_business_sees_only_sent(world: WhatsAppWorld, business: Business) -> None:
    maria = world.customer(MARIA)
    await maria.say("Oi")
    await maria.block()
    wamid = await business.text(MARIA, "?")
    await world.quiet()
    assert world.ledger.send(wamid).statuses == ["sent"]
    assert maria.inbox == []


async def test_phone_that_is_off_gets_everything_later(world: WhatsAppWorld, business: Business) -> None:
    maria = world.customer(MARIA)
    await maria.say("Oi")
    world.carrier.go_offline(maria)
    sent = [await business.text(MARIA, str(number)) for number in range(3)]
    await world.quiet()
    assert maria.inbox == []
    world.carrier.go_online(maria)
    await world.quiet()
    assert [bubble.wamid for bubble in maria.inbox] == sent
    assert world.ledger.send(sent[0]).statuses == ["sent", "delivered"]


async def test_username_hides_the_phone_number(world: WhatsAppWorld, business: Business, receiver: Receiver) -> None:
    maria = world.customer(MARIA)
    await maria.adopt_username("@maria.o")
    await maria.say("Oi")
    await world.quiet()
    (value,) = receiver.values()
    assert value["contacts"] == [{"profile": {"name": "Maria Oliveira", "username": "maria.o"}, "user_id": maria.bsuid}]
    assert value["messages"][0]["from_user_id"] == maria.bsuid
    assert "from" not in value["messages"][0]
    message = {"messaging_product": "whatsapp", "recipient": maria.bsuid, "type": "text", "text": {"body": "Olá"}}
    await business.call("POST", "106540352242922/messages", json=message)
    await world.quiet()
    assert all("recipient_id" not in status for status in receiver.statuses())
    assert all(status["recipient_user_id"] == maria.bsuid for status in receiver.statuses())
    await business.text(MARIA, "by phone")
    await maria.say("now you know")
    await world.quiet()
    assert receiver.messages()[-1]["from"] == MARIA
    world.clock.advance(31 * 24 * 3600)
    await maria.say("and now not any more")
    await world.quiet()
    assert "from" not in receiver.messages()[-1]
