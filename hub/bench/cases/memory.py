"""How much memory the hub takes: idle, with conversations in memory, with sockets."""

import asyncio
from collections.abc import Sequence

from hub.bench.crowd import Crowd, Lost
from hub.bench.stage import Measured, Stage

SETTLE = 1.0
"""Seconds between the last action and the look."""


async def measure(stage: Stage) -> None:
    """The hub, and beside it the bare server idle and with sockets."""
    for _ in stage.repetitions("memory"):
        async with stage.bare() as bare:
            await _idle(stage, bare, "bare")
            await _sockets(stage, bare, "bare", [""] * stage.scale.sockets)
        async with stage.hub() as hub:
            await _idle(stage, hub, "hub")
            tokens = (await stage.agents(hub.url, stage.scale.sockets)).tokens
            await _sockets(stage, hub, "hub", tokens)
        async with stage.hub() as hub:
            before = await _look(hub)
            load = await hub.write(range(stage.scale.customers), stage.scale.connections)
            if load.accepted != stage.scale.customers:
                raise Lost(f"{load.accepted} of {stage.scale.customers} webhooks were accepted")
            after = await _look(hub)
            stage.samples.add("hub.memory.known", after)
            stage.samples.add("hub.memory.per_conversation", (after - before) * 1024 / stage.scale.customers)


async def _look(measured: Measured) -> float:
    await asyncio.sleep(SETTLE)
    return measured.server.pss_mib()


async def _idle(stage: Stage, measured: Measured, who: str) -> None:
    stage.samples.add(f"{who}.memory.idle", await _look(measured))


async def _sockets(stage: Stage, measured: Measured, who: str, tokens: Sequence[str]) -> None:
    before, crowd = await _look(measured), Crowd()
    try:
        await crowd.gather(measured.port, tokens)
        await crowd.quiet()
        after = await _look(measured)
    finally:
        crowd.leave()
    stage.samples.add(f"{who}.memory.sockets", after)
    stage.samples.add(f"{who}.memory.per_socket", (after - before) * 1024 / len(tokens))
