import asyncio

from tests.web.chat_app.conftest import ChatStage
from tests.web.realtime_stage import receive
from web.chat_app.app import STREAMS


async def test_the_doors_and_the_way_out_belong_together(chat: ChatStage) -> None:
    assert list(chat.chat.carriers) == ["app"]
    async with chat.client.ws_connect(STREAMS[0], headers={"Authorization": f"Bearer {chat.token()}"}) as socket:
        await receive(socket, "hello")
        written = await chat.writes()
        assert (await receive(socket, "message.received"))["data"]["message"] == written
        answered = await chat.answers_with("Hello to you", written["conversation_id"])
        assert (await receive(socket, "message.sent"))["data"]["message"] == answered
        chat.chat.reset("epoch", 7)
        assert (await receive(socket, "reset"))["seq"] == 7
        await chat.chat.drain(0.0)
        assert (await receive(socket, "bye"))["code"] == 1012


async def test_the_outbox_is_empty_soon(chat: ChatStage) -> None:
    written = await chat.writes()
    await chat.answers_with("Hello to you", written["conversation_id"])
    async with asyncio.timeout(5):
        while await chat.value("select count(*) from outbox"):
            await asyncio.sleep(0.02)


async def test_every_door_answers_a_browsers_question(chat: ChatStage) -> None:
    asking = {"Origin": "https://shop.example.com", "Access-Control-Request-Method": "POST"}
    for path in ("tokens", "tickets", "messages", "receipts", "typing", "media", "media/1", "ws", "events"):
        answer = await chat.client.options(f"/chat/v1/{path}", headers=asking)
        assert answer.status == 204, path
