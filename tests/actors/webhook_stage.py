"""Deliverers over a real table; only the receiver at the far end is played."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any
from uuid import UUID

import orjson

from actors import kinds, webhook
from actors.kernel import System
from actors.webhook import Pace
from actors.webhook_errand import WebhookErrand
from hub.webhook.dispatch import Held
from hub.webhook.retry import Answer, Retries
from storage.database import Database
from tests.storage.webhook_scene import NOON, OK, Scene

QUICK = Retries(tries=5, first=0.01, most=0.01, rest_most=0.01)


class Receiver:
    """The far end: keeps what it is sent and answers as `answers` says, once `gate` is open."""

    def __init__(self) -> None:
        self.seqs: list[int] = []
        self.headers: list[Mapping[str, str]] = []
        self.lines: dict[str, int] = defaultdict(int)
        self.most = self.at_once = self.most_of_a_line = 0
        self.answers: Callable[[int], Answer] = lambda seq: OK
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        told = orjson.loads(body)
        line, seq = str(told.get("conversation_id")), told.get("seq", 0)
        self.seqs.append(seq)
        self.headers.append(headers)
        self.at_once += 1
        self.lines[line] += 1
        self.most, self.most_of_a_line = max(self.most, self.at_once), max(self.most_of_a_line, self.lines[line])
        await asyncio.sleep(0.005)
        await self.gate.wait()
        self.at_once -= 1
        self.lines[line] -= 1
        return self.answers(seq)


class Replica(Scene):
    """One replica's deliverer of one endpoint."""

    def __init__(self, database: Database, pace: Pace | None = None, retries: Retries = QUICK) -> None:
        super().__init__(database)
        self.receiver = Receiver()
        self.outcomes: list[str] = []
        self.missed: list[int] = []
        self.running: set[asyncio.Task[None]] = set()
        self.system = System()
        self.errand = WebhookErrand(
            self.dispatch, self.receiver, retries, lambda: NOON, lambda: 0.5, lambda word, _: self.outcomes.append(word)
        )
        given = pace or Pace(in_flight=4, longest=1.0)
        self.system.register(webhook.kind(self.dispatch, self.errand, self.spawn, given, self.missed.append))

    async def spawn(self, errand: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(errand)
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    def tell(self, message: object) -> None:
        """A word to the deliverer."""
        self.system.ref(kinds.WEBHOOK, self.webhook_id).tell(message)

    async def goes_on(self) -> None:
        """The deliverer hears that the endpoint is its own, as it does every second."""
        for held in await self.dispatch.hold():
            self.tell(held)

    def held(self, seconds: float = 30.0) -> Held:
        """The endpoint as it is held."""
        return Held(self.webhook_id, "https://example.com/hook", ("whsec_bmV3",), seconds, None, True)

    async def states(self) -> dict[int, str]:
        """What became of the delivery of each event."""
        async with self.database.acquire() as connection:
            rows = await connection.fetch("select seq, state::text from webhook_deliveries order by seq")
        return {row["seq"]: row["state"] for row in rows}

    async def until(self, look: Callable[[], Awaitable[object]], *, going_on: bool = True) -> None:
        """Waits until it is so, while the endpoint is held on and on."""
        async with asyncio.timeout(20):
            while not await look():
                if going_on:
                    await self.goes_on()
                await asyncio.sleep(0.02)

    async def delivers(self, *seqs: int, going_on: bool = True) -> None:
        """Waits until these are delivered."""

        async def done() -> bool:
            states = await self.states()
            return all(states.get(seq) == "delivered" for seq in seqs)

        await self.until(done, going_on=going_on)

    async def rest(self) -> None:
        """Waits until nothing happens any more."""
        seen = -1
        while seen != len(self.receiver.seqs):
            seen = len(self.receiver.seqs)
            await self.goes_on()
            await asyncio.sleep(0.25)

    async def stop(self) -> None:
        """Ends what runs."""
        self.receiver.gate.set()
        await self.system.drain(2.0)
        await asyncio.gather(*self.running, return_exceptions=True)


def line(n: int) -> UUID:
    """A conversation."""
    return UUID(int=n)
