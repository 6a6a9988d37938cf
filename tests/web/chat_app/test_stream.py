"""The customer's stream: who gets in, what one may say on it, and when it ends."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from aiohttp import WSServerHandshakeError

from tests.web.chat_app.conftest import JWT_SECRET, ORIGIN, ChatStage
from tests.web.realtime_stage import receive

WS = "/chat/v1/ws"


def bearer(token: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", **more}


async def opens(chat: ChatStage, address: str = WS, **given: Any) -> int:
    try:
        async with chat.client.ws_connect(address, **given):
            return 101
    except WSServerHandshakeError as error:
        return error.status


async def test_who_gets_in(chat: ChatStage) -> None:
    token = chat.token()
    assert await opens(chat, headers=bearer(token)) == 101
    assert await opens(chat, protocols=("hub.v1", f"bearer.{token}")) == 101
    assert await opens(chat) == 401
    assert await opens(chat, headers=bearer(chat.key)) == 403
    assert await opens(chat, headers=bearer(token, Origin=ORIGIN)) == 101
    assert await opens(chat, headers=bearer(token, Origin="https://evil.example")) == 403
    assert await opens(chat, f"{WS}?token={token}", headers=bearer(token)) == 401
    assert await opens(chat, f"{WS}?after=x", headers=bearer(token)) == 400
    assert await chat.value("select count(*) from customers") == 1


async def test_an_event_stream_by_ticket(chat: ChatStage) -> None:
    ticket = (await (await chat.chats("POST", "tickets")).json())["ticket"]
    address = f"/chat/v1/events?ticket={ticket}"
    refused = await chat.client.get(address, headers={"Origin": "https://evil.example"})
    assert refused.status == 403
    assert (await chat.client.get(address)).status == 401
    ticket = (await (await chat.chats("POST", "tickets")).json())["ticket"]
    async with chat.client.get(f"/chat/v1/events?ticket={ticket}", headers={"Origin": ORIGIN}) as answer:
        assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (200, ORIGIN)
        assert (await answer.content.readline()).startswith(b": hub")


async def test_a_stream_ends_with_its_token(chat: ChatStage) -> None:
    end = datetime.now(UTC) + timedelta(seconds=1)
    token = jwt.encode({"sub": "c-1", "exp": int(end.timestamp())}, JWT_SECRET, "HS256")
    async with chat.client.ws_connect(WS, headers=bearer(token)) as socket:
        async with asyncio.timeout(10):
            async for _ in socket:
                pass
        assert socket.close_code == 4401


async def test_receipts_in_a_crowd_are_stored(chat: ChatStage) -> None:
    written = await chat.writes()
    sent = [await chat.answers_with(str(n), written["conversation_id"]) for n in range(5)]
    socket = await chat.client.ws_connect(WS, headers=bearer(chat.token()))
    for message in sent * 30:
        await socket.send_json({"type": "delivered", "message_id": message["message_id"]})
    await socket.close()

    async def delivered() -> bool:
        page = await (await chat.chats("GET", "messages")).json()
        return all(m["status"] == "delivered" for m in page["data"] if m["direction"] == "outbound")

    async with asyncio.timeout(10):
        while not await delivered():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "read", "message_id": "x"}, "invalid_request"),
        ({"type": "read", "message_id": "01890a5d-ac96-774b-bcce-b302099a8057"}, "not_found"),
        ({"type": "presence", "state": "away"}, "invalid_request"),
        ({"type": "viewing"}, "invalid_request"),
    ],
)
async def test_what_is_refused_is_told(chat: ChatStage, frame: dict[str, str], code: str) -> None:
    async with chat.client.ws_connect(WS, headers=bearer(chat.token())) as socket:
        await socket.send_json(frame)
        assert (await receive(socket, "error"))["code"] == code
        await socket.send_json({"type": "ping"})
        await receive(socket, "pong")
