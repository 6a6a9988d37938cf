"""A hub as a process: how it ends, and what is said then."""

import asyncio
import socket
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hub.app import Hub
from hub.commands import process
from hub.commands.exits import FAILED, OK, CommandFailed
from tests.conftest import execute
from tests.hub.conftest import Configured

NOWHERE = "postgresql://127.0.0.1:1/nowhere"


async def idle(port: int) -> None:
    """Nothing is to be told."""


async def unreachable(port: int) -> bool:
    """Whether nobody listens there any more."""
    try:
        async with aiohttp.ClientSession() as client:
            await client.get(f"http://127.0.0.1:{port}/healthz")
    except aiohttp.ClientConnectorError:
        return True
    return False


async def within(seconds: float, ending: Coroutine[Any, Any, int]) -> int:
    async with asyncio.timeout(seconds):
        return await ending


async def test_it_runs_until_it_is_asked_to_stop(configured: Configured, database_url: str, tmp_path: Path) -> None:
    hub, asked, ports = Hub(configured(), database_url, tmp_path), asyncio.Event(), []

    async def started(port: int) -> None:
        ports.append(port)
        assert not await unreachable(port)
        await hub.ready.wait()
        asked.set()

    assert await within(30, process.serve(hub, started, asked)) == OK
    assert await unreachable(ports[0])


async def test_it_can_be_stopped_before_it_is_up(configured: Configured, tmp_path: Path) -> None:
    hub, asked = Hub(configured(), NOWHERE, tmp_path), asyncio.Event()

    async def started(port: int) -> None:
        asyncio.get_running_loop().call_later(0.1, asked.set)
        await hub.ready.wait()

    assert await within(15, process.serve(hub, started, asked)) == OK


async def test_what_fails_after_the_start_stops_it_and_is_told(configured: Configured, tmp_path: Path) -> None:
    ports = []

    async def started(port: int) -> None:
        ports.append(port)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await within(15, process.serve(Hub(configured(), NOWHERE, tmp_path), started, asyncio.Event()))
    assert await unreachable(ports[0])


async def test_a_hub_that_cannot_go_on_says_why(configured: Configured, database_url: str, tmp_path: Path) -> None:
    await execute(database_url, "insert into schema_version (version, name, sha256) values (9999, 'later', '')")
    with pytest.raises(CommandFailed, match="migration 9999") as failed:
        await within(30, process.serve(Hub(configured(), database_url, tmp_path), idle, asyncio.Event()))
    assert failed.value.code == FAILED


async def test_a_taken_port(configured: Configured, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        hub = Hub(configured({"server.port": str(port)}), NOWHERE, tmp_path)
        with pytest.raises(CommandFailed, match=f"127.0.0.1:{port} .address already in use.. Use --port 0"):
            await process.serve(hub, idle, asyncio.Event())


async def test_a_stop_that_takes_too_long_is_a_failure(configured: Configured, tmp_path: Path) -> None:
    hub = Hub(configured({"drain.delay": "5m", "drain.total": "1s"}), NOWHERE, tmp_path)
    asked = asyncio.Event()
    asked.set()
    assert await within(15, process.serve(hub, idle, asked)) == FAILED
    async with asyncio.timeout(15):
        await _finish(hub)


async def _finish(hub: Hub) -> None:
    """The process would end here; this one goes on, so that what was cut off is stopped after all."""
    object.__setattr__(hub.config.drain, "delay", 0.0)
    await hub.stop()


def test_the_exit_code_is_the_coroutines() -> None:
    async def main() -> int:
        return 3

    assert process.run(main) == 3
