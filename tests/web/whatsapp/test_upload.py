"""The company's files to the simulated Graph: uploaded once, refused in words, tried again when that helps."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from hub.demo.whatsapp import Fault, WhatsAppWorld
from hub.demo.whatsapp.files import STICKER, paper, picture, voice_note
from hub.errors import HubError, NotFound, Unavailable, UnsupportedMedia
from hub.ids import uuid7
from hub.media import Upload
from storage.database import Database
from storage.media import MediaRows
from storage.media_files import MediaFiles
from web.outgoing_guard import session
from web.whatsapp.carrier import Api
from web.whatsapp.upload import WhatsAppUpload

PHONE, TOKEN = "106540352242922", "EAAG-a-token-for-tests"


class Line:
    """A number's uploads, and files to upload."""

    def __init__(self, world: WhatsAppWorld, upload: WhatsAppUpload, rows: MediaRows, files: MediaFiles) -> None:
        self.world, self.upload, self.rows, self.files = world, upload, rows, files

    async def put(self, content: bytes, mime_type: str | None = None) -> UUID:
        """A file that somebody put in."""
        id = uuid7()
        async with self.files.incoming(10**8) as incoming:
            await incoming.write(content)
            found = await incoming.seal(mime_type)
            await incoming.keep(id)
        shown = mime_type or found.mime_type or ""
        await self.rows.upload(Upload(id, uuid7(), shown, found.size, found.sha256, "a file.bin"))
        return id

    def at_meta(self, provider_id: str) -> Any:
        file = self.world.media.get(provider_id)
        assert file is not None
        return file


@pytest.fixture
async def line(database: Database, tmp_path: Path) -> AsyncIterator[Line]:
    world = WhatsAppWorld(
        phone_number_id=PHONE, access_token=TOKEN, app_secret="s", verify_token="v", webhook_url="http://127.0.0.1:9/"
    )
    await world.start()
    rows, files = MediaRows(database), MediaFiles(tmp_path)
    async with session(guarded=False) as graph:
        quick = aiohttp.ClientTimeout(total=0.5)
        api = Api(world.base_url, "v26.0", PHONE, TOKEN, quick)
        yield Line(world, WhatsAppUpload(api, "wa", graph, rows, files, quick), rows, files)
    files.close()
    await world.stop()


@pytest.mark.parametrize(
    ("content", "mime_type"), [(picture(), "image/png"), (voice_note(), "audio/ogg"), (paper() * 50, "application/pdf")]
)
async def test_a_file_reaches_whatsapp_whole(line: Line, content: bytes, mime_type: str) -> None:
    file = line.at_meta(await line.upload(await line.put(content)))
    assert (file.content, file.mime_type) == (content, mime_type)


async def test_a_file_is_uploaded_once(line: Line) -> None:
    id = await line.put(picture())
    first = await line.upload(id)
    line.world.faults.always(1.0, Fault.error(131000), on="upload")
    assert await line.upload(id) == first


async def test_a_lapsed_upload_is_made_again(line: Line) -> None:
    id = await line.put(picture())
    first = await line.upload(id)
    async with line.rows._database.acquire() as connection:
        await connection.execute("update media set provider_until = now()")
    assert await line.upload(id) != first


async def test_two_channels_have_ids_of_their_own(line: Line) -> None:
    id = await line.put(picture())
    await line.upload(id)
    found = await line.rows.outgoing(id, "another")
    assert found is not None
    assert found.provider_id is None


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.error(131000), Unavailable),
        (Fault.error(130429), Unavailable),
        (Fault.error(190), Unavailable),
        (Fault.error(131053), Unavailable),
        (Fault.error(100), UnsupportedMedia),
        (Fault.html(502), Unavailable),
        (Fault.html(200), Unavailable),
        (Fault.redirect(), Unavailable),
        (Fault.no_id(), Unavailable),
        (Fault.truncated(), Unavailable),
        (Fault.hang(30), Unavailable),
        (Fault.huge(), Unavailable),
        (Fault.reset(after_commit=True), Unavailable),
    ],
)
async def test_faults_are_said_in_the_hub_s_words(line: Line, fault: Fault, error: type[HubError]) -> None:
    line.world.faults.always(1.0, fault, on="upload")
    id = await line.put(picture())
    with pytest.raises(error):
        await line.upload(id)
    line.world.faults.clear()
    assert line.at_meta(await line.upload(id)).content == picture()


@pytest.mark.parametrize(
    ("content", "mime_type"), [(STICKER, None), (b"GIF89a" + bytes(20), None), (b"x", "text/html")]
)
async def test_what_whatsapp_does_not_take_is_not_sent(line: Line, content: bytes, mime_type: str | None) -> None:
    with pytest.raises(UnsupportedMedia):
        await line.upload(await line.put(content, mime_type))


async def test_a_file_that_is_gone(line: Line, scene: Any) -> None:
    id = await line.put(picture())
    await line.files.remove(id)
    for missing in (id, uuid7(), await scene.file()):
        with pytest.raises(NotFound):
            await line.upload(missing)
