"""A customer's side of the Chat App in 40 lines: it loses nothing, however often the connection breaks (aiohttp)."""

import asyncio
import contextlib
import uuid

import aiohttp


class ChatClient:
    def __init__(self, url, token, on_message, after=None):  # start `after` the `seq` you kept
        self.url, self.headers = f"{url}/chat/v1", {"Authorization": f"Bearer {token}"}
        self.on_message, self.seq = on_message, after

    async def send(self, session, text):  # one id for all tries: however often it is sent, it is one message
        body = {"channel_message_id": str(uuid.uuid4()), "text": text}
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with session.post(f"{self.url}/messages", json=body, headers=self.headers) as answer:
                    if answer.status not in (429, 503):
                        answer.raise_for_status()
                        return await answer.json()
            await asyncio.sleep(0.5)

    async def listen(self, session):
        while True:
            after = "" if self.seq is None else f"?after={self.seq}"
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with session.ws_connect(f"{self.url}/ws{after}", headers=self.headers, heartbeat=20) as socket:
                    async for frame in socket:
                        await self.take(socket, frame.json())
            await asyncio.sleep(0.2)

    async def take(self, socket, event):
        if event["type"] in ("message.received", "message.sent"):
            self.on_message(event["data"]["message"])
        if event["type"] == "message.sent":
            await socket.send_json({"type": "delivered", "message_id": event["data"]["message"]["message_id"]})
        if event["type"] != "hello" or self.seq is None:  # at a `reset`, read GET /chat/v1/messages again
            self.seq = event.get("seq", self.seq)
