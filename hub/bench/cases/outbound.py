"""Agents reply: as many as 64 at a time can, and at a pace; from the POST to the provider, and to the `sent` event."""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from uuid import UUID

import orjson
from attrs import define, field

from hub.bench.crowd import Agent, Lost
from hub.bench.load import OpenLoop
from hub.bench.stage import Measured, Stage, bearer
from hub.bench.streams import open_socket
from hub.bench.webhook import phone
from hub.bench.wire import connect
from hub.ids import uuid7

PACE = 20.0
"""Replies per second of the second part."""

CONVERSATIONS = 256

Make = Callable[[int, str], bytes]
"""A request that sends a text in the n-th conversation."""


@define
class Replies:
    """Makes replies, each with a mark of its own, and notes when each was sent off."""

    make: Make
    sent: dict[int, float] = field(factory=dict)
    # Beyond the marks of the webhooks before.
    _marks: Iterator[int] = field(factory=lambda: itertools.count(10**9))

    def next(self) -> tuple[int, bytes]:
        """A mark and the request of its reply."""
        mark = next(self._marks)
        request = self.make(mark % CONVERSATIONS, f"bench-{mark:012d} Yes, it arrived this morning.")
        self.sent[mark] = time.perf_counter()
        return mark, request


async def measure(stage: Stage) -> None:
    """The bare server and the hub in turns."""
    for _ in stage.repetitions("outbound"):
        async with stage.bare() as bare:
            await bare.write(range(CONVERSATIONS), stage.scale.connections)
            await _parts(stage, bare, "bare", "", _bare_reply)
        async with stage.hub() as hub:
            token = (await stage.agents(hub.url, 1)).tokens[0]
            await hub.write(range(CONVERSATIONS), stage.scale.connections)
            await _parts(stage, hub, "hub", token, await _hub_reply(hub, token))


def _bare_reply(number: int, text: str) -> bytes:
    return bearer("POST", "/messages", orjson.dumps({"to": phone(number), "text": text}), "")


async def _hub_reply(hub: Measured, token: str) -> Make:
    rows = await hub.postgres.fetch(hub.url, "select id from conversations order by id")
    ids = [UUID(bytes=row["id"].bytes) for row in rows]

    def make(number: int, text: str) -> bytes:
        body = orjson.dumps({"client_id": uuid7(), "text": text})
        return bearer("POST", f"/api/v1/conversations/{ids[number % len(ids)]}/messages", body, token)

    return make


async def _parts(stage: Stage, measured: Measured, who: str, token: str, make: Make) -> None:
    agent, replies = Agent("message.sent"), Replies(make)
    reader = await open_socket(measured.port, token, agent.told)
    await _in_flight(stage, measured, agent, replies, stage.scale.warm_up)
    await _at_most(stage, measured, agent, make, f"{who}.outbound.most")
    await _at_pace(stage, measured, agent, make, f"{who}.outbound.pace")
    reader.close()


async def _at_most(stage: Stage, measured: Measured, agent: Agent, make: Make, key: str) -> None:
    replies = Replies(make, marks=itertools.count(2 * 10**9))
    (own, database), began = measured.used(), time.perf_counter()
    await _in_flight(stage, measured, agent, replies, stage.scale.seconds)
    count, seconds = len(replies.sent), time.perf_counter() - began
    own, database = (after - before for after, before in zip(measured.used(), (own, database), strict=True))
    stage.samples.add(f"{key}.rate", count / seconds)
    stage.samples.add(f"{key}.cpu", own / count * 1000)
    stage.samples.add(f"{key}.database", database / count * 1000)
    stage.samples.add_latency(f"{key}.sent", [agent.seen[mark] - at for mark, at in replies.sent.items()])


async def _in_flight(stage: Stage, measured: Measured, agent: Agent, replies: Replies, seconds: float) -> None:
    """Keeps so many replies on their way to `sent`."""
    end = time.perf_counter() + seconds

    async def keep() -> None:
        connection = await connect(measured.port)
        try:
            while time.perf_counter() < end:
                mark, request = replies.next()
                answer = await connection.ask(request)
                if answer.status != 201:
                    raise Lost(f"a reply was refused with {answer.status}: {answer.body[:200].decode()}")
                await agent.arrival(mark)
        finally:
            connection.close()

    await asyncio.gather(*(keep() for _ in range(stage.scale.connections)))


async def _at_pace(stage: Stage, measured: Measured, agent: Agent, make: Make, key: str) -> None:
    replies = Replies(make, marks=itertools.count(3 * 10**9))
    await OpenLoop(measured.port, lambda: replies.next()[1], PACE, stage.scale.connections).run(stage.scale.seconds)
    arrivals = await asyncio.gather(*(agent.arrival(mark) for mark in replies.sent))
    taken = measured.graph.taken
    stage.samples.add_latency(f"{key}.provider", [taken[mark] - at for mark, at in replies.sent.items()])
    sent = [arrival - at for arrival, at in zip(arrivals, replies.sent.values(), strict=True)]
    stage.samples.add_latency(f"{key}.sent", sent)
