"""Thumbnails through their door."""

from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from PIL import Image

from hub.demo.whatsapp import files as samples
from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import DeskStage, staged_desk


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


async def upload(desk: DeskStage, content: bytes, mime_type: str) -> str:
    form = aiohttp.FormData()
    form.add_field("file", content, filename="file", content_type=mime_type)
    answer = await desk.client.post("/api/v1/media", data=form, headers=desk.headers)
    assert answer.status == 201, await answer.text()
    return str((await answer.json())["id"])


async def test_a_picture_is_shown_small_to_those_who_may_see_it(desk: DeskStage) -> None:
    id = await upload(desk, samples.picture(width=900, height=300), "image/png")
    answer = await desk.ask("GET", f"media/{id}/thumbnail")
    assert (answer.status, answer.content_type) == (200, "image/webp")
    with Image.open(BytesIO(await answer.read())) as image:
        assert max(image.size) == 320
    assert answer.headers["Cache-Control"] == "private, max-age=604800, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    again = await desk.ask("GET", f"media/{id}/thumbnail", If_None_Match=answer.headers["ETag"])
    assert again.status == 304
    _, stranger = await desk.somebody(Role.AGENT, in_team=True)
    assert (await desk.ask("GET", f"media/{id}/thumbnail", headers=stranger)).status == 404
    assert (await desk.ask("GET", f"media/{desk.team_id}/thumbnail")).status == 404


async def test_what_is_no_picture_has_none(desk: DeskStage) -> None:
    for content, mime_type in ((samples.paper(), "application/pdf"), (samples.picture()[:200], "image/png")):
        id = await upload(desk, content, mime_type)
        assert (await desk.ask("GET", f"media/{id}/thumbnail")).status == 404
