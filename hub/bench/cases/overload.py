"""Three times what the hub can take: what it refuses costs little, what it accepts is stored and soon answered."""

from hub.bench.cases.latency import saturation
from hub.bench.crowd import Lost
from hub.bench.load import OpenLoop, chance
from hub.bench.stage import Measured, Stage

TIMES = 3.0


async def measure(stage: Stage) -> None:
    """Known conversations, requests arriving at three times the rate of a closed loop just before."""
    for _ in stage.repetitions("overload"):
        async with stage.hub() as hub:
            await _overload(stage, hub)


async def _overload(stage: Stage, hub: Measured) -> None:
    peak = await saturation(stage, hub)
    before, choice = await hub.stored(), chance(4)

    def request() -> bytes:
        return hub.webhooks.message(choice.randrange(stage.scale.conversations))

    loop = OpenLoop(hub.port, request, peak * TIMES, stage.scale.most_connections)
    load = await loop.run(stage.scale.overload_seconds)
    stored = await hub.stored() - before
    if stored < load.accepted:
        raise Lost(f"{load.accepted} messages were accepted and {stored} are stored")
    samples = stage.samples
    samples.add("hub.overload.offered", peak * TIMES)
    samples.add("hub.overload.goodput", load.rate)
    samples.add("hub.overload.of_peak", load.rate / peak)
    samples.add_latency("hub.overload.accepted", load.latencies)
    samples.add("hub.overload.refused", sum(load.statuses.values()) - load.accepted)
    samples.add("hub.overload.memory", hub.server.pss_mib())
