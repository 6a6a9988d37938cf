"""One device of one customer: it has a token, listens on the socket and goes on where it was when that breaks."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import aiohttp
from attrs import define, field

Json = dict[str, Any]

AGAIN = 1.0
"""Seconds between tries while the hub is away."""


@define(eq=False)
class Device:
    """`token` gets a new token; `hub_url` is where the hub is. `heard` are the company's messages, oldest first."""

    session: aiohttp.ClientSession
    hub_url: str
    token: Callable[[], Awaitable[str]]
    heard: list[Json] = field(factory=list)
    _socket: aiohttp.ClientWebSocketResponse | None = None
    _seq: int | None = None
    _news: asyncio.Event = field(factory=asyncio.Event)
    _online: asyncio.Event = field(factory=asyncio.Event)

    async def say(self, text: str) -> Json:
        """Writes, until the hub has it."""
        body = {"channel_message_id": str(uuid4()), "text": text}
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                headers = {"Authorization": f"Bearer {await self.token()}"}
                url = f"{self.hub_url}/chat/v1/messages"
                async with self.session.post(url, json=body, headers=headers) as answer:
                    if answer.status not in (429, 503):
                        answer.raise_for_status()
                        message: Json = await answer.json()
                        return message
            await asyncio.sleep(AGAIN)

    async def next_message(self, heard: int, patience: float) -> None:
        """Waits until more of the company's messages are here than `heard`. Raises TimeoutError."""
        async with asyncio.timeout(patience):
            while len(self.heard) <= heard:
                self._news.clear()
                await self._news.wait()

    async def online(self) -> None:
        """Waits until it listens: from then on it misses nothing."""
        await self._online.wait()

    async def types(self) -> None:
        """Says that the customer types."""
        await self._tell({"type": "typing"})

    async def reads(self) -> None:
        """Everything that is here was read."""
        if self.heard:
            await self._tell({"type": "read", "message_id": self.heard[-1]["message_id"]})

    async def listen(self) -> None:
        """Hears what comes, until cancelled."""
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                headers = {"Authorization": f"Bearer {await self.token()}"}
                place = "" if self._seq is None else f"?after={self._seq}"
                address = f"{self.hub_url}/chat/v1/ws{place}"
                async with self.session.ws_connect(address, headers=headers, heartbeat=20) as self._socket:
                    async for frame in self._socket:
                        await self._take(frame.json())
            self._socket = None
            await asyncio.sleep(AGAIN)

    async def _take(self, event: Json) -> None:
        if event["type"] == "message.sent":
            message = event["data"]["message"]
            self.heard.append(message)
            self._news.set()
            await self._tell({"type": "delivered", "message_id": message["message_id"]})
        if event["type"] != "hello" or self._seq is None:
            self._seq = event.get("seq", self._seq)
        self._online.set()

    async def _tell(self, frame: Json) -> None:
        if self._socket is not None:
            with contextlib.suppress(ConnectionError):
                await self._socket.send_json(frame)
