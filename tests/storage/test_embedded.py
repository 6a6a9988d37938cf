"""The embedded server: joined, found again, stopped, and honest about what it cannot use."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from hub.errors import Unavailable
from storage import embedded
from storage.embedded import EmbeddedError


@pytest.fixture
def data() -> Iterator[Path]:
    """A data directory with a short path, and no server left behind."""
    directory = Path(tempfile.mkdtemp(prefix="hub", dir="/tmp"))
    try:
        yield directory
    finally:
        embedded.stop(directory)
        shutil.rmtree(directory, ignore_errors=True)


async def test_a_server_is_started_joined_stopped_and_started_again(data: Path) -> None:
    assert embedded.status(data) == embedded.ServerStatus(False, None, None, (data / "pg").resolve())
    assert embedded.stop(data) is False
    url, again = await asyncio.gather(embedded.start(data), embedded.start(data))
    assert url == again
    found = embedded.status(data)
    assert found.running
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("select current_database()") == embedded.DATABASE
    await connection.execute("create table kept (a int)")
    assert found.version == connection.get_server_version().major
    await connection.close()
    assert embedded.stop(data) is True
    assert not embedded.status(data).running
    assert embedded.status(data).version == found.version
    await embedded.revive(data)
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("select count(*) from kept") == 0
    await connection.close()


async def test_a_path_too_long_for_a_socket_is_refused_with_advice(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    with pytest.raises(EmbeddedError, match="--data"):
        await embedded.start(long)
    with pytest.raises(EmbeddedError, match="too long"):
        embedded.status(long)
    with pytest.raises(Unavailable):
        await embedded.revive(long)
    assert not long.exists()


async def test_another_versions_database_is_refused_untouched(data: Path) -> None:
    directory = data / "pg"
    directory.mkdir()
    (directory / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedError, match="PostgreSQL 12"):
        await embedded.start(data)
    assert sorted(path.name for path in directory.iterdir()) == ["PG_VERSION"]


async def test_a_directory_that_is_none_is_refused(data: Path) -> None:
    (data / "file").write_text("")
    with pytest.raises(EmbeddedError, match="cannot be used"):
        await embedded.start(data / "file")
