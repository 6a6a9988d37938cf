"""The Chat App around a hub: its back end with a key, and customers' devices."""

import itertools
from typing import Any
from uuid import uuid4

import aiohttp
import orjson
from attrs import define, field

from hub.api_key import NewApiKey, Scope
from storage.api_key import ApiKeyStore
from storage.database import Database
from tests.acceptance.agent import Answer, Json, Stream
from tests.acceptance.stage import Stage

_customers = itertools.count(1)


@define
class Device:
    """A customer's device: requests with their token, and streams."""

    session: aiohttp.ClientSession
    url: str
    customer_id: str
    token: str
    streams: list[Stream] = field(factory=list)

    @property
    def headers(self) -> dict[str, str]:
        """What proves who asks."""
        return {"Authorization": f"Bearer {self.token}"}

    async def request(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Any request to the Chat App's doors."""
        given = {"json": body} if body is not None else {}
        async with self.session.request(
            method, f"{self.url}/chat/v1/{path}", headers={**self.headers, **headers}, **given
        ) as answer:
            return Answer(answer.status, answer.headers.copy(), await answer.read())

    async def write(self, text: str, channel_message_id: str | None = None, **more: Any) -> Answer:
        """Sends a text."""
        body = {"channel_message_id": channel_message_id or str(uuid4()), "text": text, **more}
        return await self.request("POST", "messages", body)

    async def say(self, text: str, **more: Any) -> Json:
        """Sends a text, which must be taken; gives the message."""
        answer = await self.write(text, **more)
        assert answer.status == 201, answer.raw
        message: Json = answer.json
        return message

    async def inbox(self) -> list[Json]:
        """All messages, oldest first, read page by page."""
        found: list[Json] = []
        place = "0.0"
        while True:
            answer = await self.request("GET", f"messages?limit=200&after={place}")
            assert answer.status == 200, answer.raw
            found += answer.json["data"]
            if answer.json["next_cursor"] is None:
                return found
            place = answer.json["next_cursor"]

    async def message(self, message_id: str) -> Json | None:
        """One message as it is now, if it is in the inbox."""
        return next((m for m in await self.inbox() if m["message_id"] == message_id), None)

    # Streams

    async def socket(self, after: int | None = None) -> Stream:
        """Opens the WebSocket; hello has come when this returns."""
        query = "" if after is None else f"?after={after}"
        protocols = ("hub.v1", f"bearer.{self.token}")
        socket = await self.session.ws_connect(f"{self.url}/chat/v1/ws{query}", protocols=protocols, max_msg_size=0)
        stream = Stream(socket=socket)

        async def read() -> None:
            try:
                async for message in socket:
                    stream.take(orjson.loads(message.data))
                stream.code = socket.close_code
            finally:
                await socket.close()

        return await self._opened(stream, read())

    async def events(self, after: int | None = None, ticket: str | None = None) -> Stream:
        """Opens the event stream; hello has come when this returns."""
        headers = {} if after is None else {"Last-Event-ID": str(after)}
        query = f"?ticket={ticket}" if ticket else ""
        response = await self.session.get(
            f"{self.url}/chat/v1/events{query}",
            headers=headers if ticket else {**self.headers, **headers},
            timeout=aiohttp.ClientTimeout(total=None),
        )
        assert response.status == 200, await response.text()
        stream = Stream()

        async def read() -> None:
            try:
                async for line in response.content:
                    if line.startswith(b"data: "):
                        stream.take(orjson.loads(line[6:]))
            finally:
                response.close()

        return await self._opened(stream, read())

    async def _opened(self, stream: Stream, reading: Any) -> Stream:
        stream.begin(reading)
        self.streams.append(stream)
        await stream.until(lambda opened: opened.of("hello"))
        return stream

    async def leave(self) -> None:
        """Closes all streams."""
        for stream in self.streams:
            await stream.leave()


@define
class BackEnd:
    """The company's own server, which knows its customers and has a key."""

    stage: Stage
    key: str
    devices: list[Device] = field(factory=list)

    @classmethod
    async def of(cls, stage: Stage) -> "BackEnd":
        """With a key of its own."""
        database = Database(stage.hub.database_url)
        await database.open()
        _, secret = await ApiKeyStore(database).create(NewApiKey("Chat App", Scope.CHAT_APP))
        await database.close()
        return cls(stage, secret)

    async def request(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Any request with the key."""
        given = {"json": body} if body is not None else {}
        sent = {"Authorization": f"Bearer {self.key}", **headers}
        url = f"{self.stage.hub.url}/chat/v1/{path}"
        async with self.stage.session.request(method, url, headers=sent, **given) as answer:
            return Answer(answer.status, answer.headers.copy(), await answer.read())

    async def device(self, customer_id: str | None = None, **known: Any) -> Device:
        """A device of a customer, a new one unless named, with a token of its own."""
        customer_id = customer_id or f"c-{next(_customers):05}"
        answer = await self.request("POST", "tokens", {"customer_id": customer_id, **known})
        assert answer.status == 201, answer.raw
        device = Device(self.stage.session, self.stage.hub.url, customer_id, answer.json["token"])
        self.devices.append(device)
        return device

    async def leave(self) -> None:
        """Everybody hangs up."""
        for device in self.devices:
            await device.leave()
