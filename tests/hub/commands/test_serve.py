"""`hub serve` as a process: what it says, and how it takes signals."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.conftest import execute

Serve = Callable[..., "subprocess.Popen[str]"]

LISTENS = re.compile(r"The hub listens on (http://127\.0\.0\.1:\d+/)\n")


@pytest.fixture
def serve(tmp_path: Path, database_url: str) -> Iterator[Serve]:
    """Starts servers on this test's database; they are killed at the end."""
    processes: list[subprocess.Popen[str]] = []

    def start(*options: str) -> "subprocess.Popen[str]":
        environ = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
        environ |= {"HUB_DATABASE__URL": database_url, "HUB_DRAIN__SPREAD": "0"}
        command = [sys.executable, "-m", "hub", "serve", "--port", "0", *options]
        process = subprocess.Popen(
            command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def address(process: "subprocess.Popen[str]") -> str:
    """Where it listens, once it says so."""
    assert process.stderr is not None
    said = ""
    while not (found := LISTENS.search(said)):
        line = process.stderr.readline()
        assert line, said
        said += line
    return found[1]


def test_it_serves_until_the_first_signal(serve: Serve) -> None:
    process = serve()
    with urlopen(f"{address(process)}healthz") as answer:
        assert answer.status == 200
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in err


def test_the_second_signal_does_not_wait(serve: Serve) -> None:
    process = serve("-o", "drain.delay=4m", "-o", "drain.total=5m")
    url = address(process)
    process.send_signal(signal.SIGINT)
    with urlopen(f"{url}healthz") as answer:  # it still serves: the first signal was taken
        assert answer.status == 200
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM


async def test_a_database_that_is_not_for_it_ends_it(serve: Serve, database_url: str) -> None:
    await execute(database_url, "insert into schema_version (version, name, sha256) values (9999, 'later', '')")
    process = serve()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert err.splitlines()[-1].startswith("This database is at migration 9999")
    assert "Traceback" not in err
