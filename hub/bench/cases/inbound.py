"""Customers write as fast as they are taken: new ones, known ones, and one alone."""

from collections.abc import Awaitable, Callable

from hub.bench.crowd import Agent, Lost
from hub.bench.load import Load, chance, closed_loop
from hub.bench.stage import Measured, Stage
from hub.bench.streams import open_socket


async def measure(stage: Stage) -> None:
    """The bare server and the hub in turns, each with one agent who is told everything."""
    for _ in stage.repetitions("inbound"):
        async with stage.bare() as bare:
            await _parts(stage, bare, "bare", "")
        async with stage.hub() as hub:
            token = (await stage.agents(hub.url, 1)).tokens[0]
            await _parts(stage, hub, "hub", token)


async def _parts(stage: Stage, measured: Measured, who: str, token: str) -> None:
    scale, agent = stage.scale, Agent("message.received")
    reader = await open_socket(measured.port, token, agent.told)
    choice = chance(1)
    accepted = await _part(stage, measured, f"{who}.inbound.new", lambda: _new(stage, measured))
    for name, count in (("known", scale.conversations), ("hot", 1)):

        def request(count: int = count) -> bytes:
            return measured.webhooks.message(choice.randrange(count))

        async def load(request: Callable[[], bytes] = request) -> Load:
            return await closed_loop(measured.port, scale.connections, request, scale.seconds)

        accepted += (await closed_loop(measured.port, scale.connections, request, scale.warm_up)).accepted
        accepted += await _part(stage, measured, f"{who}.inbound.{name}", load)
    stored = await measured.stored()
    if stored != accepted:
        raise Lost(f"{accepted} messages were accepted and {stored} are stored")
    if not reader.open:
        raise Lost("the agent's socket was cut")
    reader.close()
    hot, known = (stage.samples.values[f"{who}.inbound.{name}.rate"][-1] for name in ("hot", "known"))
    stage.samples.add(f"{who}.inbound.hot_to_known", hot / known)


async def _new(stage: Stage, measured: Measured) -> Load:
    return await measured.write(range(stage.scale.customers), stage.scale.connections)


async def _part(stage: Stage, measured: Measured, key: str, act: Callable[[], Awaitable[Load]]) -> int:
    own, database = measured.used()
    load = await act()
    own, database = (after - before for after, before in zip(measured.used(), (own, database), strict=True))
    refused = load.broken + sum(count for status, count in load.statuses.items() if status != 200)
    if refused or not load.accepted:
        raise Lost(f"{refused} of {refused + load.accepted} webhooks were refused: {dict(load.statuses)}")
    samples = stage.samples
    samples.add(f"{key}.rate", load.rate)
    samples.add_latency(f"{key}.post", load.latencies)
    samples.add(f"{key}.cpu", own / load.accepted * 1000)
    samples.add(f"{key}.database", database / load.accepted * 1000)
    return load.accepted
