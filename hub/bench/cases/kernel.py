"""The actor kernel alone, in a process of its own beside a deque."""

import asyncio
import json
import sys

from hub.bench import machine
from hub.bench.process import NotStarted
from hub.bench.stage import Stage


async def measure(stage: Stage) -> None:
    """Takes over what `hub.bench.kernel_probe` prints."""
    for _ in stage.repetitions("kernel"):
        arguments = (sys.executable, "-m", "hub.bench.kernel_probe", str(stage.scale.actors))
        probe = await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE)
        try:
            machine.pin(probe.pid, stage.cores.servers)
            said, _ = await probe.communicate()
        finally:
            if probe.returncode is None:
                probe.kill()
        if probe.returncode:
            raise NotStarted("The kernel could not be measured.")
        for key, value in json.loads(said).items():
            stage.samples.add(key, value)
