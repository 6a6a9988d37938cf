"""The inbox page: from built files, under a strict policy, and nothing but them."""

import gzip
from pathlib import Path

import pytest

from tests.web.conftest import Client, OpenDoors
from web.cookie import MARKER, Cookie
from web.page import POLICY, InboxPage

PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    files = {"index.html": b"<!doctype html>", "favicon.svg": b"<svg/>", "assets/main-abc.js": b"let x = 1;"}
    for name, body in files.items():
        path = tmp_path / "static" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    (tmp_path / "static/assets/main-abc.js.gz").write_bytes(gzip.compress(b"let x = 1;"))
    (tmp_path / "static/assets/main-abc.js.br").write_bytes(b"brotli's bytes")
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "static"


@pytest.fixture
async def client(open_doors: OpenDoors, built: Path) -> Client:
    client = await open_doors(*InboxPage(built, Cookie(secure=False)).routes())
    client.session._auto_decompress = False
    return client


@pytest.mark.parametrize(
    "path", ["/", "/login", "/inbox", "/inbox/mine/018f", "/customers/1", "/admin/users", "/settings"]
)
async def test_screens_are_the_page(client: Client, path: str) -> None:
    answer = await client.get(path, headers=PLAIN)
    assert (answer.status, await answer.read()) == (200, b"<!doctype html>")
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["Cache-Control"] == "no-cache"
    again = await client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status == 304


def test_the_policy_lets_no_script_in() -> None:
    directives = dict(part.strip().split(" ", 1) for part in POLICY.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == directives["connect-src"] == "'self'"
    assert directives["frame-ancestors"] == directives["base-uri"] == directives["object-src"] == "'none'"
    assert "unsafe" not in POLICY


async def test_assets_never_change_and_come_compressed(client: Client) -> None:
    answers = {}
    for accepted in ("identity", "gzip", "gzip, deflate, br", "zstd"):
        answer = await client.get("/assets/main-abc.js", headers={"Accept-Encoding": accepted})
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.content_type in ("text/javascript", "application/javascript")
        answers[accepted] = (answer.headers.get("Content-Encoding"), await answer.read())
    assert answers["identity"] == answers["zstd"] == (None, b"let x = 1;")
    assert answers["gzip"][0] == "gzip"
    assert answers["gzip, deflate, br"] == ("br", b"brotli's bytes")


@pytest.mark.parametrize(
    "path",
    ["/assets/../secret.txt", "/assets/..%2f..%2fsecret.txt", "/assets/main-abc.js.gz", "/assets/", "/index.html",
     "/secret.txt", "/assets/%2e%2e/secret.txt"],
)  # fmt: skip
async def test_nothing_else_is_served(client: Client, path: str) -> None:
    answer = await client.get(path)
    assert answer.status == 404
    assert b"secret" not in await answer.read()


async def test_files_beside_the_page(client: Client) -> None:
    answer = await client.get("/favicon.svg", headers=PLAIN)
    assert (answer.status, answer.content_type, await answer.read()) == (200, "image/svg+xml", b"<svg/>")


async def test_without_the_page_it_says_so(open_doors: OpenDoors, tmp_path: Path) -> None:
    client = await open_doors(*InboxPage(tmp_path / "missing", Cookie(secure=False)).routes())
    answer = await client.get("/inbox/mine")
    assert answer.status == 503
    assert "make setup" in await answer.text()


@pytest.mark.parametrize(
    ("cookies", "marked"),
    [
        ({}, False),
        ({"theme": "dark"}, False),
        ({"hub_refresh": "token"}, True),
        ({"hub_refresh": "token", MARKER: "1"}, False),
    ],
)
async def test_who_signed_in_before_there_was_a_marker_gets_one(
    client: Client, cookies: dict[str, str], *, marked: bool
) -> None:
    for headers in ({}, {"If-None-Match": (await client.get("/")).headers["ETag"]}):
        answer = await client.get("/", headers=headers, cookies=cookies)
        assert (MARKER in answer.cookies) is marked
        client.session.cookie_jar.clear()
