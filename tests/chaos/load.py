"""Customers who write, an agent who answers, and agents who listen, all as persistent as real ones: what was not
answered is asked again, a connection that broke is made again and resumed."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import aiohttp
import orjson
from attrs import define, field

from hub.demo.whatsapp import Customer, WhatsAppWorld
from hub.whatsapp.reference import parse_reference
from tests.acceptance.agent import Agent
from tests.acceptance.stage import ANA, ROOT, Stage, eventually
from tests.chaos.record import Entry, Feed, Json, Record, Reply, Sent, Word

REQUEST = 4.0
"""Seconds after which the agent's browser gives a request up and makes it again."""

CATCH_UP = 30.0
"""Seconds after which, with all faults gone, everything has to be in order again."""

LOST = (aiohttp.ClientError, TimeoutError, ConnectionError)


@define(eq=False)
class Listener:
    """Follows the live stream over any number of connections. It also hangs up by itself, every `patience` seconds on
    average."""

    agent: Agent
    patience: float = 3600.0
    frames: list[Json] = field(factory=list)
    start: int | None = None
    after: int = 0
    resets: int = 0
    connections: int = 0
    byes: list[Json] = field(factory=list)
    codes: list[int | None] = field(factory=list)
    ready: asyncio.Event = field(factory=asyncio.Event)
    changed: asyncio.Event = field(factory=asyncio.Event)

    async def follow(self) -> None:
        """Listens until cancelled."""
        while True:
            try:
                async with asyncio.timeout(random.uniform(0.2, 1.8) * self.patience):
                    await self._listen()
            except LOST:
                pass
            await asyncio.sleep(0.05)

    async def _listen(self) -> None:
        query = "" if self.start is None else f"?after={self.after}"
        url = f"{self.agent.url}/ws{query}"
        async with self.agent.session.ws_connect(url, headers=self.agent.headers, max_msg_size=0) as socket:
            self.connections += 1
            async for message in socket:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    break
                self._take(orjson.loads(message.data))
            self.codes.append(socket.close_code)

    def _take(self, frame: Json) -> None:
        if frame["type"] == "hello" and self.start is None:
            self.start = self.after = frame["seq"]
            self.ready.set()
        elif frame["type"] == "reset":
            self.resets += 1
        elif frame["type"] == "bye":
            self.byes.append(frame)
        elif "id" in frame:
            self.frames.append(frame)
            self.after = frame["seq"]
        self.changed.set()

    async def reach(self, seq: int) -> None:
        """Waits until it was told of this number."""
        async with asyncio.timeout(CATCH_UP):
            while self.after < seq:
                self.changed.clear()
                await self.changed.wait()

    @property
    def feed(self) -> Feed:
        """What it was told."""
        return Feed(self.start or 0, tuple(self.frames), self.resets, self.connections)


