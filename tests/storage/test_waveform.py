"""How sounds look, heard once."""

from pathlib import Path
from uuid import UUID

import pytest

from hub.demo.whatsapp import files as samples
from hub.ids import uuid7
from hub.media import File, Upload, Waveform
from hub.message import MediaState
from storage import waveform
from storage.database import Database
from storage.media import MediaRows
from storage.media_files import MediaFiles
from storage.waveform import WaveformStore


async def stored(database: Database, files: MediaFiles, content: bytes, size: int | None = None) -> File:
    id = uuid7()
    async with files.incoming(10**7) as incoming:
        await incoming.write(content)
        found = await incoming.seal(None)
        await incoming.keep(id)
    await MediaRows(database).upload(Upload(id, UUID(int=1), "audio/ogg", found.size, found.sha256, "a.ogg"))
    return File(id, MediaState.STORED, "audio/ogg", size or found.size, found.sha256, "a.ogg")


async def test_a_sound_is_heard_once(database: Database, tmp_path: Path) -> None:
    files = MediaFiles(tmp_path)
    store, file = WaveformStore(database, files), await stored(database, files, samples.voice_note(1.0))
    found = await store.of(file)
    assert isinstance(found, Waveform)
    assert len(found.peaks) == 64
    await files.remove(file.id)
    assert await store.of(file) == found
    files.close()


async def test_what_cannot_be_heard_is_not_tried_again(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = MediaFiles(tmp_path)
    store, file = WaveformStore(database, files), await stored(database, files, b"no sound")
    large = await stored(database, files, samples.voice_note(1.0), size=waveform.LARGEST + 1)
    assert [await store.of(file), await store.of(large)] == [None, None]
    monkeypatch.setattr(waveform, "_listen", None)
    assert [await store.of(file), await store.of(large)] == [None, None]
    files.close()


async def test_one_that_takes_too_long_is_given_up(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waveform, "PATIENCE", 0.0)
    files = MediaFiles(tmp_path)
    assert await WaveformStore(database, files).of(await stored(database, files, samples.voice_note(1.0))) is None
    files.close()
