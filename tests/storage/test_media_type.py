"""Types by their bytes: what people send, what pretends, and that no bytes whatever break it."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.demo.whatsapp import files
from hub.media_type import KINDS, OFFICE, label
from storage.media_type import HEAD, TAIL, media_type

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def shown(content: bytes, declared: str | None = None) -> str | None:
    return media_type(content[:HEAD], content[-TAIL:], declared)


def archive(*names: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as zipped:
        for name in names:
            zipped.writestr(name, "x" * 9000)
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "mime_type"),
    [
        (files.picture(), "image/png"),
        (files.STICKER, "image/webp"),
        (files.voice_note(), "audio/ogg"),
        (files.paper(), "application/pdf"),
        (files.film(), "video/mp4"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"GIF89a\x01\x00", "image/gif"),
        (b"\x00\x00\x00\x18ftypM4A \x00\x00", "audio/mp4"),
        (b"\x00\x00\x00\x18ftyp3gp5\x00\x00", "video/3gpp"),
        (b"\x00\x00\x00\x18ftypqt  \x00\x00", "video/quicktime"),
        (b"#!AMR\n<svg", "audio/amr"),
        (b"ID3\x04\x00", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"\xff\xf3\x40\xc0", "audio/mpeg"),
        (b"\xff\xf1\x50\x80", "audio/aac"),
        (b"\xff\xfb\xf0\x64", "text/plain"),
        (b"OggS\x00\x02" + bytes(22) + b"\x80theora", "application/ogg"),
        (archive("[Content_Types].xml", "word/document.xml"), OFFICE + "wordprocessingml.document"),
        (archive("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"), OFFICE + "spreadsheetml.sheet"),
        (archive("ppt/presentation.xml"), OFFICE + "presentationml.presentation"),
        (archive("evil.exe"), "application/zip"),
        (OLE + bytes(600) + "WordDocument".encode("utf-16-le"), "application/msword"),
        (OLE + bytes(600) + "Workbook".encode("utf-16-le"), "application/vnd.ms-excel"),
        (OLE + bytes(600), "application/x-ole-storage"),
        ("Olá, mundo\n".encode(), "text/plain"),
        ("Olá".encode("latin-1"), "text/plain"),
        ("Olá".encode("utf-16"), "text/plain"),
        (b"a < b and b > c", "text/plain"),
        (b"<!DOCTYPE html><html>", "text/html"),
        (b"\xef\xbb\xbf \n<svg onload=alert(1)>", "image/svg+xml"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">', "image/svg+xml"),
        (b"<?xml version='1.0'?><html xmlns='x'>", "text/html"),
        (b"<?xml version='1.0'?><invoice>", "text/xml"),
        (b"<!-- a comment --><SVG>", "image/svg+xml"),
        (b"<script>alert(1)</script>", "text/html"),
        (b"MZ\x90\x00" + bytes(60), "application/vnd.microsoft.portable-executable"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(9), "application/x-7z-compressed"),
        (b"", None),
        (b"\x00\x01\x02", None),
    ],
)
def test_types(content: bytes, mime_type: str | None) -> None:
    assert shown(content) == mime_type


@pytest.mark.parametrize(
    ("content", "declared", "mime_type"),
    [
        (files.film(), "audio/mp4", "audio/mp4"),
        (files.film(), "image/png", "video/mp4"),
        (OLE + bytes(600), "application/msword", "application/msword"),
        (OLE + bytes(600), "image/png", "application/x-ole-storage"),
        (b"<svg>", "image/png", "image/svg+xml"),
        (b"\x00\x01\x02", "image/png", None),
    ],
)
def test_the_declared_type_only_chooses_among_the_possible(content: bytes, declared: str, mime_type: str) -> None:
    assert shown(content, declared) == mime_type


STARTS = (b"\xff\xfb", b"OggS", b"RIFF", b"PK\x03\x04", OLE, b"\0\0\0\x18ftyp", b"<", b"%PDF-", b"MZ", b"")


@settings(max_examples=200)
@given(st.sampled_from(STARTS), st.binary(max_size=64), st.sampled_from([None, "audio/mp4", "image/png"]))
def test_any_bytes_have_an_answer(magic: bytes, rest: bytes, declared: str | None) -> None:
    found = shown(magic + rest, declared)
    assert found is None or "/" in found


@settings(max_examples=200)
@given(st.binary(max_size=64), st.sampled_from(sorted(KINDS)))
def test_a_declared_type_alone_never_becomes_one_that_is_shown(rest: bytes, declared: str) -> None:
    """Bytes that begin with what no such type begins with."""
    assert label(shown(b"\x00\x00\x00\x00\x01" + rest), declared) not in KINDS
