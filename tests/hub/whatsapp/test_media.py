"""Files: what may be sent, whose addresses get the token, how a digest is written."""

import base64
import hashlib
from typing import Any

import pytest

from hub.errors import UnsupportedMedia
from hub.whatsapp.media import LIMITS, MEGABYTE, allowed_media_url, announced, check_file, sha256_hex

HOSTS = ("lookaside.fbsbx.com", "http://127.0.0.1:9000")
DIGEST = hashlib.sha256(b"file").digest()


@pytest.mark.parametrize(("kind", "mime_type"), [(kind, mime_type) for kind in LIMITS for mime_type in LIMITS[kind]])
def test_every_type_has_an_exact_limit(kind: str, mime_type: str) -> None:
    limit = LIMITS[kind][mime_type]
    check_file(kind, mime_type, limit)
    with pytest.raises(UnsupportedMedia):
        check_file(kind, mime_type, limit + 1)


@pytest.mark.parametrize(
    ("kind", "mime_type", "size"),
    [
        ("image", "image/gif", 1),
        ("image", "video/mp4", 1),
        ("image", "", 1),
        ("image", "image/png", 0),
        ("location", "image/png", 1),
        ("document", "text/html", 1),
    ],
)
def test_refused_files(kind: str, mime_type: str, size: int) -> None:
    with pytest.raises(UnsupportedMedia):
        check_file(kind, mime_type, size)


def test_parameters_of_a_media_type_do_not_count() -> None:
    check_file("audio", "Audio/OGG; codecs=opus", 16 * MEGABYTE)


@pytest.mark.parametrize(
    "url",
    [
        "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&hash=x",
        "https://LOOKASIDE.fbsbx.com/a",
        "https://lookaside.fbsbx.com:443/a",
        "http://127.0.0.1:9000/media/1",
    ],
)
def test_the_token_goes_to_listed_hosts(url: str) -> None:
    assert allowed_media_url(url, HOSTS)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/media/1",
        "//lookaside.fbsbx.com/a",
        "http://lookaside.fbsbx.com/a",
        "https://lookaside.fbsbx.com:8443/a",
        "https://lookaside.fbsbx.com.evil.example/a",
        "https://evil.example/lookaside.fbsbx.com",
        "https://x.lookaside.fbsbx.com/a",
        "https://lookaside.fbsbx.com@evil.example/a",
        "https://user:pw@lookaside.fbsbx.com/a",
        "https://@lookaside.fbsbx.com/a",
        "https://evil.example\\@lookaside.fbsbx.com/a",
        "https://lookaside.fbsbx.com\\.evil.example/a",
        "https://lookaside.fbsbx.com\n.evil.example/a",
        " https://lookaside.fbsbx.com/a",
        "https://lookaside.fbsbx.com./a",
        "https://lookaside.fbsbx.com:99999/a",
        "https://lookaside.fbsbx.com:x/a",
        "https://[lookaside.fbsbx.com/a",
        "https://ⅼookaside.fbsbx.com/a",
        "ftp://lookaside.fbsbx.com/a",
        "file:///etc/passwd",
        "https://127.0.0.1:9000/a",
        "http://127.0.0.1:9001/a",
        "http://127.0.0.1/a",
        "http://2130706433:9000/a",
    ],
)
def test_the_token_goes_nowhere_else(url: str) -> None:
    assert not allowed_media_url(url, HOSTS)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://scontent.xx.fbcdn.net/a", True),
        ("https://x.fbcdn.net:443/a", True),
        ("https://fbcdn.net/a", False),
        ("https://.fbcdn.net/a", False),
        ("https://evilfbcdn.net/a", False),
        ("https://x.fbcdn.net.evil.example/a", False),
        ("https://x.fbcdn.net@evil.example/a", False),
        ("http://x.fbcdn.net/a", False),
        ("https://x.fbcdn.net:8443/a", False),
    ],
)
def test_a_star_stands_for_subdomains_alone(url: str, allowed: bool) -> None:
    assert allowed_media_url(url, ("*.fbcdn.net",)) is allowed


def test_no_hosts_no_token() -> None:
    assert not allowed_media_url("https://lookaside.fbsbx.com/a", ())


@pytest.mark.parametrize("value", [base64.b64encode(DIGEST).decode(), DIGEST.hex(), DIGEST.hex().upper()])
def test_digests_become_lower_case_hex(value: str) -> None:
    assert sha256_hex(value) == DIGEST.hex()


@pytest.mark.parametrize(
    "value", [None, 5, "", "abcd", "=", "ä" * 44, DIGEST.hex()[:-1], base64.b64encode(b"x" * 31).decode()]
)
def test_other_digests_are_none(value: Any) -> None:
    assert sha256_hex(value) is None


@pytest.mark.parametrize(
    ("errors", "failed"),
    [
        ([{"code": 131052, "error_data": {"details": "too big"}}], "too big"),
        ([{"code": "131052", "title": "Media download error"}], "Media download error"),
        ([5, {"code": 131052}], "the channel could not fetch the file"),
        ([{"code": 1}], None),
        ("x", None),
    ],
)
def test_the_channel_s_own_failure(errors: Any, failed: str | None) -> None:
    assert announced({"id": "1"}, errors).failed == failed


def test_a_file_s_name_is_bounded() -> None:
    assert len(announced({"id": "1", "filename": "x" * 9999}, None).filename or "") == 255
