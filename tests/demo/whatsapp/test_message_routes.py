"""Graph: authorisation, the answer to a send, limits of rate, the account, the webhook's subscription."""

import aiohttp
import pytest

from hub.demo.whatsapp import Habits, Limits, WhatsAppWorld
from tests.demo.conftest import Business, Connect, MakeWorld, Receiver

PHONE_ID, WABA_ID = "106540352242922", "102290129340398"
MARIA = "5511987650043"


async def test_send_is_answered_recorded_and_arrives(world: WhatsAppWorld, business: Business) -> None:
    maria = world.customer(MARIA)
    await maria.say("Oi")
    status, answer = await business.send(MARIA, "text", {"body": "Olá"}, biz_opaque_callback_data="h1:abc:1")
    assert status == 200
    wamid = answer["messages"][0]["id"]
    assert answer == {
        "messaging_product": "whatsapp",
        "contacts": [{"input": f"+{MARIA}", "wa_id": MARIA}],
        "messages": [{"id": wamid}],
    }
    await world.quiet()
    (send,) = world.ledger.sends_to(MARIA)
    assert (send.order, send.wamid, send.opaque, send.text) == (1, wamid, "h1:abc:1", "Olá")
    assert [(bubble.wamid, bubble.text) for bubble in maria.inbox] == [(wamid, "Olá")]


async def test_messages_arrive_in_the_order_sent(world: WhatsAppWorld, business: Business) -> None:
    maria = world.customer(MARIA)
    await maria.say("Oi")
    sent = [await business.text(MARIA, str(number)) for number in range(15)]
    await world.quiet()
    assert [bubble.wamid for bubble in maria.inbox] == sent
    assert [send.order for send in world.ledger.sends] == list(range(1, 16))


@pytest.mark.parametrize("version", ["v17.0", "v26.0", "v30.0"])
async def test_any_version_prefix(world: WhatsAppWorld, version: str) -> None:
    headers = {"Authorization": "Bearer EAAG-demo-token"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.get(f"{world.base_url}/{version}/{PHONE_ID}") as answer,
    ):
        assert (await answer.json())["display_phone_number"] == "+15550783881"


async def test_wrong_token_is_401_with_code_190(business: Business) -> None:
    status, answer = await business.call("GET", PHONE_ID, token="old")
    assert status == 401
    assert answer["error"]["code"] == 190
    assert answer["error"]["type"] == "OAuthException"


async def test_new_token_replaces_the_old(world: WhatsAppWorld, business: Business) -> None:
    world.credentials.access_token = "new"
    assert (await business.call("GET", PHONE_ID))[0] == 401
    assert (await business.call("GET", PHONE_ID, token="new"))[0] == 200


async def test_number_without_plus_gets_the_business_country_code(world: WhatsAppWorld, business: Business) -> None:
    world.customer(MARIA)
    body = {"messaging_product": "whatsapp", "to": MARIA, "type": "text", "text": {"body": "?"}}
    _, answer = await business.call("POST", f"{PHONE_ID}/messages", json=body)
    assert answer["contacts"] == [{"input": MARIA, "wa_id": f"1{MARIA}"}]


async def test_wa_id_may_differ_from_the_dialled_number(world: WhatsAppWorld, business: Business) -> None:
    world.customer(MARIA, wa_id="551187650043")
    _, answer = await business.send(MARIA, "text", {"body": "Olá"})
    assert answer["contacts"] == [{"input": f"+{MARIA}", "wa_id": "551187650043"}]


async def test_send_to_a_user_id(world: WhatsAppWorld, business: Business) -> None:
    maria = world.customer(MARIA)
    await maria.say("Oi")
    body = {"messaging_product": "whatsapp", "recipient": maria.bsuid, "type": "text", "text": {"body": "Olá"}}
    _, answer = await business.call("POST", f"{PHONE_ID}/messages", json=body)
    assert answer["contacts"] == [{"input": maria.bsuid, "user_id": maria.bsuid}]
    await world.quiet()
    assert maria.inbox[0].text == "Olá"


async def test_foreign_phone_id_and_bad_json(world: WhatsAppWorld, business: Business) -> None:
    status, answer = await business.call("POST", "999/messages", json={})
    assert (status, answer["error"]["code"], answer["error"]["error_subcode"]) == (400, 100, 33)
    status, answer = await business.call("POST", f"{PHONE_ID}/messages", data=b"{")
    assert (status, answer["error"]["code"]) == (400, 100)


