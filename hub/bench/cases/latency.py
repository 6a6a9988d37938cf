"""How long a message takes when the hub is not at its limit: to the answer, and to an agent's screen."""

import asyncio
import time

from hub.bench.crowd import Agent
from hub.bench.load import Load, OpenLoop, chance, closed_loop
from hub.bench.stage import Measured, Stage
from hub.bench.streams import open_socket

USUAL = 100.0
"""Messages per second of a busy company."""

PART_OF_SATURATION = 0.5


async def measure(stage: Stage) -> None:
    """The bare server and the hub in turns."""
    for _ in stage.repetitions("latency"):
        async with stage.bare() as bare:
            await _parts(stage, bare, "bare", "")
        async with stage.hub() as hub:
            await _parts(stage, hub, "hub", (await stage.agents(hub.url, 1)).tokens[0])


async def saturation(stage: Stage, measured: Measured) -> float:
    """Accepted messages per second of known conversations, over a short time. They are known afterwards."""
    await measured.write(range(stage.scale.conversations), stage.scale.connections)
    choice = chance(2)

    def request() -> bytes:
        return measured.webhooks.message(choice.randrange(stage.scale.conversations))

    load: Load = await closed_loop(measured.port, stage.scale.connections, request, max(1.0, stage.scale.seconds / 3))
    return load.rate


async def _parts(stage: Stage, measured: Measured, who: str, token: str) -> None:
    peak = await saturation(stage, measured)
    for name, rate in (("usual", USUAL), ("half", peak * PART_OF_SATURATION)):
        await _part(stage, measured, f"{who}.latency.{name}", rate, token)


async def _part(stage: Stage, measured: Measured, key: str, rate: float, token: str) -> None:
    agent, choice = Agent("message.received"), chance(3)
    sent: dict[int, float] = {}
    reader = await open_socket(measured.port, token, agent.told)

    def request() -> bytes:
        made = measured.webhooks.message(choice.randrange(stage.scale.conversations))
        sent[measured.webhooks.last] = time.perf_counter()
        return made

    load = await OpenLoop(measured.port, request, rate, stage.scale.most_connections).run(stage.scale.seconds)
    arrivals = await asyncio.gather(*(agent.arrival(mark) for mark in sent))
    reader.close()
    stage.samples.add_latency(f"{key}.post", load.latencies)
    delays = [arrival - began for arrival, began in zip(arrivals, sent.values(), strict=True)]
    stage.samples.add_latency(f"{key}.socket", delays)
