"""`hub demo`: the hub with simulated customers around it, on this machine only."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from hub.commands.files import Place, located

MOST = 6_000
"""People a minute who begin to write; more is for `hub bench`."""


@click.command()
@click.option("-p", "--port", type=click.IntRange(0, 65534), default=8080, show_default=True, help="The inbox's port.")
@click.option("--ephemeral", is_flag=True, help="Keep nothing: a temporary data directory.")
@click.option("--no-open", is_flag=True, help="Do not open the browser.")
@click.option("--rate", default="6/min", show_default=True, help="How often somebody begins to write, as N/min.")
@click.option("--seed", type=int, default=7, show_default=True, help="Who writes what.")
@located
def demo(place: Place, port: int, ephemeral: bool, no_open: bool, rate: str, seed: int) -> int:
    """Start the hub with demo people and a simulated outside world.

    Example: hub demo --port 8080 --rate 30/min
    """
    from hub.commands import process
    from hub.commands.demo_world import Demo

    with _data(place, ephemeral) as data:
        code = process.run(Demo(data, port, _per_minute(rate), seed, browse=not no_open).run)
        if not ephemeral:
            kept = f" Stopped. Everything is kept in {data}, where PostgreSQL goes on:"
            click.echo(f"\n{kept}\n hub demo continues there, hub db stop --data {data} ends it.", err=True)
        return code


@contextmanager
def _data(place: Place, ephemeral: bool) -> Iterator[Path]:
    if not ephemeral:
        directory = place.data_directory
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield directory
        return
    from storage import embedded

    directory = Path(tempfile.mkdtemp(prefix="hub-"))
    try:
        yield directory
    finally:
        embedded.stop(directory)
        shutil.rmtree(directory, ignore_errors=True)


def _per_minute(rate: str) -> float:
    number, _, unit = rate.partition("/")
    try:
        value = float(number)
    except ValueError:
        value = -1.0
    if not 0 < value <= MOST or unit not in ("", "min"):
        raise click.BadParameter(f"{rate!r} is not a rate such as 30/min, at most {MOST}/min.", param_hint="--rate")
    return value
