"""Thumbnails of pictures: made when somebody first asks, kept beside the file, in threads of their own."""

import asyncio
import contextlib
import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from uuid import UUID

from PIL import Image, ImageOps

from hub.errors import Unavailable
from hub.media import THUMBNAIL
from storage.media_files import MediaFiles

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")

THREADS = 1
"""A replica's cores have other work: pictures wait for each other."""

MOST_WAITING = 32
"""Pictures that are made or wait; the next one is refused as `unavailable`, and asked for again later."""


class ThumbnailFiles:
    """The port `hub.media.Thumbnails`, beside the files themselves."""

    def __init__(self, files: MediaFiles, pixels: int, most_waiting: int = MOST_WAITING) -> None:
        """There is no thumbnail of a picture of more than `pixels`; three bytes of memory each while it is made."""
        self._files, self._pixels, self._most = files, pixels, most_waiting
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="thumbnail")
        self._making: dict[UUID, asyncio.Future[bool]] = {}

    async def of(self, id: UUID) -> str | None:
        """Where the thumbnail is; None when the file cannot be shown small. Raises Unavailable when too many wait."""
        place = self._files.thumbnail(id)
        made = await self._files.run(_is_made, place)
        if made is None:
            made = await self._make(id, place)
        return str(place) if made else None

    async def _make(self, id: UUID, place: Path) -> bool:
        """Those who ask for the same one wait for the same work, which goes on when they leave."""
        if id not in self._making:
            if len(self._making) >= self._most:
                raise Unavailable("Too many pictures are made smaller at once.", retry_after=2)
            loop = asyncio.get_running_loop()
            making = loop.run_in_executor(self._threads, keep, self._files.place(id), place, self._pixels)
            self._making[id] = making
            making.add_done_callback(lambda _: self._making.pop(id))
        try:
            return await asyncio.shield(self._making[id])
        except OSError as error:
            raise Unavailable("The disk failed.", retry_after=30) from error


def _is_made(place: Path) -> bool | None:
    """Whether there is a thumbnail; None when nobody has tried."""
    try:
        return place.stat().st_size > 0
    except FileNotFoundError:
        return None


def keep(picture: Path, place: Path, pixels: int) -> bool:
    """Makes a file's thumbnail. One that cannot be made is kept as an empty file, so that it is tried once.

    Answers whether there is one. Raises OSError when the disk fails.
    """
    small = shrink(picture.read_bytes(), pixels)
    part = place.with_name(f"{place.name}.{os.urandom(4).hex()}")
    try:
        part.write_bytes(small or b"")
        part.chmod(0o600)
        part.replace(place)
    finally:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
    return small is not None


def shrink(picture: bytes, pixels: int) -> bytes | None:
    """A picture as a WebP that fits into a square of THUMBNAIL, upright; of a moving one the first frame.

    None for what is no picture, is damaged or has more than so many pixels: a small file may hold a huge picture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the bound here is a lower one
            with Image.open(BytesIO(picture), formats=FORMATS) as opened:
                if opened.width * opened.height > pixels:
                    return None
                opened.draft("RGB", (THUMBNAIL * 2, THUMBNAIL * 2))
                image = ImageOps.exif_transpose(opened)
                image = image.convert("RGBA" if image.has_transparency_data else "RGB")
                image.thumbnail((THUMBNAIL, THUMBNAIL))
                made = BytesIO()
                image.save(made, "WEBP", quality=75, method=2)
                return made.getvalue()
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        Image.DecompressionBombError,
    ):  # what Pillow raises of bad files
        return None
