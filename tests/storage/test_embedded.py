"""The hub's own PostgreSQL: reachable in its own directory only, joined by the next hub, brought back when it dies."""

import asyncio
import os
import shutil
import signal
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from storage import embedded

PATIENCE = 30.0


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="hub", dir="/tmp"))
    try:
        yield directory
    finally:
        embedded.stop(directory)
        shutil.rmtree(directory, ignore_errors=True)


async def _ask(url: str, query: str) -> object:
    connection = await asyncpg.connect(url, timeout=PATIENCE)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_nobody_else_on_the_machine_can_reach_it(data: Path) -> None:
    url = await embedded.start(data)
    assert await _ask(url, "show listen_addresses") == ""
    directory = (data / "pg").resolve()
    assert await _ask(url, "show unix_socket_directories") == str(directory)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert await _ask(url, "show fsync") == "on"
    assert await _ask(url, "show synchronous_commit") == "on"


async def test_a_path_too_long_for_a_socket_is_refused_instead_of_moved_elsewhere(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    with pytest.raises(embedded.EmbeddedError, match="too long for a socket"):
        await embedded.start(long)
    assert not long.exists()


async def test_the_next_hub_joins_the_server_that_runs(data: Path) -> None:
    await embedded.start(data)
    first = embedded.status(data)
    urls = await asyncio.gather(*(embedded.start(data) for _ in range(3)))
    assert len(set(urls)) == 1
    assert embedded.status(data).pid == first.pid


async def test_a_server_that_was_killed_comes_back_with_what_was_committed(data: Path) -> None:
    url = await embedded.start(data)
    await _ask(url, "create table kept as select 7 as seven")
    pid = embedded.status(data).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(PATIENCE):
        while embedded.status(data).running:
            await asyncio.sleep(0.05)
        await embedded.revive(data)
    assert embedded.status(data).pid != pid
    assert await _ask(url, "select seven from kept") == 7


async def test_it_can_be_stopped_and_says_so(data: Path) -> None:
    await embedded.start(data)
    assert embedded.stop(data)
    assert not embedded.status(data).running
    assert not embedded.stop(data)
