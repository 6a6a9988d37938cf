"""The Chat App from outside: one identity, both directions, receipts and typing both ways, and nothing else."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from tests.acceptance.agent import Agent, Json
from tests.acceptance.chat import BackEnd, Device
from tests.acceptance.process import ORIGIN
from tests.acceptance.stage import Stage, eventually


@pytest.fixture
async def app(stage: Stage) -> AsyncIterator[BackEnd]:
    """The app's back end."""
    app = await BackEnd.of(stage)
    yield app
    await app.leave()


async def conversation_of(agent: Agent, name: str) -> str:
    found: str = (await agent.conversation_of(name))["id"]
    return found


async def reached(device: Device, message_id: str, status: str) -> Json:
    """The message once it has this status."""

    async def look() -> Json | None:
        message = await device.message(message_id)
        return message if message is not None and message["status"] == status else None

    found = await eventually(look)
    assert found is not None
    return found


async def test_a_message_comes_in_once_and_keeps_its_customer_across_devices(stage: Stage, app: BackEnd) -> None:
    ana = await stage.login()
    phone = await app.device(name="Helena Prado", attributes={"plan": "gold"})
    tablet = await app.device(phone.customer_id)
    watching = await tablet.socket()
    first = await phone.write("Where is my order?", "m-1")
    again = await phone.write("Where is my order?", "m-1")
    assert (first.status, again.status) == (201, 200)
    assert first.json == again.json
    assert (await phone.write("Something else", "m-1")).status == 422
    await watching.until(lambda stream: stream.of("message.received"))
    assert watching.durable[-1]["data"]["message"] == first.json
    other = await app.device()
    assert (await other.write("Where is my order?", "m-1")).json["code"] == "idempotency_key_reused"
    by_key = {"customer_id": phone.customer_id, "channel_message_id": "m-2", "text": "From the back end"}
    assert (await app.request("POST", "messages", by_key)).status == 201
    conversation_id = await conversation_of(ana, "Helena Prado")
    texts = [message["content"]["text"] for message in await ana.messages(conversation_id)]
    assert texts == ["Where is my order?", "From the back end"]
    assert [m["content"]["text"] for m in await tablet.inbox()] == texts
    attributes = await stage.value("select attributes from customers where name = 'Helena Prado'")
    assert attributes == {"plan": "gold"}


async def test_a_reply_reaches_a_customer_who_was_away_and_receipts_come_back(stage: Stage, app: BackEnd) -> None:
    ana = await stage.login()
    phone = await app.device(name="Igor Salles")
    written = await phone.say("Anybody there?")
    conversation_id = await conversation_of(ana, "Igor Salles")
    desk = await ana.socket()
    first, second = [await ana.say(conversation_id, text) for text in ("Yes!", "What can we do?")]
    await reached(phone, second["message_id"], "sent")
    back = await app.device(phone.customer_id)
    socket = await back.socket(0)
    await socket.until(lambda stream: len(stream.of("message.sent")) == 2)
    told = [frame["data"]["message"] for frame in socket.of("message.sent")]
    assert [m["content"]["text"] for m in told] == ["Yes!", "What can we do?"]
    assert told[0]["sender"] == {"type": "agent", "name": "Ana"}
    await socket.tell("delivered", message_id=second["message_id"])
    await reached(phone, first["message_id"], "delivered")
    await socket.tell("read", message_id=first["message_id"])
    await reached(phone, first["message_id"], "read")
    await reached(phone, second["message_id"], "delivered")
    receipt = {"status": "read", "message_id": second["message_id"]}
    assert (await phone.request("POST", "receipts", receipt)).status == 204
    assert (await ana.message(conversation_id, second["message_id"]))["status"] == "read"
    by_hand = [f["data"]["message"]["status"] for f in desk.of("message.status", "message.sent")]
    assert by_hand[-1] == "read"
    assert (await ana.request("PUT", f"/api/v1/conversations/{conversation_id}/read", {})).status == 204
    assert (await reached(phone, written["message_id"], "read"))["direction"] == "inbound"
    await socket.until(
        lambda s: any(f["data"]["message"]["message_id"] == written["message_id"] for f in s.of("message.status"))
    )


