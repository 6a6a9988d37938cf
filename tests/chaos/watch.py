"""Somebody who asks the hub all the time how it is, as an orchestrator does."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from attrs import define, field, frozen

from tests.acceptance.process import HubProcess

EVERY = 0.1


@frozen
class Look:
    """One answer: when it was asked for, how long it took, and its status (0: none)."""

    at: float
    seconds: float
    path: str
    status: int


@define
class Watch:
    """Everything that was seen."""

    hub: HubProcess
    looks: list[Look] = field(factory=list)

    async def look(self, session: aiohttp.ClientSession, path: str) -> int:
        """Asks once."""
        at, status = time.monotonic(), 0
        try:
            async with session.get(self.hub.url + path) as answer:
                status = answer.status
        except (aiohttp.ClientError, ConnectionError, TimeoutError):
            status = 0
        self.looks.append(Look(at, time.monotonic() - at, path, status))
        return status

    async def _watch(self, path: str) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5.0)) as session:
            while True:
                await self.look(session, path)
                await asyncio.sleep(EVERY)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Asks for `/healthz` and `/readyz` while this is open."""
        tasks = [asyncio.create_task(self._watch(path)) for path in ("/healthz", "/readyz")]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def statuses(self, path: str, begin: float, end: float) -> set[int]:
        """What was answered to requests made in this time."""
        return {look.status for look in self.looks if look.path == path and begin <= look.at <= end}

    async def until(self, status: int, patience: float) -> float:
        """Waits until `/readyz` answers so, and says for how long that took."""
        began = time.monotonic()
        async with asyncio.timeout(patience):
            while status not in self.statuses("/readyz", began, time.monotonic()):
                await asyncio.sleep(EVERY / 2)
        return time.monotonic() - began
