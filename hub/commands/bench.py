"""`hub bench`: what the hub does on this machine, beside what the machine can do at most."""

import sys

import click

from hub.commands.exits import FAILED, OK, CommandFailed
from hub.commands.output import json_option, json_result, result, table, talk

CASES = (
    "limits",
    "inbound",
    "latency",
    "outbound",
    "fanout",
    "memory",
    "cold",
    "resume",
    "kernel",
    "overload",
    "lists",
    "search",
    "gateway",
)
ALIASES = {"ingest": "inbound", "send": "outbound", "fan-out": "fanout"}


class CaseName(click.Choice[str]):
    """A case by its name or another one that people use."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return super().convert(ALIASES.get(value, value), param, ctx)


@click.command()
@click.argument("cases", nargs=-1, type=CaseName([*CASES, "all"]), metavar="[CASE]...")
@click.option("--seconds", type=click.FloatRange(0.1, 600), help="How long each part lasts.")
@click.option("--quick", is_flag=True, help="Small and once: whether it runs, not how fast.")
@json_option
def bench(cases: tuple[str, ...], seconds: float | None, quick: bool, as_json: bool) -> int:
    """Measure the hub on this machine, in a temporary directory.

    CASE is one or more of limits, inbound, latency, outbound, fanout, memory, cold, resume, kernel, overload, lists,
    search, gateway, or all (the default, about half an hour).

    Example: hub bench inbound outbound --quick
    """
    import asyncio

    if not sys.platform.startswith("linux"):
        raise CommandFailed("hub bench reads CPU time and memory from Linux's /proc; here there is none.")
    from hub.bench import report, run
    from hub.bench.scale import scale
    from hub.commands import process

    chosen = [case for case in CASES if case in cases or not cases or "all" in cases]

    async def main() -> int:
        found = await run.run(chosen, scale(quick=quick, seconds=seconds), talk)
        if as_json:
            json_result(found.document())
        else:
            result(table(list(found.rows()), report.COLUMNS))
            talk(f"{found.seconds:.0f} s. {_verdict(found.missed())}")
        return FAILED if found.failures else OK

    try:
        return process.run(main)
    except asyncio.CancelledError:  # SIGTERM
        raise click.Abort from None
    except run.FAILURES as error:
        raise CommandFailed(f"Nothing could be measured: {error}") from None


def _verdict(missed: int) -> str:
    return f"{missed} goals are not reached." if missed else "Every goal is reached."
