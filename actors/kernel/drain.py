"""Stopping as an act of its own: let the work end, save what must be saved, answer everybody who still waits."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from actors.kernel.population import Gate, Population

GRACE = 1.0
"""Seconds that handlers get to end after they were cancelled; who still runs then is an orphan."""


@dataclass(frozen=True, slots=True)
class DrainReport:
    """What a drain left behind; all zero when everything ended well."""

    unanswered: int
    """Asks that had to be answered with Stopping."""
    discarded: int
    """Tells, waiting or in work, that were cut off."""
    unstopped: int
    """Actors whose `on_stop` was not reached."""
    orphans: int
    """Tasks that went on after they were cancelled."""

    @property
    def clean(self) -> bool:
        return not (self.unanswered or self.discarded or self.unstopped or self.orphans)


async def drain(populations: Sequence[Population], within: float, clock: Callable[[], float]) -> DrainReport:
    """Empties the populations within that many seconds, the last registered first, and ends what is left by force."""
    for population in populations:
        population.gate = Gate.INSIDE
    unanswered = discarded = 0
    try:
        await _empty(populations, clock() + within, clock)
    finally:  # also when the drain itself is cancelled: nobody is left waiting
        for population in populations:
            population.gate = Gate.SHUT
        unstopped = sum(population.counters.live for population in populations)
        tasks = _tasks(populations)
        for population in populations:
            for cell in list(population.running):
                asks, tells = cell.abort()
                unanswered, discarded = unanswered + asks, discarded + tells
    pending = (await asyncio.wait(tasks, timeout=GRACE))[1] if tasks else set()
    return DrainReport(unanswered, discarded, unstopped, len(pending))


async def _empty(populations: Sequence[Population], deadline: float, clock: Callable[[], float]) -> None:
    """Waits for work in progress, then passivates; what that sets to work again is waited for as well."""
    while (left := deadline - clock()) > 0:
        if tasks := _tasks(populations):
            await asyncio.wait(tasks, timeout=left)
            continue
        occupied = [population for population in populations if len(population)]
        if not occupied:
            return
        occupied[-1].passivate_some()
        await asyncio.sleep(0)


def _tasks(populations: Sequence[Population]) -> list[asyncio.Task[None]]:
    return [cell.task for population in populations for cell in population.running if cell.task is not None]
