"""Declared types, and names that are safe to save under."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.media_type import EXTENSIONS, INLINE, KINDS, NAME_LIMIT, OCTETS, clean_name, kind_of, label, plain_type


def test_each_type_has_an_ending() -> None:
    assert EXTENSIONS.keys() == KINDS.keys()


def test_nothing_that_runs_is_shown_inline() -> None:
    assert KINDS.keys() > INLINE
    assert not INLINE & {"text/html", "image/svg+xml", "text/xml", "text/plain"}


@pytest.mark.parametrize(
    ("declared", "plain"),
    [
        ("Audio/OGG; codecs=opus", "audio/ogg"),
        (" image/png ", "image/png"),
        ("image", None),
        ("a/b\r\nX: y", None),
        ("", None),
        (None, None),
        ("x/" + "y" * 64, None),
    ],
)
def test_plain_types(declared: str | None, plain: str | None) -> None:
    assert plain_type(declared) == plain


def test_kinds() -> None:
    assert kind_of("image/webp") == "image"
    assert kind_of("text/html") is None
    assert kind_of(None) is None


@pytest.mark.parametrize(
    ("shown", "declared", "kept"),
    [
        ("image/png", "text/html", "image/png"),
        (None, "model/step", "model/step"),
        (None, "image/png", OCTETS),
        (None, "nonsense", OCTETS),
        (None, None, OCTETS),
    ],
)
def test_a_label_claims_no_more_than_the_bytes_show(shown: str | None, declared: str | None, kept: str) -> None:
    assert label(shown, declared) == kept


@pytest.mark.parametrize(
    ("given_name", "mime_type", "name"),
    [
        ("photo.JPG", "image/jpeg", "photo.JPG"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\Users\\x\\a.pdf", "application/pdf", "a.pdf"),
        ("invoice.exe", "application/pdf", "invoice.exe.pdf"),
        ("fdp.exe\u202e.pdf", "application/pdf", "fdp.exe.pdf"),
        ("a\r\nSet-Cookie: x=1.png", "image/png", "a  Set-Cookie_ x=1.png"),
        ("a\0b\x1b.png", "image/png", "ab.png"),
        (".htaccess", "text/plain", "htaccess.txt"),
        ("Relatório final.pdf", "application/pdf", "Relatório final.pdf"),
        ("", "image/png", "file.png"),
        (None, "image/png", "file.png"),
        ("...", OCTETS, "file"),
        ("drawing.dwg", OCTETS, "drawing.dwg"),
        ("x" * 300 + ".pdf", "application/pdf", "x" * (NAME_LIMIT - 4) + ".pdf"),
        ("x" * 300, OCTETS, "x" * NAME_LIMIT),
        ("x." + "y" * 300, OCTETS, "x." + "y" * (NAME_LIMIT - 2)),
    ],
)
def test_names(given_name: str | None, mime_type: str, name: str) -> None:
    assert clean_name(given_name, mime_type) == name


@settings(max_examples=200)
@given(st.text(max_size=300), st.sampled_from([OCTETS, "image/png", "text/plain"]))
def test_any_name_becomes_a_safe_one(name: str, mime_type: str) -> None:
    cleaned = clean_name(name, mime_type)
    assert 0 < len(cleaned) <= NAME_LIMIT
    assert not set(cleaned) & set('/\\\r\n\0"<>|:*?')
    assert not cleaned.startswith(".")
    assert cleaned.encode()
    assert clean_name(cleaned, mime_type) == cleaned
