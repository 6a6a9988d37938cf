"""An agent with a browser: requests, and streams whose frames are kept in the order they came."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import aiohttp
import orjson
from attrs import define, field

Json = dict[str, Any]

PATIENCE = 60.0


@define
class Answer:
    """An HTTP answer, read to its end."""

    status: int
    headers: Any
    raw: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return orjson.loads(self.raw)


@define(eq=False)
class Stream:
    """A live stream, read as fast as it comes. `code` is why it ended: a WebSocket's close code, or that of `bye`."""

    frames: list[Json] = field(factory=list)
    code: int | None = None
    socket: aiohttp.ClientWebSocketResponse | None = None
    _reader: "asyncio.Task[None] | None" = None
    _changed: asyncio.Event = field(factory=asyncio.Event)

    def begin(self, reading: Any) -> None:
        """Reads in the background."""
        self._reader = asyncio.create_task(reading)

    def take(self, frame: Json) -> None:
        """Keeps one more frame."""
        self.frames.append(frame)
        if frame["type"] == "bye":
            self.code = frame["code"]
        self._changed.set()

    @property
    def durable(self) -> list[Json]:
        """The events that carry a number."""
        return [frame for frame in self.frames if "id" in frame]

    def of(self, *types: str) -> list[Json]:
        """The frames of these types."""
        return [frame for frame in self.frames if frame["type"] in types]

    async def until(self, true: Callable[["Stream"], object], patience: float = PATIENCE) -> None:
        """Waits until what came makes it true."""
        try:
            async with asyncio.timeout(patience):
                while not true(self):
                    assert self._reader is not None
                    if self._reader.done():
                        self._reader.result()
                        assert true(self), f"the stream has ended ({self.code})"
                        return
                    self._changed.clear()
                    done = asyncio.create_task(self._changed.wait())
                    await asyncio.wait([done, self._reader], return_when=asyncio.FIRST_COMPLETED)
                    done.cancel()
        except TimeoutError:
            last = [(f["type"], f.get("seq")) for f in self.frames[-10:]]
            raise AssertionError(f"waited in vain; {len(self.frames)} frames, the last ones {last}") from None

    async def seq(self, number: int, patience: float = PATIENCE) -> None:
        """Waits for the durable event of this number."""
        await self.until(lambda stream: any(frame.get("seq", 0) >= number for frame in stream.durable[-1:]), patience)

    async def ended(self, patience: float = PATIENCE) -> None:
        """Waits until the hub has ended it."""
        assert self._reader is not None
        await asyncio.wait_for(asyncio.shield(self._reader), patience)

    async def tell(self, type: str, **members: Any) -> None:
        """Says something on the socket."""
        assert self.socket is not None
        await self.socket.send_json({"type": type, **members})

    async def leave(self) -> None:
        """Hangs up."""
        assert self._reader is not None
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)


@define
class Agent:
    """Somebody who is signed in."""

    session: aiohttp.ClientSession
    url: str
    user: Json
    token: str
    streams: list[Stream] = field(factory=list)

    @property
    def headers(self) -> dict[str, str]:
        """What proves who asks."""
        return {"Authorization": f"Bearer {self.token}"}

    async def request(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Any request to the API."""
        given = {"json": body} if body is not None else {}
        async with self.session.request(
            method, f"{self.url}{path}", headers={**self.headers, **headers}, **given
        ) as answer:
            return Answer(answer.status, answer.headers.copy(), await answer.read())

    async def get(self, path: str) -> Any:
        """What is there; the request must succeed."""
        answer = await self.request("GET", f"/api/v1/{path}")
        assert answer.status == 200, answer.raw
        return answer.json

    async def write(self, conversation_id: str, text: str, client_id: str | None = None) -> Answer:
        """Sends a text."""
        body = {"client_id": client_id or str(uuid4()), "text": text}
        return await self.request("POST", f"/api/v1/conversations/{conversation_id}/messages", body)

    async def say(self, conversation_id: str, text: str) -> Json:
        """Sends a text, which must be taken; gives the message."""
        answer = await self.write(conversation_id, text)
        assert answer.status == 201, answer.raw
        message: Json = answer.json
        return message

    async def messages(self, conversation_id: str) -> list[Json]:
        """The whole conversation, oldest first."""
        found: list[Json] = []
        before = ""
        while True:
            page = await self.get(f"conversations/{conversation_id}/messages?limit=200{before}")
            found = page["data"] + found
            if page["next_cursor"] is None:
                return found
            before = f"&before={page['next_cursor']}"

    async def message(self, conversation_id: str, message_id: str) -> Json:
        """One message as it is now."""
        return next(m for m in await self.messages(conversation_id) if m["message_id"] == message_id)

    async def conversations(self) -> list[Json]:
        """All that this agent sees."""
        found: list[Json] = []
        cursor = ""
        while True:
            page = await self.get(f"conversations?limit=200{cursor}")
            found += page["data"]
            if page["next_cursor"] is None:
                return found
            cursor = f"&cursor={page['next_cursor']}"

    async def conversation_of(self, name: str) -> Json:
        """The one conversation of the customer with this name."""
        (found,) = [c for c in await self.conversations() if c["customer"]["name"] == name]
        return found

    # Streams

    async def socket(self, after: int | None = None) -> Stream:
        """Opens `/ws`; hello has come when this returns."""
        query = "" if after is None else f"?after={after}"
        socket = await self.session.ws_connect(f"{self.url}/ws{query}", headers=self.headers, max_msg_size=0)
        stream = Stream(socket=socket)

        async def read() -> None:
            try:
                async for message in socket:
                    stream.take(orjson.loads(message.data))
                stream.code = socket.close_code
            finally:
                await socket.close()

        return await self._opened(stream, read())

    async def events(self, after: int | None = None) -> Stream:
        """Opens `/sse`; hello has come when this returns."""
        place = {} if after is None else {"Last-Event-ID": str(after)}
        response = await self.session.get(
            f"{self.url}/sse", headers={**self.headers, **place}, timeout=aiohttp.ClientTimeout(total=None)
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
