"""A world and a receiver for its webhooks, both on loopback."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import orjson
import pytest
from aiohttp import ClientSession, web

from hub.demo.whatsapp import Timings, WhatsAppWorld

PHONE_ID, WABA_ID = "106540352242922", "102290129340398"
TOKEN, SECRET, VERIFY = "EAAG-demo-token", "app-secret-of-the-demo", "verify-me"
FAST = Timings(sent=(0.0, 0.005), delivered=(0.01, 0.02), retry_first=0.01, retry_ceiling=0.05, batch_window=0.02)


Json = dict[str, Any]
MakeWorld = Callable[..., Awaitable[WhatsAppWorld]]


class Receiver:
    """A webhook endpoint that keeps what it gets. `answers` are the next statuses to answer with; then 200."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.signatures: list[str] = []
        self.answers: list[int] = []
        self.url = ""

    async def handshake(self, request: web.Request) -> web.Response:
        if request.query["hub.verify_token"] != VERIFY:
            return web.Response(status=403)
        return web.Response(text=request.query["hub.challenge"])

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        self.signatures.append(request.headers["X-Hub-Signature-256"])
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    def values(self, field: str = "messages") -> list[Json]:
        """The values of every change of a field, in the order of arrival."""
        changes = [
            change for body in self.bodies for entry in orjson.loads(body)["entry"] for change in entry["changes"]
        ]
        return [change["value"] for change in changes if change["field"] == field]

    def messages(self) -> list[Json]:
        return [message for value in self.values() for message in value.get("messages", [])]

    def statuses(self) -> list[Json]:
        return [status for value in self.values() for status in value.get("statuses", [])]


class Business:
    """A plain client of the Graph side."""

    def __init__(self, session: ClientSession, world: WhatsAppWorld) -> None:
        self.session, self.world = session, world

    async def call(self, method: str, path: str, token: str = TOKEN, **facts: Any) -> tuple[int, Any]:
        """The status and the parsed answer."""
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self.world.base_url}/v26.0/{path}"
        async with self.session.request(method, url, headers=headers, allow_redirects=False, **facts) as answer:
            raw = await answer.read()
            return answer.status, orjson.loads(raw) if raw else None

    async def send(self, to: str, kind: str, content: Any, **facts: Any) -> tuple[int, Any]:
        """Send any message."""
        base = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": f"+{to}"}
        return await self.call("POST", f"{PHONE_ID}/messages", json={**base, "type": kind, kind: content, **facts})

    async def text(self, to: str, body: str, **facts: Any) -> str:
        """Send a text that has to be accepted. Returns its id."""
        status, answer = await self.send(to, "text", {"body": body}, **facts)
        assert status == 200, answer
        return str(answer["messages"][0]["id"])


Connect = Callable[[WhatsAppWorld], Business]


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """The business's client for any world."""
    async with ClientSession() as session:
        yield lambda world: Business(session, world)


@pytest.fixture
async def business(world: WhatsAppWorld) -> AsyncIterator[Business]:
    async with ClientSession() as session:
        yield Business(session, world)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    endpoint = Receiver()
    app = web.Application(client_max_size=4_000_000)
    app.router.add_get("/hook", endpoint.handshake)
    app.router.add_post("/hook", endpoint.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    endpoint.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield endpoint
    await runner.cleanup()


@pytest.fixture
async def make_world(receiver: Receiver) -> AsyncIterator[MakeWorld]:
    """Worlds that post to the receiver, verified unless told otherwise."""
    worlds: list[WhatsAppWorld] = []

    async def make(*, subscribed: bool = True, **wishes: Any) -> WhatsAppWorld:
        facts: dict[str, Any] = {
            "phone_number_id": PHONE_ID,
            "waba_id": WABA_ID,
            "access_token": TOKEN,
            "app_secret": SECRET,
            "verify_token": VERIFY,
            "webhook_url": receiver.url,
            "timings": FAST,
        }
        made = WhatsAppWorld(**(facts | wishes))
        await made.start()
        worlds.append(made)
        if subscribed:
            await made.subscribe()
        return made

    yield make
    for made in worlds:
        await made.stop()


@pytest.fixture
async def world(make_world: MakeWorld) -> WhatsAppWorld:
    return await make_world()
