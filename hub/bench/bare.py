"""`python -m hub.bench.bare DATABASE GRAPH_URL APP_SECRET`: the ceiling for one Python process.

Handlers that check a signature, parse, store through one batched database function and push to WebSockets; no actors,
no rights, no outbox, no order of events. What the hub does beyond this is what the hub costs.
"""

import asyncio
import hashlib
import hmac
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import uvloop
from aiohttp import web

from hub.bench.bare_store import Batcher, connect, function
from hub.frame import event_stream_chunk, websocket_text
from hub.ids import uuid7


class Bare:
    """The handlers, and everybody who listens."""

    def __init__(self, secret: str, graph: str) -> None:
        self._secret = secret.encode()
        self._graph = f"{graph}/v26.0/1/messages"
        self._sockets: dict[asyncio.Transport, None] = {}
        self._streams: dict[asyncio.Transport, None] = {}
        self._padding = ""
        self._sending: set[asyncio.Task[None]] = set()
        self._http: aiohttp.ClientSession
        self._inbound: Batcher
        self._outbound: Batcher
        self._sent: Batcher

    async def open(self, url: str) -> None:
        """Makes the tables and opens a connection for each function."""
        maker = await connect(url)
        await maker.execute(Path(__file__).with_name("bare.sql").read_text())
        await maker.close()
        self._inbound = Batcher(function(await connect(url), "select * from take_in($1, 'inbound')"))
        self._outbound = Batcher(function(await connect(url), "select * from take_in($1, 'outbound')"))
        self._sent = Batcher(function(await connect(url), "select * from mark_sent($1)"))
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=32))

    # Limits

    async def nothing(self, request: web.Request) -> web.Response:
        """Answers."""
        await request.read()
        return web.Response(text="ok")

    async def verified(self, request: web.Request) -> web.Response:
        """Checks the signature and parses."""
        self._check(await request.read(), request.headers)
        return web.Response(text="ok")

    def _check(self, body: bytes, headers: Any) -> Any:
        given = headers.get("X-Hub-Signature-256", "")[7:]
        if not hmac.compare_digest(hmac.new(self._secret, body, hashlib.sha256).hexdigest(), given):
            raise web.HTTPUnauthorized
        return orjson.loads(body)

    # Messages

    async def receive(self, request: web.Request) -> web.Response:
        """Stores a customer's message and tells everybody."""
        payload = self._check(await request.read(), request.headers)
        value = payload["entry"][0]["changes"][0]["value"]
        message, contact = value["messages"][0], value["contacts"][0]
        row = _row(message["from"], contact["profile"]["name"], message["text"]["body"], message["id"])
        stored = await self._inbound.store(row)
        self.tell(self._event("message.received", row, str(stored["conversation_id"]), stored["seq"]))
        return web.Response(text="ok")

    async def send(self, request: web.Request) -> web.Response:
        """Stores a reply, answers, and sends it."""
        given = orjson.loads(await request.read())
        row = _row(given["to"], "", given["text"], None)
        stored = await self._outbound.store(row)
        task = asyncio.create_task(self._carry(row, str(stored["conversation_id"]), stored["seq"]))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
        return web.json_response({"id": str(row["id"])}, status=201)

    async def _carry(self, row: dict[str, Any], conversation: str, seq: int) -> None:
        body = {"messaging_product": "whatsapp", "to": row["phone"], "type": "text", "text": {"body": row["text"]}}
        async with self._http.post(self._graph, data=orjson.dumps(body)) as answer:
            accepted = orjson.loads(await answer.read())
        await self._sent.store({"id": row["id"], "channel_message_id": accepted["messages"][0]["id"]})
        self.tell(self._event("message.sent", row, conversation, seq))

    # Streams

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """A WebSocket that is told everything."""
        response = web.WebSocketResponse(compress=False)
        await response.prepare(request)
        assert request.transport is not None
        self._sockets[request.transport] = None
        async for _ in response:
            pass
        self._sockets.pop(request.transport, None) if request.transport else None
        return response

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """The same as an event stream."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(b": bare\n\n")
        assert request.transport is not None
        self._streams[request.transport] = None
        await asyncio.Event().wait()
        return response

    async def broadcast(self, request: web.Request) -> web.Response:
        """Tells everybody the body, `?times=` times, one write per listener and time."""
        payload = await request.read()
        for _ in range(int(request.query.get("times", "1"))):
            self.tell(payload)
        return web.Response(text="ok")

    async def like(self, request: web.Request) -> web.Response:
        """From now on events are as long as this one."""
        row = _row("", "", "x" * 50, "")
        self._padding = ""
        short = len(await request.read()) - len(self._event("message.received", row, str(row["id"]), 1))
        self._padding = "x" * max(0, short)
        return web.Response(text="ok")

    def _event(self, kind: str, row: dict[str, Any], conversation: str, seq: int) -> bytes:
        message = {"message_id": row["id"], "conversation_seq": seq, "content": {"type": "text", "text": row["text"]}}
        return orjson.dumps(
            {"type": kind, "conversation_id": conversation, "data": {"message": message}, "padding": self._padding}
        )

    def tell(self, payload: bytes) -> None:
        """One frame, made once, written to every transport."""
        for listeners, data in (
            (self._sockets, websocket_text(payload)),
            (self._streams, event_stream_chunk(payload, 1)),
        ):
            gone = [transport for transport in listeners if transport.is_closing()]
            for transport in gone:
                del listeners[transport]
            for transport in listeners:
                transport.write(data)

    def application(self) -> web.Application:
        """All of it."""
        app = web.Application()
        app.router.add_get("/ready", self.nothing)
        app.router.add_post("/nothing", self.nothing)
        app.router.add_post("/verified", self.verified)
        app.router.add_post("/webhooks/whatsapp/bench", self.receive)
        app.router.add_post("/messages", self.send)
        app.router.add_post("/like", self.like)
        app.router.add_post("/broadcast", self.broadcast)
        app.router.add_get("/ws", self.socket)
        app.router.add_get("/sse", self.stream)
        return app


def _row(phone: str, name: str, text: str, channel_message_id: str | None) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "customer": uuid7(),
        "conversation": uuid7(),
        "phone": phone,
        "name": name,
        "text": text,
        "channel_message_id": channel_message_id,
    }


async def main(url: str, graph: str, secret: str) -> None:
    """Serves until SIGTERM or SIGINT."""
    bare = Bare(secret, graph)
    await bare.open(url)
    runner = web.AppRunner(bare.application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    sys.stdout.write(f"listens on http://127.0.0.1:{runner.addresses[0][1]}/\n")
    sys.stdout.flush()
    await ended.wait()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
