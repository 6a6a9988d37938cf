"""Running the real command line as a user does."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from hub.commands import exits
from hub.commands.cli import cli
from storage import embedded

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def hub(tmp_path: Path) -> Run:
    """`hub(*arguments, **variables)` in an empty directory, with no HUB_ variable but those given."""

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environ = {key: value for key, value in os.environ.items() if not key.startswith("HUB_")} | variables
        command = [sys.executable, "-m", "hub", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=180, check=False
        )

    return run


class Ended(NamedTuple):
    """How a command ended: its exit code, and what it printed where."""

    code: int
    out: str
    err: str


Call = Callable[..., Ended]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Call:
    """`call(*arguments, **variables)`: the same in this process, for what need not be a process of its own."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("HUB_")]:
        monkeypatch.delenv(name)

    def run(*arguments: str, **variables: str) -> Ended:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        capfd.readouterr()
        code = exits.run(lambda: cli.main(arguments, prog_name="hub", standalone_mode=False))
        printed = capfd.readouterr()
        return Ended(code, printed.out, printed.err)

    return run


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A directory for an embedded PostgreSQL, whose socket needs a short path; its server is stopped at the end."""
    directory = Path(tempfile.mkdtemp(prefix="hub", dir="/tmp"))
    yield directory
    embedded.stop(directory)
    shutil.rmtree(directory, ignore_errors=True)
