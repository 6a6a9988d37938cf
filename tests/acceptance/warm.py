"""Hubs from a process that has read the product's code already: it forks, and what `hub serve` does is the same.

Reading the code takes a second of a core, and a test run starts hundreds of hubs. Where the start itself is looked at,
a hub is started cold: `HubProcess.cold`.
"""

import multiprocessing
import os
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path
from signal import Signals

from attrs import define

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["hub.commands.serve", "hub.app", "hub.commands.database", "storage.embedded", "uvloop"]
)


def _serve(directory: Path, log: Path, arguments: list[str], environment: dict[str, str]) -> None:
    """In the new process: what `python -m hub` does."""
    from hub.__main__ import main

    os.chdir(directory)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["hub", *arguments]
    main()


@define
class Warm:
    """A process as `subprocess.Popen` shows it."""

    _process: BaseProcess

    @classmethod
    def start(cls, directory: Path, log: Path, arguments: list[str], environment: dict[str, str]) -> "Warm":
        """Starts `hub` with these arguments in a directory; it writes to the log."""
        process = _CONTEXT.Process(target=_serve, args=(directory, log, arguments, environment), daemon=True)
        process.start()
        return cls(process)

    @property
    def pid(self) -> int:
        """The process's id."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """The exit code, if it has ended."""
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        """The exit code, when it ends. Raises TimeoutError."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise TimeoutError
        return self._process.exitcode

    def send_signal(self, which: Signals) -> None:
        """Sends a signal, unless it has ended."""
        if self._process.exitcode is None:
            os.kill(self.pid, which)

    def kill(self) -> None:
        """Ends it at once."""
        self._process.kill()
