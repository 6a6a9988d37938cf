"""Runs cases, one after the other, on one stage."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Sequence

import asyncpg

from hub.bench import machine, stage
from hub.bench.cases import (
    cold,
    fanout,
    gateway,
    inbound,
    kernel,
    latency,
    limits,
    lists,
    memory,
    outbound,
    overload,
    resume,
    search,
)
from hub.bench.catalogue import catalogue
from hub.bench.crowd import Lost
from hub.bench.process import NotStarted
from hub.bench.report import Report
from hub.bench.samples import Samples
from hub.bench.scale import Scale
from hub.bench.stage import Stage
from storage.embedded import EmbeddedError

CASES: dict[str, Callable[[Stage], Awaitable[None]]] = {
    "limits": limits.measure,
    "inbound": inbound.measure,
    "latency": latency.measure,
    "outbound": outbound.measure,
    "fanout": fanout.measure,
    "memory": memory.measure,
    "cold": cold.measure,
    "resume": resume.measure,
    "kernel": kernel.measure,
    "overload": overload.measure,
    "lists": lists.measure,
    "search": search.measure,
    "gateway": gateway.measure,
}

FAILURES = (Lost, NotStarted, EmbeddedError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What a case can fail with. None of its figures is reported then: what lost something has not been fast."""


async def run(cases: Sequence[str], scale: Scale, talk: Callable[[str], None]) -> Report:
    """Measures and reports. A case that fails is reported as failed and the others go on; raises one of FAILURES when
    nothing can be measured. SIGTERM ends it as Ctrl+C does: everything is stopped first."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    facts, began, failures = machine.facts(), time.perf_counter(), dict[str, str]()
    _warn(facts["load"], talk)
    async with stage.prepared(scale, Samples(), talk) as prepared:
        for case in cases:
            try:
                await CASES[case](prepared)
            except FAILURES as error:
                failures[case] = str(error) or type(error).__name__
                talk(f"{case} failed: {failures[case]}")
    figures = {case: figures for case, figures in catalogue(scale).items() if case in cases and case not in failures}
    return Report(facts, scale, figures, prepared.samples.spreads(), failures, time.perf_counter() - began)


def _warn(load: float, talk: Callable[[str], None]) -> None:
    if not machine.cores().apart:
        talk("Warning: there is one core only, so the load takes time from what is measured.")
    if load > 1.0:
        talk(f"Warning: this machine is busy (load {load}); only ratios to the limit mean anything.")
