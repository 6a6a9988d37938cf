"""Somebody who is told of events: verifies what comes as Standard Webhooks says, written from its text alone."""

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable, Mapping

import orjson
from aiohttp import web
from attrs import define, field, frozen

from tests.acceptance.agent import PATIENCE, Json
from tests.acceptance.ports import free_port

Habit = Callable[[Json], Awaitable[web.Response]]


def signed_with(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether one of the signatures is made with this secret, and not long ago."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 300
    return fresh and any(each == f"v1,{wanted}" for each in headers["webhook-signature"].split(" "))


@frozen
class Arrival:
    """One request."""

    headers: Mapping[str, str]
    raw: bytes

    @property
    def id(self) -> str:
        """The id by which a repetition is known."""
        return self.headers["webhook-id"]

    @property
    def body(self) -> Json:
        """What it tells."""
        told: Json = orjson.loads(self.raw)
        return told


async def takes(_told: Json) -> web.Response:
    """Takes it."""
    return web.Response(status=204)


@define(eq=False)
class Receiver:
    """A receiver on a port of its own, up or down; `habit` is how it answers."""

    port: int = field(factory=free_port)
    habit: Habit = takes
    arrivals: list[Arrival] = field(factory=list)
    taken: list[Arrival] = field(factory=list)
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/hook?from=hub"

    async def up(self) -> None:
        """From now on it can be reached."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()

    async def down(self) -> None:
        """It cannot be reached any more."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.Response:
        arrival = Arrival(dict(request.headers), await request.read())
        self.arrivals.append(arrival)
        response = await self.habit(arrival.body)
        if 200 <= response.status < 300:
            self.taken.append(arrival)
        return response

    async def has(self, count: int, patience: float = PATIENCE) -> None:
        """Waits until so many different events were taken."""
        try:
            async with asyncio.timeout(patience):
                while len({arrival.id for arrival in self.taken}) < count:
                    await asyncio.sleep(0.03)
        except TimeoutError:
            raise AssertionError(f"waited in vain: {len(self.taken)} of {count} were taken") from None

    def first(self) -> list[Json]:
        """What was taken, each event when it came first."""
        known: dict[str, Json] = {}
        for arrival in self.taken:
            known.setdefault(arrival.id, arrival.body)
        return list(known.values())
