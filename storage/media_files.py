"""Files on disk, under names of the hub's own: `ab/cd/<id>`, two levels of folders by the id's random end.

A file is written under a temporary name in `incoming/`, made safe (fsync), and only then renamed, so that what has its
final name is whole. All of it happens in threads of its own: a slow disk holds up files and nothing else.
"""

import asyncio
import contextlib
import errno
import hashlib
import logging
import os
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar
from uuid import UUID

from hub.errors import PayloadTooLarge, Unavailable
from hub.media import StoredFile
from hub.media_type import plain_type
from storage.media_type import HEAD, TAIL, media_type

log = logging.getLogger("hub.media")

P = ParamSpec("P")
T = TypeVar("T")

WORKERS = 4
"""Threads for files. More reads and writes at once wait for one of them."""

BLOCK = 256 * 1024
"""Bytes gathered in memory before they are written, per file."""

LEFT_BEHIND = 24 * 3600.0
"""Seconds after which a file in `incoming/` belongs to nobody any more."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Incoming:
    """A file that is being written. Its calls come one after another; the lock is for one that was cancelled while its
    thread still wrote."""

    def __init__(self, files: "MediaFiles", limit: int) -> None:
        self._files = files
        self._limit = limit
        self._buffer = bytearray()
        self._lock = threading.Lock()
        self._file: BinaryIO | None = None
        self._name = ""
        self._hash = hashlib.sha256()
        self._size = 0

    async def write(self, chunk: bytes) -> None:
        """Takes the next bytes. Raises PayloadTooLarge above the limit, Unavailable when the disk does not take it."""
        if self._size + len(self._buffer) + len(chunk) > self._limit:
            raise PayloadTooLarge(f"At most {self._limit} bytes are taken.")
        self._buffer += chunk
        if len(self._buffer) >= BLOCK:
            await self._flush()

    async def seal(self, declared: str | None) -> StoredFile:
        """All is written and safe on disk; says what it is. `declared` is the type that the sender gave."""
        await self._flush()
        return await self._files.run(self._seal, declared)

    async def keep(self, id: UUID) -> None:
        """Makes it the file of this id."""
        await self._files.run(self._keep, self._files.place(id))

    async def discard(self) -> None:
        """Removes what was not kept."""
        with contextlib.suppress(Unavailable):
            await self._files.run(self._discard)

    async def _flush(self) -> None:
        block, self._buffer = bytes(self._buffer), bytearray()
        await self._files.run(self._write, block)
        self._size += len(block)

    # In a thread

    def _write(self, block: bytes) -> None:
        with self._lock:
            if self._file is None:
                self._file, self._name = self._files.create()
            self._file.write(block)
            self._hash.update(block)

    def _seal(self, declared: str | None) -> StoredFile:
        with self._lock:
            assert self._file is not None
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.seek(0)
            head = self._file.read(HEAD)
            self._file.seek(max(0, self._size - TAIL))
            tail = self._file.read(TAIL)
            return StoredFile(self._size, self._hash.hexdigest(), media_type(head, tail, plain_type(declared)))

    def _keep(self, place: Path) -> None:
        with self._lock:
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.replace(self._name, place)
            self._name = ""
            _sync_folder(place.parent)

    def _discard(self) -> None:
        with self._lock:
            try:
                if self._file is not None:
                    self._file.close()  # on a full disk it raises, what was buffered cannot be written
            finally:
                self._file = None
                if self._name:
                    Path(self._name).unlink(missing_ok=True)
                    self._name = ""


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class MediaFiles:
    """The folder of files. Replicas may share it. Every method raises Unavailable when the disk fails."""

    def __init__(self, folder: Path, workers: int = WORKERS) -> None:
        self._folder = folder
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="media")

    @asynccontextmanager
    async def incoming(self, limit: int) -> AsyncIterator[Incoming]:
        """A new file of at most `limit` bytes; it is gone at the end unless it was kept."""
        file = Incoming(self, limit)
        try:
            yield file
        finally:
            await file.discard()

    def path(self, id: UUID) -> str:
        """Where the file of this id is."""
        return str(self.place(id))

    async def exists(self, id: UUID) -> bool:
        """Whether the file of this id is there."""
        return await self.run(self.place(id).is_file)

    async def open(self, id: UUID) -> BinaryIO | None:
        """The file, to be read and closed by the caller; None when there is none."""
        try:
            return await self.run(self.place(id).open, "rb")
        except Unavailable as error:
            if isinstance(error.__cause__, FileNotFoundError):
                return None
            raise

    async def remove(self, id: UUID) -> None:
        """Deletes the file, if it is there, and its thumbnail."""
        await self.run(self.thumbnail(id).unlink, True)
        await self.run(self.place(id).unlink, True)

    async def clear_left_behind(self) -> int:
        """Deletes what a crash left in `incoming/`; answers how many files that were."""
        return await self.run(self._clear)

    def close(self) -> None:
        """Ends the threads; what they are writing is finished."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def place(self, id: UUID) -> Path:
        """The same as a path."""
        return self._folder / id.hex[-4:-2] / id.hex[-2:] / str(id)

    def thumbnail(self, id: UUID) -> Path:
        """Where its thumbnail is, once it was made."""
        return self.place(id).with_suffix(".webp")

    async def run(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Does something to files in a thread. Raises Unavailable when the system refuses it, saying if it is full."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: act(*args, **kwargs))
        except OSError as error:
            if not isinstance(error, FileNotFoundError):
                log.error("a media file failed", extra={"errno": errno.errorcode.get(error.errno or 0, "?")})
            full = error.errno in _FULL
            raise Unavailable("The disk is full." if full else "The disk failed.", retry_after=30) from error

    # In a thread

    def create(self) -> tuple[BinaryIO, str]:
        """A new file in `incoming/`, readable by the hub alone."""
        folder = self._folder / "incoming"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(dir=folder)
        return os.fdopen(descriptor, "w+b"), name

    def _clear(self) -> int:
        cleared = 0
        for path in (self._folder / "incoming").glob("*"):
            with contextlib.suppress(FileNotFoundError):  # another replica was faster
                if path.stat().st_mtime < time.time() - LEFT_BEHIND:
                    path.unlink()
                    cleared += 1
        return cleared
