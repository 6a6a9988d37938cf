"""One event for a crowd: when the last agent has it, and how many deliveries a second bursts come to."""

import asyncio
import time
from collections.abc import Sequence

from hub.bench import wire
from hub.bench.crowd import Agent, Crowd, Lost
from hub.bench.samples import percentile
from hub.bench.stage import Measured, Stage
from hub.bench.streams import open_socket
from hub.bench.wire import Connection, connect

STILL = 2.0
"""Seconds without a word after which everybody has been told who is there: in portions, with pauses between them."""


async def measure(stage: Stage) -> None:
    """The hub and the bare server in turns, for every size of crowd, on WebSockets and event streams."""
    for _ in stage.repetitions("fan-out"):
        async with stage.hub() as hub:
            agents = await stage.agents(hub.url, max(stage.scale.crowds))
            payload = await _sample(stage, hub, agents.tokens[0])
            await _crowds(stage, hub, "hub", agents.tokens)
        async with stage.bare() as bare:
            # Its events are to be as long as the hub's.
            await wire.once(bare.port, wire.request("POST", "/like", payload))
            await _crowds(stage, bare, "bare", [""] * max(stage.scale.crowds))


async def _sample(stage: Stage, hub: Measured, token: str) -> bytes:
    """Begins the conversations that the events are of; returns one event."""
    agent = Agent("message.received")
    reader = await open_socket(hub.port, token, agent.told)
    await hub.write(range(stage.scale.burst), stage.scale.burst)
    await agent.arrival(hub.webhooks.last)
    reader.close()
    return agent.payload


async def _crowds(stage: Stage, measured: Measured, who: str, tokens: Sequence[str]) -> None:
    for size in stage.scale.crowds:
        for kind in ("ws", "sse"):
            await _crowd(stage, measured, f"{who}.fanout.{size}.{kind}", tokens[:size])


async def _tell(measured: Measured, connections: Sequence[Connection]) -> None:
    """A message in as many conversations as there are connections."""
    asked = [connection.ask(measured.webhooks.message(number)) for number, connection in enumerate(connections)]
    for answer in await asyncio.gather(*asked):
        if answer.status != 200:
            raise Lost(f"an event was refused with {answer.status}")


async def _crowd(stage: Stage, measured: Measured, key: str, tokens: Sequence[str]) -> None:
    crowd, connections = Crowd(), list[Connection]()
    try:
        await crowd.gather(measured.port, tokens, event_stream=key.endswith("sse"))
        await crowd.quiet(STILL)
        # Not before: one on which nothing is asked for long is closed.
        connections += [await connect(measured.port) for _ in range(stage.scale.burst)]
        await _single(stage, measured, crowd, connections, key)
        await _bursts(stage, measured, crowd, connections, key)
    finally:
        crowd.leave()
        for connection in connections:
            connection.close()


async def _single(stage: Stage, measured: Measured, crowd: Crowd, connections: Sequence[Connection], key: str) -> None:
    size, last, before = len(crowd.readers), [], crowd.received
    for _ in range(stage.scale.rounds):
        crowd.expect(size)
        began = time.perf_counter()
        await _tell(measured, connections[:1])
        last.append(await crowd.complete() - began)
        await asyncio.sleep(0.02)
    stage.samples.add_latency(f"{key}.last", last)
    stage.samples.add(f"{key}.single", size / percentile(last, 50))
    stage.samples.add(f"{key}.bytes", (crowd.received - before) / size / stage.scale.rounds)


async def _bursts(stage: Stage, measured: Measured, crowd: Crowd, connections: Sequence[Connection], key: str) -> None:
    burst, before = stage.scale.burst, crowd.delivered
    (own, _), began = measured.used(), time.perf_counter()
    while time.perf_counter() < began + stage.scale.seconds / 2:
        crowd.expect(len(crowd.readers) * burst)
        await _tell(measured, connections)
        await crowd.complete()
    count, seconds = crowd.delivered - before, time.perf_counter() - began
    stage.samples.add(f"{key}.bursts", count / seconds)
    stage.samples.add(f"{key}.cpu", (measured.used()[0] - own) / count * 1e6)