async def test_typing_is_shown_both_ways(stage: Stage, app: BackEnd) -> None:
    ana = await stage.login()
    phone = await app.device(name="Livia Duarte")
    await phone.say("Hello")
    conversation_id = await conversation_of(ana, "Livia Duarte")
    desk, socket, events = await ana.socket(), await phone.socket(), await phone.events()
    await desk.tell("typing", conversation_id=conversation_id)
    for stream in (socket, events):
        await stream.until(lambda s: s.of("agent.typing"))
        (sign,) = stream.of("agent.typing")
        assert sign["actor"] == {"type": "agent", "name": "Ana"}
        assert "seq" not in sign
    await socket.tell("typing")
    await desk.until(lambda s: s.of("customer.typing"))
    assert desk.of("customer.typing")[0]["actor"]["name"] == "Livia Duarte"
    assert (await phone.request("POST", "typing", {})).status == 204


async def test_files_go_both_ways_and_only_to_whom_they_belong(stage: Stage, app: BackEnd) -> None:
    ana = await stage.login()
    phone, stranger = await app.device(name="Otto Lima"), await app.device(name="Somebody Else")
    form = aiohttp.FormData()
    form.add_field("file", b"%PDF-1.4\n%%EOF\n", filename="bill.pdf", content_type="application/pdf")
    async with stage.session.post(f"{phone.url}/chat/v1/media", data=form, headers=phone.headers) as answer:
        assert answer.status == 201, await answer.text()
        file = await answer.json()
    assert (await stranger.request("GET", f"media/{file['id']}")).status == 404
    refused = await stranger.request("POST", "messages", {"channel_message_id": "f-0", "media_id": file["id"]})
    assert refused.status == 422
    body = {"channel_message_id": "f-1", "media_id": file["id"], "text": "My bill"}
    sent = (await phone.request("POST", "messages", body)).json
    assert sent["content"]["metadata"]["media"] == {
        "state": "stored", "mime_type": "application/pdf", "filename": "bill.pdf", "size": 15,
    }  # fmt: skip
    assert (await phone.request("GET", f"media/{file['id']}")).raw.startswith(b"%PDF")
    assert (await stranger.request("GET", f"media/{file['id']}")).status == 404
    conversation_id = await conversation_of(ana, "Otto Lima")
    seen = (await ana.messages(conversation_id))[0]
    assert (await ana.request("GET", seen["content"]["media_url"])).raw.startswith(b"%PDF")


async def test_what_is_not_theirs_does_not_leave_the_house(stage: Stage, app: BackEnd) -> None:
    ana = await stage.login()
    phone = await app.device(name="Nina Braga")
    socket = await phone.socket()
    await phone.say("Hello")
    other = await app.device(name="Not Nina")
    await other.say("A secret of mine")
    conversation_id = await conversation_of(ana, "Nina Braga")
    edited: Json = {"subject": "a difficult customer", "assignee_id": ana.user["id"]}
    patched = await ana.request("PATCH", f"/api/v1/conversations/{conversation_id}", edited, **{"If-Match": '"1"'})
    assert patched.status == 200, patched.raw
    await ana.say(conversation_id, "Good morning")
    await socket.until(lambda stream: stream.of("message.sent"))
    heard = str(socket.frames)
    for word in ("a difficult customer", "A secret of mine", "ana@example.com", ana.user["id"], "assignee", "team_id"):
        assert word not in heard
    assert {frame["type"] for frame in socket.frames} <= {"hello", "message.received", "message.sent", "message.status"}
    page = await phone.request("GET", "messages")
    assert "A secret of mine" not in page.raw.decode()
    theirs = (await other.inbox())[0]
    receipt = {"status": "read", "message_id": theirs["message_id"]}
    assert (await phone.request("POST", "receipts", receipt)).status == 404


