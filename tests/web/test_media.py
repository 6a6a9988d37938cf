"""Files in and out over HTTP, on a real table and a real disk."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from hub.demo.whatsapp import files as samples
from hub.ids import uuid7
from hub.media import File
from hub.message import MediaState
from hub.rights import Reader, Role
from storage.database import Database
from storage.media import MediaRows
from storage.media_files import MediaFiles
from web.media import MediaDoors, disposition, headers
from web.multipart import FormLimits
from web.principal import Principal

LIMIT = 100_000


class Desk:
    """A client, and people who sign their requests with their number in `X-User`."""

    def __init__(self, client: TestClient[web.Request, web.Application], doors: MediaDoors, folder: Path) -> None:
        self.client, self.doors, self.folder = client, doors, folder
        self.counted: list[tuple[str, int]] = []

    def on_disk(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]

    async def upload(
        self, who: UUID, content: bytes, filename: str = "a.png", mime_type: str = "image/png", **headers: str
    ) -> tuple[int, Any]:
        form = aiohttp.FormData(quote_fields=False)  # as browsers do
        form.add_field("file", content, filename=filename, content_type=mime_type)
        answer = await self.client.post("/api/v1/media", data=form, headers={"X-User": str(who), **headers})
        return answer.status, await answer.json()

    async def get(self, who: UUID, id: object, method: str = "GET", **headers: str) -> aiohttp.ClientResponse:
        return await self.client.request(method, f"/api/v1/media/{id}", headers={"X-User": str(who), **headers})


@pytest.fixture
async def desk(database: Database, open_doors: Any, tmp_path: Path) -> AsyncIterator[Desk]:
    counted: list[tuple[str, int]] = []
    files = MediaFiles(tmp_path)
    doors = MediaDoors(
        MediaRows(database), files, FormLimits(LIMIT, pause=0.3), lambda kind, size: counted.append((kind, size))
    )

    async def authenticate(request: web.Request) -> Principal:
        teams = frozenset(UUID(team) for team in request.headers.getall("X-Team", []))
        return Principal(UUID(request.headers["X-User"]), "Ana", Role.AGENT, teams)

    client = await open_doors(*doors.routes(), authenticate=authenticate)
    desk = Desk(client, doors, tmp_path)
    desk.counted = counted
    yield desk
    files.close()


# In


@pytest.mark.parametrize(
    ("content", "filename", "declared", "mime_type", "kind", "kept"),
    [
        (samples.picture(), "Foto.PNG", "image/png", "image/png", "image", "Foto.PNG"),
        (samples.picture(), "../../x.exe", "text/html", "image/png", "image", "x.exe.png"),
        (samples.paper(), "", "image/png", "application/pdf", "document", "file.pdf"),
        (samples.voice_note(), "voz.opus", "audio/ogg", "audio/ogg", "audio", "voz.opus"),
        (samples.film(), "m.mp4", "video/mp4", "video/mp4", "video", "m.mp4"),
        (samples.film(), "m.m4a", "audio/mp4; codecs=mp4a", "audio/mp4", "audio", "m.m4a"),
        (samples.STICKER, "s.webp", "image/webp", "image/webp", "image", "s.webp"),
        ("Olá".encode(), "notas.csv", "text/csv", "text/plain", "document", "notas.csv"),
    ],
)
async def test_a_file_is_taken_as_what_it_is(
    desk: Desk, content: bytes, filename: str, declared: str, mime_type: str, kind: str, kept: str
) -> None:
    who = uuid7()
    status, shown = await desk.upload(who, content, filename, declared)
    assert status == 201
    assert shown == {
        "id": shown["id"],
        "url": f"/api/v1/media/{shown['id']}",
        "type": kind,
        "mime_type": mime_type,
        "size": len(content),
        "filename": kept,
    }
    answer = await desk.get(who, shown["id"])
    assert await answer.read() == content
    assert desk.counted == [(kind, len(content))]


@pytest.mark.parametrize(
    ("content", "mime_type", "status", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", 415, "unsupported_media"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "text/plain", 415, "unsupported_media"),
        (b"MZ" + bytes(100), "image/png", 415, "unsupported_media"),
        (b"\x00\x01\x02", "image/png", 415, "unsupported_media"),
        (b"", "image/png", 422, "invalid_request"),
        (b"x" * (LIMIT + 1), "text/plain", 413, "payload_too_large"),
        (b"x" * (LIMIT + 100_000), "text/plain", 413, "payload_too_large"),
    ],
)
async def test_what_is_not_taken_leaves_nothing(
    desk: Desk, content: bytes, mime_type: str, status: int, code: str
) -> None:
    found, problem = await desk.upload(uuid7(), content, mime_type=mime_type)
    assert (found, problem["code"]) == (status, code)
    assert desk.on_disk() == []
    assert desk.counted == []


async def test_a_file_of_exactly_the_limit_is_taken(desk: Desk) -> None:
    assert (await desk.upload(uuid7(), b"x" * LIMIT, "a.txt"))[0] == 201


async def test_an_interrupted_upload_leaves_nothing(desk: Desk) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'

    async def body() -> AsyncIterator[bytes]:
        yield head + samples.picture()[:50_000]
        await asyncio.sleep(30)

    content_type = {"Content-Type": "multipart/form-data; boundary=b", "X-User": str(uuid7())}
    answer = await desk.client.post("/api/v1/media", data=body(), headers=content_type)
    assert (answer.status, (await answer.json())["code"]) == (408, "request_timeout")
    assert desk.on_disk() == []


async def test_a_repeated_request_is_answered_with_its_first_file(desk: Desk) -> None:
    who, key = uuid7(), {"Idempotency-Key": "k1"}
    status, first = await desk.upload(who, samples.picture(1), **key)
    again = await desk.upload(who, samples.picture(1), **key)
    assert (status, again) == (201, (201, first))
    assert (await desk.upload(who, samples.picture(2), **key))[1]["code"] == "idempotency_key_reused"
    assert (await desk.upload(who, b"x", **{"Idempotency-Key": "ä"}))[1]["code"] == "idempotency_key_invalid"
    other = await desk.upload(uuid7(), samples.picture(1), **key)
    assert other[1]["id"] != first["id"]
    assert len(desk.on_disk()) == 2


# Out


async def test_the_answer_of_a_picture(desk: Desk) -> None:
    who = uuid7()
    _, shown = await desk.upload(who, samples.picture(), "Início.png")
    answer = await desk.get(who, shown["id"])
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"] == "inline; filename=\"In_cio.png\"; filename*=UTF-8''In%C3%ADcio.png"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert (await desk.get(who, shown["id"], **{"If-None-Match": answer.headers["ETag"]})).status == 304


async def test_a_part_of_a_film(desk: Desk) -> None:
    who, film = uuid7(), samples.film()
    _, shown = await desk.upload(who, film, "f.mp4")
    answer = await desk.get(who, shown["id"], Range="bytes=4-11")
    assert (answer.status, await answer.read()) == (206, film[4:12])
    assert answer.headers["Content-Range"] == f"bytes 4-11/{len(film)}"
    assert (await desk.get(who, shown["id"], Range="bytes=999999-")).status == 416
    head = await desk.get(who, shown["id"], "HEAD")
    assert (head.status, head.headers["Content-Length"]) == (200, str(len(film)))


async def test_what_a_browser_would_run_is_only_saved(desk: Desk, scene: Any) -> None:
    """A customer may send anything; his label is not believed."""
    id = await scene.file(mime_type="text/html", filename="x.html", state="stored", size=7)
    async with desk.doors.files.incoming(100) as incoming:
        await incoming.write(b"<html/>")
        await incoming.seal(None)
        await incoming.keep(id)
    answer = await desk.get(scene.assignee_id, id)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="x.html"')


async def test_others_get_what_they_get_for_nothing(desk: Desk) -> None:
    who = uuid7()
    _, shown = await desk.upload(who, samples.picture())
    bodies = []
    for id in (shown["id"], uuid7(), "nonsense"):
        answer = await desk.get(uuid7(), id)
        problem = await answer.json()
        problem.pop("request_id")
        bodies.append((answer.status, problem))
    assert bodies[0][0] == 404
    assert bodies[0] == bodies[1] == bodies[2]


async def test_a_customer_s_file_is_seen_with_its_conversation(desk: Desk, scene: Any) -> None:
    id = await scene.file(mime_type="image/png")
    async with desk.doors.files.incoming(100) as incoming:
        await incoming.write(b"content")
        await incoming.seal(None)
        await incoming.keep(id)
    assert (await desk.get(scene.assignee_id, id)).status == 404  # not settled yet
    await scene.execute("update media set state = 'stored' where id = $1", id)
    assert (await desk.get(scene.assignee_id, id)).status == 200
    assert (await desk.get(uuid7(), id, **{"X-Team": str(scene.team_id)})).status == 200
    assert (await desk.get(uuid7(), id)).status == 404
    await desk.doors.files.remove(id)
    assert (await desk.get(scene.assignee_id, id)).status == 404


# For messages


async def test_an_upload_can_be_put_into_a_message(desk: Desk) -> None:
    who = uuid7()
    _, shown = await desk.upload(who, samples.picture(), "a.png")
    found = await desk.doors.attachable(Reader(who, Role.AGENT, frozenset()), UUID(shown["id"]))
    del shown["url"]
    assert found == shown
    assert await desk.doors.attachable(Reader(uuid7(), Role.AGENT, frozenset()), UUID(shown["id"])) is None


async def test_what_is_not_here_or_of_no_kind_cannot_be_put_into_a_message(desk: Desk, scene: Any) -> None:
    reader = Reader(scene.assignee_id, Role.AGENT, frozenset())
    assert await desk.doors.attachable(reader, await scene.file(mime_type="image/png")) is None
    assert await desk.doors.attachable(reader, await scene.file(mime_type="text/html", state="stored", size=1)) is None
    assert await desk.doors.attachable(reader, await scene.file(mime_type="image/png", state="stored", size=1))


# Headers


@pytest.mark.parametrize(
    "name", ['a".png', "a\\b%00.png", "Rechnung №5.pdf", "a; filename=b", "x" * 200, "emoji 😀.png", "a'b.png"]
)
def test_any_name_is_one_harmless_header(name: str) -> None:
    header = disposition("attachment", name)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert unquote(header.partition("filename*=UTF-8''")[2]) == name


def test_a_file_without_a_name_gets_one() -> None:
    nameless = File(uuid7(), MediaState.STORED, "audio/ogg", 1, None, None)
    assert 'filename="file.ogg"' in headers(nameless)["Content-Disposition"]
