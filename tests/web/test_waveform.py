"""Peaks through their door."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from hub.demo.whatsapp import files as samples
from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import DeskStage, staged_desk


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


async def test_peaks_are_shown_to_those_who_may_see_the_file(desk: DeskStage) -> None:
    ids = []
    for content, mime_type in ((samples.voice_note(1.0), "audio/ogg"), (samples.picture(), "image/png")):
        form = aiohttp.FormData()
        form.add_field("file", content, filename="file", content_type=mime_type)
        answer = await desk.client.post("/api/v1/media", data=form, headers=desk.headers)
        ids.append((await answer.json())["id"])
    shown = await desk.get(f"media/{ids[0]}/peaks")
    assert (len(shown["peaks"]), round(shown["duration"])) == (64, 1)
    assert (await desk.ask("GET", f"media/{ids[1]}/peaks")).status == 404
    _, stranger = await desk.somebody(Role.AGENT, in_team=True)
    assert (await desk.ask("GET", f"media/{ids[0]}/peaks", headers=stranger)).status == 404
