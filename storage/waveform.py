"""How sounds look: heard once, in a process of its own, when somebody first asks; then a column of the file's row."""

import asyncio
import contextlib
import logging
import sys
from typing import Any

import orjson
from attrs import frozen

from hub.errors import Unavailable
from hub.media import File, Waveform
from storage.database import Database
from storage.media_files import MediaFiles
from storage.sql import load

log = logging.getLogger("hub.media")

LARGEST = 16 << 20
"""Bytes of a sound that is listened to."""

PATIENCE = 20.0
"""Seconds for one sound; after them it has no peaks."""

MOST_WAITING = 8
"""Sounds that are heard, one at a time, or wait; the next one is refused as `unavailable`."""


@frozen
class Sql:
    """The queries of `waveform.sql`."""

    known: str
    keep: str


SQL = load("waveform.sql", Sql)


class WaveformStore:
    """The port `hub.media.Waveforms`."""

    def __init__(self, database: Database, files: MediaFiles) -> None:
        self._database, self._files = database, files
        self._one, self._waiting = asyncio.Lock(), 0

    async def of(self, file: File) -> Waveform | None:
        """How it looks; None for what cannot be heard. Raises Unavailable when too many wait."""
        known, found = await self._known(file)
        if not known:
            if self._waiting >= MOST_WAITING:
                raise Unavailable("Too many sounds are listened to at once.", retry_after=2)
            self._waiting += 1
            try:
                async with self._one:
                    known, found = await self._known(file)
                    if not known:
                        found = await self._hear(file)
            finally:
                self._waiting -= 1
        return Waveform(tuple(found["peaks"]), found["duration"]) if found else None

    async def _known(self, file: File) -> tuple[bool, dict[str, Any] | None]:
        async with self._database.acquire() as connection:
            text = await connection.fetchval(SQL.known, file.id)
        return text is not None, None if text is None else orjson.loads(text)

    async def _hear(self, file: File) -> dict[str, Any] | None:
        heard = b"null" if (file.size or 0) > LARGEST else await _listen(self._files.path(file.id))
        async with self._database.acquire() as connection:
            await connection.execute(SQL.keep, file.id, heard)
        found: dict[str, Any] | None = orjson.loads(heard)
        return found


async def _listen(path: str) -> bytes:
    """What the worker prints; null when it does not end well, or not in time."""
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "storage.waveform_worker", path,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE):
            heard, _ = await worker.communicate()
    except TimeoutError:
        heard = b""
    finally:
        with contextlib.suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()
    if worker.returncode != 0:
        log.info("a sound could not be heard", extra={"returncode": worker.returncode})
        return b"null"
    return heard.strip()
