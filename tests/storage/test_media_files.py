"""Files on disk: whole or not there, bounded, and the disk's failures in the hub's words."""

import asyncio
import errno
import hashlib
import os
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.demo.whatsapp.files import paper
from hub.errors import PayloadTooLarge, Unavailable
from hub.ids import uuid7
from storage.media_files import BLOCK, Incoming, MediaFiles


@pytest.fixture
def files(tmp_path: Path) -> Iterator[MediaFiles]:
    files = MediaFiles(tmp_path / "media", workers=2)
    yield files
    files.close()


def left(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


async def test_a_kept_file_lies_in_two_folders_under_its_id(files: MediaFiles, tmp_path: Path) -> None:
    id, content = uuid7(), paper() * 100
    async with files.incoming(10**7) as incoming:
        for start in range(0, len(content), 1000):
            await incoming.write(content[start : start + 1000])
        found = await incoming.seal("text/html")
        assert not await files.exists(id)
        await incoming.keep(id)
    assert (found.size, found.mime_type) == (len(content), "application/pdf")
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    [path] = left(tmp_path)
    assert str(path) == files.path(id)
    assert path.relative_to(tmp_path / "media").parts == (id.hex[-4:-2], id.hex[-2:], str(id))
    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o077 == 0
    assert await files.exists(id)


async def test_bytes_are_safe_before_they_get_their_name(files: MediaFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the name before anybody is told. What a loss of power would show is seen in the order of the calls."""
    calls: list[str] = []

    def noted(name: str) -> Callable[..., None]:
        real = getattr(os, name)

        def call(*arguments: Any) -> None:
            calls.append(name)
            real(*arguments)

        return call

    monkeypatch.setattr(os, "fsync", noted("fsync"))
    monkeypatch.setattr(os, "replace", noted("replace"))
    async with files.incoming(10) as incoming:
        await incoming.write(b"content")
        await incoming.seal(None)
        await incoming.keep(uuid7())
    assert calls == ["fsync", "replace", "fsync"]


async def test_what_is_not_kept_is_gone(files: MediaFiles, tmp_path: Path) -> None:
    async with files.incoming(10**7) as incoming:
        await incoming.write(b"x" * (BLOCK + 1))
        assert len(left(tmp_path)) == 1
    assert left(tmp_path) == []


async def test_the_limit_is_exact(files: MediaFiles, tmp_path: Path) -> None:
    async with files.incoming(10) as incoming:
        await incoming.write(b"1234567890")
        assert (await incoming.seal(None)).size == 10
    async with files.incoming(10) as incoming:
        await incoming.write(b"123456789")
        with pytest.raises(PayloadTooLarge):
            await incoming.write(b"01")
    assert left(tmp_path) == []


async def test_an_empty_file_has_no_type(files: MediaFiles) -> None:
    async with files.incoming(10) as incoming:
        found = await incoming.seal("image/png")
    assert (found.size, found.mime_type) == (0, None)


async def test_the_same_file_again_replaces_itself(files: MediaFiles, tmp_path: Path) -> None:
    id = uuid7()
    for content in (b"first", b"second"):
        async with files.incoming(10) as incoming:
            await incoming.write(content)
            await incoming.seal(None)
            await incoming.keep(id)
    assert [path.read_bytes() for path in left(tmp_path)] == [b"second"]


async def test_a_cancelled_writer_leaves_nothing(files: MediaFiles, tmp_path: Path) -> None:
    writing = asyncio.Event()

    async def write(incoming: Incoming) -> None:
        while True:
            await incoming.write(b"x" * BLOCK)
            writing.set()

    async def work() -> None:
        async with files.incoming(10**12) as incoming:
            await write(incoming)

    task = asyncio.create_task(work())
    await writing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert left(tmp_path) == []


async def put(files: MediaFiles, content: bytes) -> None:
    """Writes a file and forgets it."""
    async with files.incoming(10**7) as incoming:
        await incoming.write(content)
        await incoming.seal(None)


async def test_a_full_disk_is_said_and_leaves_nothing(files: MediaFiles, tmp_path: Path) -> None:
    """The system refuses to let files grow beyond 64 KiB, as a disk without room does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, hard))
    try:
        with pytest.raises(Unavailable, match="The disk is full"):
            await put(files, b"x" * BLOCK)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert left(tmp_path) == []


async def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file where a folder should be")
    files = MediaFiles(tmp_path / "media")
    with pytest.raises(Unavailable, match="The disk failed") as caught:
        await put(files, b"x")
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno in (errno.ENOTDIR, errno.EEXIST)
    files.close()


async def test_reading_and_removing(files: MediaFiles) -> None:
    id = uuid7()
    assert await files.open(id) is None
    async with files.incoming(10) as incoming:
        await incoming.write(b"content")
        await incoming.seal(None)
        await incoming.keep(id)
    file = await files.open(id)
    assert file is not None
    with file:
        assert file.read() == b"content"
    await files.remove(id)
    await files.remove(id)
    assert not await files.exists(id)


async def test_only_what_was_left_long_ago_is_cleared(files: MediaFiles, tmp_path: Path) -> None:
    folder = tmp_path / "media" / "incoming"
    assert await files.clear_left_behind() == 0
    folder.mkdir(parents=True)
    (folder / "old").write_bytes(b"x")
    (folder / "new").write_bytes(b"x")
    os.utime(folder / "old", (0, time.time() - 25 * 3600))
    assert await files.clear_left_behind() == 1
    assert [path.name for path in left(tmp_path)] == ["new"]
