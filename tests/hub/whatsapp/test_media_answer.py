"""Graph's answers about files, well-formed and not."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.whatsapp.answer import Ambiguous, Refused
from hub.whatsapp.media_answer import Located, Uploaded, read_located, read_uploaded

JSON = "application/json; charset=UTF-8"
DIGEST = "ab" * 32


def located(status: int = 200, **document: Any) -> Located | Refused | Ambiguous:
    return read_located(status, JSON, json.dumps(document).encode())


def test_a_file_s_place() -> None:
    found = located(url="https://x", mime_type="image/png", sha256=DIGEST, file_size="12", id="7")
    assert found == Located("https://x", "image/png", DIGEST, 12)


@pytest.mark.parametrize(("size", "read"), [(12, 12), ("12", 12), (-1, None), ("x", None), (True, None), (1e9, None)])
def test_sizes(size: Any, read: int | None) -> None:
    found = located(url="https://x", file_size=size)
    assert isinstance(found, Located)
    assert found.size == read


def test_a_digest_may_be_in_base64() -> None:
    found = located(url="https://x", sha256=base64.b64encode(bytes.fromhex(DIGEST)).decode())
    assert isinstance(found, Located)
    assert found.sha256 == DIGEST


def test_an_upload_s_id() -> None:
    assert read_uploaded(200, JSON, b'{"id":"77"}') == Uploaded("77")
    assert read_uploaded(200, JSON, b'{"id":77}') == Uploaded("77")


@pytest.mark.parametrize(
    ("status", "body", "meant"),
    [
        (400, b'{"error":{"code":100,"message":"m"}}', Refused(100, "m")),
        (200, b"{}", Ambiguous("no_url")),
        (200, b'{"url":5}', Ambiguous("no_url")),
        (200, b"[]", Ambiguous("not_json")),
        (200, b"", Ambiguous("not_json")),
        (502, b"<html>", Ambiguous("http_502")),
        (404, b"{}", Ambiguous("http_404")),
    ],
)
def test_other_answers(status: int, body: bytes, meant: Refused | Ambiguous) -> None:
    assert read_located(status, JSON, body) == meant


def test_an_upload_without_an_id_says_nothing() -> None:
    assert read_uploaded(200, JSON, b"{}") == Ambiguous("no_id")


@settings(max_examples=200)
@given(st.sampled_from([200, 302, 400, 503]), st.sampled_from([JSON, "text/html", ""]), st.binary(max_size=40))
def test_any_bytes_mean_something(status: int, content_type: str, body: bytes) -> None:
    assert isinstance(read_located(status, content_type, body), Located | Refused | Ambiguous)
    assert isinstance(read_uploaded(status, content_type, body), Uploaded | Refused | Ambiguous)
