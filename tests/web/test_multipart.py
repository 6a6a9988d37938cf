"""Forms as strangers write them: one file is taken, and whatever else it is, the answer is a 4xx."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from web import answers
from web.multipart import FORM, FormLimits, read_file
from web.routes import Route

LIMIT = 1000
FILE = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
END = b"\r\n--b--\r\n"


@pytest.fixture
async def door(open_doors: Any) -> Any:
    async def take(request: web.Request) -> web.Response:
        taken = bytearray()

        async def keep(chunk: bytes) -> None:
            taken.extend(chunk)

        part = await read_file(request, FormLimits(LIMIT, pause=0.2, total=0.6), keep)
        return answers.json([taken.decode("latin-1"), part.filename, part.content_type])

    return await open_doors(Route(method="POST", path="/form", handler=take, summary="", permission=None))


async def post(door: Any, body: Any, content_type: str = "multipart/form-data; boundary=b") -> tuple[int, Any]:
    answer = await door.post("/form", data=body, headers={"Content-Type": content_type})
    return answer.status, await answer.json()


async def test_a_file_is_read(door: Any) -> None:
    assert await post(door, FILE + b"content" + END) == (200, ["content", "a.txt", "text/plain"])


@pytest.mark.parametrize("length", [b"99999", b"-1", b"x"])
async def test_a_part_s_own_length_means_nothing(door: Any, length: bytes) -> None:
    body = b"--b\r\nContent-Length: " + length + b"\r\n" + FILE.removeprefix(b"--b\r\n") + b"1" + END
    assert (await post(door, body))[1][0] == "1"


async def test_parts_are_handed_on_as_they_come(door: Any) -> None:
    async def body() -> AsyncIterator[bytes]:
        for part in (FILE[:20], FILE[20:], b"con", b"tent", END[:4], END[4:]):
            yield part
            await asyncio.sleep(0.01)

    assert (await post(door, body()))[1][0] == "content"


@pytest.mark.parametrize(
    ("body", "status", "code", "path"),
    [
        (b"--b--\r\n", 422, "invalid_request", "$.file"),
        (b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1' + END, 422, "invalid_request", "$.x"),
        (b"--b\r\nContent-Disposition: form-data\r\n\r\n1" + END, 422, "invalid_request", "$.file"),
        (FILE + b"1\r\n" + FILE + b"2" + END, 422, "invalid_request", "$.file"),
        (FILE + b"x" * (LIMIT + 1) + END, 413, "payload_too_large", None),
        (FILE + b"x" * (LIMIT + FORM + 1) + END, 413, "payload_too_large", None),
        (b"nonsense", 400, "bad_request", None),
        (b"", 400, "bad_request", None),
        (FILE + b"cut off", 400, "bad_request", None),
        (b"--b\r\n" + b"X: " + b"y" * 70_000 + b"\r\n\r\n" + END, 413, "payload_too_large", None),
        (b"--b\r\n" + b"X: " + b"y" * 20_000 + b"\r\n\r\n" + END, 400, "bad_request", None),
        (b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c--" + END, 422, "invalid_request", "$.file"),
    ],
)
async def test_other_forms(door: Any, body: bytes, status: int, code: str, path: str | None) -> None:
    found, problem = await post(door, body)
    assert (found, problem["code"]) == (status, code)
    assert (problem["errors"][0]["path"] if "errors" in problem else None) == path


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 415),
        ("multipart/mixed; boundary=b", 415),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=" + "b" * 200, 400),
    ],
)
async def test_other_content_types(door: Any, content_type: str, status: int) -> None:
    assert (await post(door, FILE + b"x" + END, content_type))[0] == status


async def test_silence_ends_it(door: Any) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield FILE + b"con"
        await asyncio.sleep(30)

    assert (await post(door, body()))[0] == 408


async def test_dripping_ends_it(door: Any) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield FILE
        while True:
            yield b"x"
            await asyncio.sleep(0.05)

    assert (await post(door, body()))[0] == 408


PIECES = [
    *(b"--b", b"\r\n", b"--b--", b"--", b"\n", FILE, END, b"x", b"Content-Length: 5\r\n", b"\xff\x00", b":", b'name="'),
    *(b"Content-Transfer-Encoding: base64\r\n", b"Content-Disposition: form-data; name*=x''%ff\r\n", b"\r\n\r\n"),
]


def chains() -> list[bytes]:
    """Forms put together from pieces of forms, the same ones each time."""
    chance = random.Random(7)
    return [b"".join(chance.choices(PIECES, k=chance.randint(1, 8))) for _ in range(200)]


async def test_no_form_is_our_error(door: Any) -> None:
    for body in chains():
        status, _ = await post(door, body)
        assert status in (200, 400, 408, 413, 422), body
