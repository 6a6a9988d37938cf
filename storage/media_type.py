"""What a file's bytes show it to be.

The types that people send have exact rules here, from their formats' specifications; anything rarer gets puremagic's
guess as a label, never as one of the types that may be uploaded or shown.
"""

import re
from collections.abc import Callable

import puremagic

from hub.media_type import KINDS, OFFICE

HEAD = 8192
"""Bytes from the start that are looked at."""

TAIL = 65_536
"""Bytes from the end: where an archive's list of names is."""

SURE = 0.3
"""puremagic's confidence from which on its guess is worth showing."""

_PREFIXES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"#!AMR\n", "audio/amr"),
    (b"#!AMR-WB\n", "audio/amr-wb"),
    (b"ID3", "audio/mpeg"),
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (
    ("WordDocument", "application/msword"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("Workbook", "application/vnd.ms-excel"),
    ("Book", "application/vnd.ms-excel"),
)
_OLE_TYPES = frozenset(mime_type for _, mime_type in _OLE_STREAMS)

_ZIP_PARTS = (
    (b"word/document", OFFICE + "wordprocessingml.document"),
    (b"xl/workbook", OFFICE + "spreadsheetml.sheet"),
    (b"ppt/presentation", OFFICE + "presentationml.presentation"),
)

_BRANDS = {b"M4A": "audio/mp4", b"M4B": "audio/mp4", b"qt ": "video/quicktime", b"3gp": "video/3gpp"}
_BRANDS |= {b"3g2": "video/3gpp2", b"avi": "image/avif", b"hei": "image/heic", b"mif": "image/heic"}

_MARKUP = re.compile(rb"<[A-Za-z!?/]")
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def media_type(head: bytes, tail: bytes, declared: str | None = None) -> str | None:
    """The type of a file whose first and last bytes these are, or None when they show nothing.

    `declared` only chooses where bytes of one form serve several types: a sound or a film in an MP4 file, the kinds of
    old Office files.
    """
    for prefix, mime_type in _PREFIXES:
        if head.startswith(prefix):
            return mime_type
    for rule in _RULES:
        found = rule(head, tail, declared)
        if found is not None:
            return found
    return _text(head) or _guess(head)


def _riff(head: bytes, _tail: bytes, _declared: str | None) -> str | None:
    return "image/webp" if head.startswith(b"RIFF") and head[8:12] == b"WEBP" else None


def _base_media(head: bytes, _tail: bytes, declared: str | None) -> str | None:
    """ISO/IEC 14496-12: a box `ftyp` with the brand. An MP4 file with sound alone often has a general brand."""
    if head[4:8] != b"ftyp":
        return None
    found = _BRANDS.get(head[8:11], "video/mp4")
    return "audio/mp4" if found == "video/mp4" and declared == "audio/mp4" else found


def _ogg(head: bytes, _tail: bytes, _declared: str | None) -> str | None:
    """RFC 5334: the first page says what is inside."""
    if not head.startswith(b"OggS"):
        return None
    page = head[:256]
    if b"OpusHead" in page or b"\x01vorbis" in page or b"Speex" in page:
        return "audio/ogg"
    return "application/ogg"


def _frames(head: bytes, _tail: bytes, _declared: str | None) -> str | None:
    """Streams of frames: eleven or twelve set bits, then MPEG's layer; a bit rate or frequency can be impossible."""
    if len(head) < 4 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0 and head[2] >> 2 & 0x0F < 13:
        return "audio/aac"
    is_layer_3 = head[1] & 0xE6 == 0xE2 and head[1] & 0x18 != 0x08
    return "audio/mpeg" if is_layer_3 and head[2] >> 4 != 15 and head[2] >> 2 & 3 != 3 else None


def _ole(head: bytes, tail: bytes, declared: str | None) -> str | None:
    """Microsoft's compound files: the streams' names are in UTF-16, wherever the directory lies."""
    if not head.startswith(_OLE):
        return None
    for name, mime_type in _OLE_STREAMS:
        written = name.encode("utf-16-le")
        if written in head or written in tail:
            return mime_type
    return declared if declared in _OLE_TYPES else "application/x-ole-storage"


def _zip(head: bytes, tail: bytes, _declared: str | None) -> str | None:
    """An archive is never unpacked: the names of its parts stand in clear before each and once more at the end."""
    if not head.startswith(b"PK\x03\x04"):
        return None
    return next((kind for part, kind in _ZIP_PARTS if part in head or part in tail), "application/zip")


_RULES: tuple[Callable[[bytes, bytes, str | None], str | None], ...] = (_riff, _base_media, _ogg, _frames, _ole, _zip)


def _text(head: bytes) -> str | None:
    """Text without control characters; what begins like markup is called so, because a browser would run it."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text/plain"
    body = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\f")
    if _NOT_TEXT.search(head) or not body:
        return None
    if not _MARKUP.match(body):
        return "text/plain"
    lower = body.lower()
    if b"<svg" in lower:
        return "image/svg+xml"
    return "text/xml" if lower.startswith(b"<?xml") and b"<html" not in lower else "text/html"


def _guess(head: bytes) -> str | None:
    if not head:
        return None
    try:
        matches = puremagic.magic_string(head)
    except puremagic.PureError:
        return None
    sure = (match.mime_type for match in matches if match.confidence >= SURE and match.mime_type)
    return next((mime_type for mime_type in sure if mime_type not in KINDS), None)
