"""The measured servers as processes of their own: started, pinned, awaited, stopped or killed."""

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from attrs import frozen

from hub.bench import machine, wire

START = 60.0
"""Seconds for a server to be ready."""

STOP = 20.0
"""Seconds for it to end by itself, before it is killed."""

LOOK = 0.005
"""Seconds between looks at a server that starts."""

_LISTENS = re.compile(r"listens on http://[^:]+:(\d+)/")


class NotStarted(Exception):
    """A server did not come up; the message holds the end of what it said."""


@frozen
class Server:
    """A running server. `spawned` is the moment at which its process was started (`time.perf_counter`)."""

    pid: int
    port: int
    spawned: float
    ready: float

    def cpu_seconds(self) -> float:
        """User and system time of all its processes so far."""
        return machine.cpu_seconds(self.pid)

    def pss_mib(self) -> float:
        """Memory of all its processes."""
        return machine.pss_mib(self.pid)

    def kill(self) -> None:
        """Ends it at once, as a power failure would."""
        os.kill(self.pid, signal.SIGKILL)


@asynccontextmanager
async def started(arguments: Sequence[str], *, core: int, log: Path, probe: str) -> AsyncIterator[Server]:
    """`python -m <arguments>` on this core, ready when `probe` is answered 200; ended by SIGTERM. Raises NotStarted."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    with log.open("wb") as sink:
        spawned = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            env=environ,
            # A Ctrl+C at the terminal is for the measurement, which then ends its servers in order.
            start_new_session=True,
        )
    try:
        machine.pin(process.pid, core)
        port = await _ready(process, log, probe)
        yield Server(process.pid, port, spawned, time.perf_counter())
    finally:
        await _end(process)


async def _ready(process: asyncio.subprocess.Process, log: Path, probe: str) -> int:
    asked = wire.request("GET", probe)
    end = time.perf_counter() + START
    while time.perf_counter() < end and process.returncode is None:
        found = _LISTENS.search(_said(log))
        if found:
            with suppress(OSError):
                if (await wire.once(int(found[1]), asked)).status == 200:
                    return int(found[1])
        await asyncio.sleep(LOOK)
    raise NotStarted("\n".join(["A measured server did not start. It said:", *_said(log).splitlines()[-5:]]))


def _said(log: Path) -> str:
    return log.read_text(errors="replace").strip()


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