@pytest.mark.parametrize("kind", ["key", "jwt", "none", "forged"])
async def test_who_may_do_what(stage: Stage, app: BackEnd, kind: str) -> None:
    device = await app.device()
    tokens = {"key": app.key, "jwt": device.token, "none": "", "forged": device.token[:-4] + "AAAA"}
    headers = {"Authorization": f"Bearer {tokens[kind]}"} if tokens[kind] else {}
    expected = {"key": (201, 403), "jwt": (403, 101), "none": (401, 401), "forged": (401, 401)}[kind]
    url = f"{stage.hub.url}/chat/v1"
    async with stage.session.post(f"{url}/tokens", json={"customer_id": "x"}, headers=headers) as answer:
        assert answer.status == expected[0]
    try:
        async with stage.session.ws_connect(f"{url}/ws", headers=headers):
            opened = 101
    except aiohttp.WSServerHandshakeError as error:
        opened = error.status
    assert opened == expected[1]
    async with stage.session.get(f"{url}/ws?token={device.token}") as answer:
        assert answer.status == 401


async def test_pages_of_other_origins(stage: Stage, app: BackEnd) -> None:
    phone = await app.device()
    asking = {"Access-Control-Request-Method": "POST"}
    allowed = await phone.request("OPTIONS", "messages", Origin=ORIGIN, **asking)
    assert (allowed.status, allowed.headers["Access-Control-Allow-Origin"]) == (204, ORIGIN)
    assert (await phone.request("OPTIONS", "messages", Origin="https://evil.example", **asking)).status == 403
    body: Any = {"channel_message_id": str(uuid4()), "text": "x"}
    refused = await phone.request("POST", "messages", body, Origin="https://evil.example")
    assert (refused.status, "Access-Control-Allow-Origin" in refused.headers) == (403, False)
    taken = await phone.request("POST", "messages", body, Origin=ORIGIN)
    assert (taken.status, taken.headers["Access-Control-Allow-Origin"]) == (201, ORIGIN)
    wrong = await phone.request("POST", "messages", {}, Origin=ORIGIN)
    assert (wrong.status, wrong.headers["Access-Control-Allow-Origin"]) == (422, ORIGIN)


async def test_a_ticket_opens_one_stream(stage: Stage, app: BackEnd) -> None:
    phone = await app.device()
    ticket = (await phone.request("POST", "tickets")).json["ticket"]
    stream = await phone.events(ticket=ticket)
    await phone.say("Hello")
    await stream.until(lambda s: s.of("message.received"))
    async with stage.session.get(f"{phone.url}/chat/v1/events?ticket={ticket}") as answer:
        assert answer.status == 401


async def test_history_goes_both_ways_page_by_page(app: BackEnd) -> None:
    phone = await app.device()
    for n in range(7):
        await phone.say(str(n))
    newest = (await phone.request("GET", "messages?limit=3")).json
    assert [m["content"]["text"] for m in newest["data"]] == ["4", "5", "6"]
    older = (await phone.request("GET", f"messages?limit=3&before={newest['next_cursor']}")).json
    assert [m["content"]["text"] for m in older["data"]] == ["1", "2", "3"]
    newer = (await phone.request("GET", f"messages?after={older['data'][0]['cursor']}&limit=2")).json
    assert [m["content"]["text"] for m in newer["data"]] == ["2", "3"]
    assert newer["next_cursor"] == newer["data"][-1]["cursor"]
    assert (await phone.request("GET", "messages?after=nonsense")).status == 422
    by_key = await app.request("GET", f"messages?customer_id={phone.customer_id}")
    assert len(by_key.json["data"]) == 7
    assert (await phone.request("GET", "messages?customer_id=somebody")).status == 403
