"""A customer's message at the door: once, in the right conversation, and only what belongs there."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.web.chat_app.conftest import ChatStage


async def test_the_same_message_many_times_at_once_is_one(chat: ChatStage) -> None:
    body = {"channel_message_id": "m-1", "text": "Hello"}
    answers = await asyncio.gather(*(chat.chats("POST", "messages", body) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [200] * 7 + [201]
    assert len({str(await answer.json()) for answer in answers}) == 1
    assert await chat.value("select count(*) from messages") == 1
    assert await chat.value("select count(*) from customers") == 1


async def test_an_id_is_one_message(chat: ChatStage) -> None:
    body: dict[str, Any] = {"channel_message_id": "m-1", "text": "Hello"}
    assert (await chat.chats("POST", "messages", body)).status == 201
    for who, text in (("c-1", "Other words"), ("c-2", "Hello")):
        refused = await chat.chats("POST", "messages", {**body, "text": text}, who)
        assert (refused.status, (await refused.json())["code"]) == (422, "idempotency_key_reused")


async def test_the_back_end_writes_for_its_customers(chat: ChatStage) -> None:
    body = {
        "customer_id": "c-7",
        "channel_message_id": "m-1",
        "text": "Hello",
        "customer": {"name": "Bo", "attributes": {"plan": "gold"}},
    }
    answer = await chat.chats("POST", "messages", body, "key")
    assert (answer.status, (await answer.json())["sender"]) == (201, {"type": "customer", "name": "Bo"})
    more = {**body, "channel_message_id": "m-2", "customer": {"name": "Bo Diaz", "attributes": {"city": "Lima"}}}
    assert (await chat.chats("POST", "messages", more, "key")).status == 201
    known = await chat.value("select row_to_json(c) from customers c")
    assert (known["name"], known["attributes"]) == ("Bo Diaz", {"plan": "gold", "city": "Lima"})
    refused = await chat.chats(
        "POST", "messages", {"channel_message_id": "m-3", "text": "x", "customer": {"name": "Me"}}
    )
    assert refused.status == 403
    assert (await chat.chats("POST", "messages", {"channel_message_id": "m-4", "text": "x"}, "key")).status == 422


@pytest.mark.parametrize(
    "body",
    [
        {"text": "no id"},
        {"channel_message_id": "m", "text": ""},
        {"channel_message_id": "m", "text": "x" * 4097},
        {"channel_message_id": "with blank", "text": "x"},
        {"channel_message_id": "m"},
        {"channel_message_id": "m", "media_id": "01890a5d-ac96-774b-bcce-b302099a8057"},
        {"channel_message_id": "m", "text": "x", "status": "read"},
    ],
)
async def test_what_is_refused(chat: ChatStage, body: dict[str, Any]) -> None:
    assert (await chat.chats("POST", "messages", body)).status == 422
    assert await chat.value("select count(*) from messages") == 0


async def test_a_quote_is_shown(chat: ChatStage) -> None:
    first = await chat.writes("A question")
    second = await chat.writes("Its answer", reply_to=first["channel_message_id"])
    assert second["reply_to"]["message_id"] == first["message_id"]


async def test_a_quote_from_a_conversation_that_is_over_is_shown_too(chat: ChatStage) -> None:
    first = await chat.writes("A question")
    resolved = await chat.ask("PATCH", f"conversations/{first['conversation_id']}", {"status": "resolved"})
    assert resolved.status == 200, await resolved.text()
    chat.ahead = timedelta(days=8)
    second = await chat.writes("Its answer", reply_to=first["channel_message_id"])
    assert second["conversation_id"] != first["conversation_id"]
    assert second["reply_to"]["message_id"] == first["message_id"]


@pytest.mark.parametrize("who", ["c-1", "c-2"])
async def test_a_quote_of_what_is_not_in_the_inbox_is_refused(chat: ChatStage, who: str) -> None:
    theirs = await chat.writes("A secret", who="c-3")
    if who == "c-2":
        await chat.writes("Something of their own", who)
    for quoted in (theirs["channel_message_id"], "nothing"):
        body = {"channel_message_id": f"m-{quoted}", "text": "What about it?", "reply_to": quoted}
        refused = await chat.chats("POST", "messages", body, who)
        problem = await refused.json()
        assert (refused.status, problem["code"]) == (422, "invalid_request")
        assert problem["errors"] == [{"path": "$.reply_to", "message": "is not a message of this inbox"}]
    assert await chat.value("select count(*) from messages where text = 'What about it?'") == 0


async def test_too_many_are_told_to_wait(chat: ChatStage) -> None:
    body = {"channel_message_id": "m", "text": "x"}
    answers = [await chat.chats("POST", "messages", body) for _ in range(60)]
    assert {answer.status for answer in answers[:50]} == {200, 201}
    (refused, *_) = [answer for answer in answers if answer.status == 429]
    assert int(refused.headers["Retry-After"]) >= 1
    await chat.writes(who="c-2")


async def test_the_inbox_of_one_who_never_wrote_is_empty(chat: ChatStage) -> None:
    page = await (await chat.chats("GET", "messages")).json()
    assert (page["data"], page["next_cursor"]) == ([], None)
    assert (await chat.chats("GET", "messages?after=1.1&before=2.2")).status == 422
    assert (await chat.chats("GET", "messages?limit=0")).status == 422


async def test_what_follows_the_page_is_on_the_stream(chat: ChatStage) -> None:
    await chat.writes("one")
    page = await (await chat.chats("GET", "messages")).json()
    await chat.writes("two")
    address = f"/chat/v1/ws?after={page['seq']}"
    async with chat.client.ws_connect(address, headers={"Authorization": f"Bearer {chat.token()}"}) as socket:
        async with asyncio.timeout(10):
            frames = [await socket.receive_json()]
            while frames[-1]["type"] != "resumed":
                frames.append(await socket.receive_json())
    assert [f["data"]["message"]["content"]["text"] for f in frames if f["type"] == "message.received"] == ["two"]


async def test_the_press_of_a_button_is_a_message_of_its_own_kind(chat: ChatStage) -> None:
    body = {"channel_message_id": "m-1", "text": "Confirm", "button_id": "cfm:abc"}
    answer = await chat.chats("POST", "messages", body)
    shown = (await answer.json())["content"]
    assert (answer.status, shown["type"], shown["text"]) == (201, "interactive", "Confirm")
    assert shown["metadata"]["interactive"] == {"type": "button_reply", "id": "cfm:abc"}
    again = await chat.chats("POST", "messages", body)
    assert again.status == 200
    untitled = await chat.chats("POST", "messages", {"channel_message_id": "m-2", "button_id": "cfm:abc"})
    assert untitled.status == 422
    file = {"channel_message_id": "m-3", "button_id": "x", "media_id": "01890a5d-ac96-774b-bcce-b302099a8057"}
    assert (await chat.chats("POST", "messages", file)).status == 422