@define
class Load:
    """The traffic of a run. `pause`: seconds between two messages of a person, on average."""

    stage: Stage
    agent: Agent
    customers: list[Customer]
    pause: float = 0.5
    replies: list[Reply] = field(factory=list)
    listeners: list[Listener] = field(factory=list)
    refusals: list[int] = field(factory=list)
    """The statuses of requests that were not taken at once."""
    _over: asyncio.Event = field(factory=asyncio.Event)
    _answered: set[str] = field(factory=set)

    @classmethod
    async def begin(cls, stage: Stage, customers: int = 12, pause: float = 0.5) -> "Load":
        """Everybody is there, nobody has written yet."""
        ana, root = await stage.login(ANA), await stage.login(ROOT)
        load = cls(stage, root, [stage.customer() for _ in range(customers)], pause)
        load.listeners = [Listener(root), Listener(ana, patience=2.0)]
        return load

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """People write while this is open; at its end those who wait for an answer wait for it."""
        for listener in self.listeners:
            following = asyncio.create_task(listener.follow())
            self._following.append(following)
            await asyncio.wait_for(listener.ready.wait(), CATCH_UP)
        async with asyncio.TaskGroup() as people:
            for customer in self.customers:
                people.create_task(self._write(customer))
            people.create_task(self._answer(people))
            try:
                yield
            finally:
                self._over.set()

    _following: list["asyncio.Task[None]"] = field(factory=list)

    async def _rest(self) -> None:
        """A pause, or less when the run is over."""
        try:
            async with asyncio.timeout(random.uniform(0.2, 1.8) * self.pause):
                await self._over.wait()
        except TimeoutError:
            pass

    async def _write(self, customer: Customer) -> None:
        number = 0
        while not self._over.is_set():
            number += 1
            await customer.say(f"Pergunta número {number} de {customer.bsuid}")
            await self._rest()

    async def _answer(self, people: asyncio.TaskGroup) -> None:
        """Opens each conversation that shows up, and keeps answering there."""
        listener = self.listeners[0]
        while not self._over.is_set():
            for frame in listener.frames:
                conversation_id = frame.get("conversation_id")
                if conversation_id and conversation_id not in self._answered:
                    self._answered.add(conversation_id)
                    people.create_task(self._converse(conversation_id))
            await self._rest()

    async def _converse(self, conversation_id: str) -> None:
        number = 0
        while not self._over.is_set():
            number += 1
            self.replies.append(await self._reply(conversation_id, f"Resposta número {number}"))
            await self._rest()

    async def _reply(self, conversation_id: str, text: str) -> Reply:
        client_id, began, requests, status = str(uuid4()), time.monotonic(), 0, None
        while time.monotonic() < began + 2 * CATCH_UP:
            requests += 1
            try:
                async with asyncio.timeout(REQUEST):
                    status = (await self.agent.write(conversation_id, text, client_id)).status
            except LOST:
                status = None
            if status is not None and status < 500 and status != 429:
                break
            self.refusals.append(status or 0)
            await asyncio.sleep(0.2)
        return Reply(client_id, conversation_id, began, time.monotonic(), status, requests)

    async def end(self) -> Record:
        """Waits until all is quiet, within the time that the hub has to get there, and remembers."""
        stage = self.stage
        await stage.sent_out()
        await stage.world.quiet(CATCH_UP)
        await eventually(self._settled, CATCH_UP)
        head = await stage.value("select seq from journal_head")
        try:
            for listener in self.listeners:
                await listener.reach(head)
        finally:
            for following in self._following:
                following.cancel()
            await asyncio.gather(*self._following, return_exceptions=True)
        return await self._record()

    async def _settled(self) -> bool:
        return not await self.stage.value(
            "select count(*) from messages where direction = 'outbound' and status in ('pending', 'sending')"
        )

    async def _record(self) -> Record:
        stage = self.stage
        conversations = await self.agent.conversations()
        log = await stage.rows("select seq, id from events where audience_user_id is null order by seq")
        return Record(
            words=tuple(words(stage.world)),
            replies=tuple(self.replies),
            sends=tuple(sends(stage.world)),
            conversations={c["id"]: await self.agent.messages(c["id"]) for c in conversations},
            feeds=tuple(listener.feed for listener in self.listeners),
            log=tuple(Entry(row["seq"], str(row["id"])) for row in log),
            outbox=await stage.value("select count(*) from outbox"),
        )


def words(world: WhatsAppWorld) -> list[Word]:
    """What customers wrote, by WhatsApp's account of its webhooks."""
    shift = world.clock.now() - time.monotonic()
    found = []
    for post in world.ledger.webhooks:
        acked = post.tries[-1].at - shift if post.accepted else None
        for entry in post.json()["entry"]:
            for change in entry["changes"]:
                for message in change["value"].get("messages", ()):
                    found.append(Word(message["id"], message["from"], post.created_at, acked))
    return found


def sends(world: WhatsAppWorld) -> list[Sent]:
    """What WhatsApp took, by its own account."""
    found = []
    for send in world.ledger.sends:
        named = parse_reference(send.opaque)
        assert named is not None
        found.append(Sent(send.wamid, str(named[0]), named[1], tuple(send.statuses)))
    return found
