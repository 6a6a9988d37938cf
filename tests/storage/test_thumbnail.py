"""Thumbnails of pictures."""

import asyncio
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from hub.demo.whatsapp import files as samples
from hub.errors import Unavailable
from hub.ids import uuid7
from hub.media import THUMBNAIL
from storage import thumbnail
from storage.media_files import MediaFiles
from storage.thumbnail import ThumbnailFiles, shrink

PIXELS = 40_000_000


@pytest.fixture
def files(tmp_path: Path) -> Iterator[MediaFiles]:
    files = MediaFiles(tmp_path, workers=2)
    yield files
    files.close()


async def kept(files: MediaFiles, content: bytes) -> UUID:
    id = uuid7()
    async with files.incoming(10**7) as incoming:
        await incoming.write(content)
        await incoming.seal(None)
        await incoming.keep(id)
    return id


def encoded(form: str, size: tuple[int, int] = (800, 400), **more: object) -> bytes:
    made = BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(made, form, **more)
    return made.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_pictures_of_every_kind_become_small(form: str) -> None:
    small = shrink(encoded(form), PIXELS)
    assert small is not None
    with Image.open(BytesIO(small)) as image:
        assert (image.format, image.size) == ("WEBP", (THUMBNAIL, THUMBNAIL // 2))


def test_a_picture_is_turned_upright_and_never_enlarged() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it by a quarter
    small = shrink(encoded("JPEG", (100, 50), exif=exif), PIXELS)
    assert small is not None
    with Image.open(BytesIO(small)) as image:
        assert image.size == (50, 100)


def bomb() -> bytes:
    """A PNG of a few bytes that says it has 100000 x 100000 pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        bomb(),
        samples.paper(),
        b"<svg/>",
        encoded("PNG")[:300],
        encoded("JPEG")[:400],
        encoded("BMP"),
    ],
)
def test_what_cannot_be_shown_small_has_no_thumbnail(content: bytes) -> None:
    assert shrink(content, PIXELS) is None


def test_more_pixels_than_are_taken_are_not_opened() -> None:
    assert shrink(encoded("PNG"), 800 * 400 - 1) is None
    assert shrink(encoded("PNG"), 800 * 400) is not None


async def test_a_thumbnail_is_made_once_and_goes_with_its_file(
    files: MediaFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    real = thumbnail.shrink

    def counted(picture: bytes, pixels: int) -> bytes | None:
        made.append(1)
        return real(picture, pixels)

    monkeypatch.setattr(thumbnail, "shrink", counted)
    thumbnails = ThumbnailFiles(files, PIXELS)
    id, other = await kept(files, samples.picture()), await kept(files, b"no picture")
    places = await asyncio.gather(*(thumbnails.of(id) for _ in range(5)))
    assert set(places) == {str(files.thumbnail(id))}
    assert Path(places[0] or "").stat().st_mode & 0o077 == 0
    assert [await thumbnails.of(other), await thumbnails.of(other)] == [None, None]
    assert len(made) == 2
    await files.remove(id)
    await files.remove(other)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_too_many_at_once_are_refused(files: MediaFiles) -> None:
    thumbnails = ThumbnailFiles(files, PIXELS, most_waiting=1)
    ids = [await kept(files, samples.picture(seed)) for seed in range(3)]
    told = await asyncio.gather(*(thumbnails.of(id) for id in ids), return_exceptions=True)
    assert sum(isinstance(each, Unavailable) for each in told) == 2
    assert await thumbnails.of(ids[2])


async def test_a_missing_file_is_no_thumbnail_for_ever(files: MediaFiles) -> None:
    id = uuid7()
    with pytest.raises(Unavailable):
        await ThumbnailFiles(files, PIXELS).of(id)