async def test_mark_read_and_typing(world: WhatsAppWorld, business: Business) -> None:
    maria = world.customer(MARIA)
    first, second = await maria.say("one"), await maria.say("two")
    body = {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": second,
        "typing_indicator": {"type": "text"},
    }
    status, answer = await business.call("POST", f"{PHONE_ID}/messages", json=body)
    assert (status, answer) == (200, {"success": True})
    assert list(world.ledger.reads) == [second]
    assert list(world.ledger.typings) == [second]
    assert maria.bubble(first).status == "read"
    status, answer = await business.call("POST", f"{PHONE_ID}/messages", json=body | {"message_id": "wamid.none"})
    assert (status, answer["error"]["code"]) == (400, 131009)


async def test_throughput_of_the_number(make_world: MakeWorld, connect: Connect) -> None:
    world = await make_world(limits=Limits(messages_per_second=3, pair_interval=None))
    business = connect(world)
    codes = [(await business.send(MARIA, "text", {"body": "x"}))[1].get("error", {}).get("code") for _ in range(4)]
    assert codes == [None, None, None, 130429]
    world.clock.advance(1)
    assert (await business.send(MARIA, "text", {"body": "x"}))[0] == 200


async def test_rate_to_one_customer_leaves_others_alone(make_world: MakeWorld, connect: Connect) -> None:
    world = await make_world(limits=Limits(messages_per_second=None, pair_burst=2))
    business = connect(world)
    answers = [(await business.send(MARIA, "text", {"body": "x"}))[1] for _ in range(3)]
    assert answers[2]["error"]["code"] == 131056
    assert (await business.send("34611928374", "text", {"body": "x"}))[0] == 200
    world.clock.advance(6)
    assert (await business.send(MARIA, "text", {"body": "x"}))[0] == 200
    assert [attempt.outcome for attempt in world.ledger.attempts].count("131056") == 1


async def test_limits_can_be_switched_off(make_world: MakeWorld, connect: Connect) -> None:
    world = await make_world(limits=Limits(messages_per_second=None, pair_interval=None))
    business = connect(world)
    assert {(await business.send(MARIA, "text", {"body": "x"}))[0] for _ in range(90)} == {200}


async def test_closed_window_can_be_refused_at_once(make_world: MakeWorld, connect: Connect) -> None:
    world = await make_world(habits=Habits(refuse_closed_window=True))
    world.customer(MARIA)
    status, answer = await connect(world).send(MARIA, "text", {"body": "x"})
    assert (status, answer["error"]["code"]) == (400, 131047)


async def test_sending_to_oneself(business: Business) -> None:
    assert (await business.send("15550783881", "text", {"body": "x"}))[1]["error"]["code"] == 131021


async def test_templates_are_listed_in_pages(world: WhatsAppWorld, business: Business) -> None:
    for number in range(3):
        world.add_template(f"greeting_{number}", "en_US", "Hi {{1}}")
    _, page = await business.call("GET", f"{WABA_ID}/message_templates?limit=2")
    assert [template["name"] for template in page["data"]] == ["greeting_0", "greeting_1"]
    assert page["data"][0]["components"][0]["text"] == "Hi {{1}}"
    after = page["paging"]["cursors"]["after"]
    _, page = await business.call("GET", f"{WABA_ID}/message_templates?limit=2&after={after}")
    assert [template["name"] for template in page["data"]] == ["greeting_2"]
    assert "paging" not in page


async def test_subscription_does_the_handshake(make_world: MakeWorld, connect: Connect, receiver: Receiver) -> None:
    world = await make_world(subscribed=False)
    business = connect(world)
    wish = {"object": "whatsapp_business_account", "callback_url": receiver.url, "verify_token": "wrong"}
    status, answer = await business.call("POST", "4711/subscriptions", params=wish)
    assert (status, answer["error"]["code"]) == (400, 2200)
    status, answer = await business.call("POST", "4711/subscriptions", params=wish | {"verify_token": "verify-me"})
    assert (status, answer) == (200, {"success": True})
    _, apps = await business.call("GET", f"{WABA_ID}/subscribed_apps")
    assert apps["data"][0]["override_callback_uri"] == receiver.url
    override = {"override_callback_uri": receiver.url, "verify_token": "wrong"}
    assert (await business.call("POST", f"{WABA_ID}/subscribed_apps", json=override))[0] == 400
    assert (await business.call("POST", PHONE_ID, json={"webhook_configuration": override}))[0] == 400


async def test_app_token_needs_the_app_secret(business: Business) -> None:
    right = {"client_id": "4711", "client_secret": "app-secret-of-the-demo", "grant_type": "client_credentials"}
    assert (await business.call("GET", "oauth/access_token", params=right))[1]["access_token"]
    wrong = right | {"client_secret": "guess"}
    assert (await business.call("GET", "oauth/access_token", params=wrong))[0] == 400
