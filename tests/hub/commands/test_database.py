"""The database that a command works on."""

from pathlib import Path

import pytest

from hub.commands.database import AWAY, REFUSED, connected, database_url, embedded_url, warn_embedded
from hub.commands.exits import CommandFailed
from tests.conftest import named
from tests.hub.conftest import Configured


async def test_the_configured_one_is_taken_as_it_is(configured: Configured, tmp_path: Path) -> None:
    url = "postgresql://hub:secret@db/hub"
    assert await database_url(configured({"database.url": url}), tmp_path) == (url, None)
    assert list(tmp_path.iterdir()) == []


async def test_a_connection_for_a_moment(configured: Configured, postgres: str, tmp_path: Path) -> None:
    config = configured({"database.url": postgres})
    async with connected(config, tmp_path) as connection:
        assert await connection.fetchval("show application_name") == "hub:command"
    assert connection.is_closed()


async def test_why_there_is_none(configured: Configured, postgres: str, tmp_path: Path) -> None:
    for url, reason in (("postgresql://127.0.0.1:1/hub", AWAY), (named(postgres, "nowhere"), REFUSED)):
        with pytest.raises(CommandFailed, match=reason[:30]):
            async with connected(configured({"database.url": url}), tmp_path):
                pass


async def test_the_embedded_one_needs_a_short_path(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="too long"):
        await embedded_url(tmp_path / ("x" * 90))


def test_the_embedded_one_is_told_of_in_one_line(
    configured: Configured, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    warn_embedded(configured(), tmp_path)
    assert capsys.readouterr().err == (
        f"Warning: no database.url is set; using the embedded PostgreSQL in {tmp_path}/pg.\n"
    )
    warn_embedded(configured({"database.url": "postgresql://db/hub"}), tmp_path)
    assert capsys.readouterr() == ("", "")
