"""Files on WhatsApp: what may be sent, whose addresses may be followed, and how a webhook announces one.

Meta, "Media" (supported types and sizes; media addresses live 5 minutes and need the access token) and "Webhooks:
messages" (`sha256` is base64 there and hex in `GET /{media_id}`).
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from hub.errors import UnsupportedMedia
from hub.message import Media
from hub.whatsapp.payload import Json, elements, mapping, text, token

KILOBYTE, MEGABYTE = 1024, 1024 * 1024

_OFFICE = "application/vnd.openxmlformats-officedocument."

LIMITS: Mapping[str, Mapping[str, int]] = {
    "image": dict.fromkeys(("image/jpeg", "image/png"), 5 * MEGABYTE),
    "video": dict.fromkeys(("video/mp4", "video/3gpp"), 16 * MEGABYTE),
    "audio": dict.fromkeys(("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"), 16 * MEGABYTE),
    "document": dict.fromkeys(
        (
            "text/plain",
            "application/pdf",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            _OFFICE + "wordprocessingml.document",
            _OFFICE + "spreadsheetml.sheet",
            _OFFICE + "presentationml.presentation",
        ),
        100 * MEGABYTE,
    ),
    "sticker": {"image/webp": 500 * KILOBYTE},
}
"""Bytes allowed per kind and media type. Meta's 500 KB for stickers is the animated case; still ones get 100 KB, which
needs a look into the file and is left to Meta's own refusal (131053)."""

UNAVAILABLE = "131052"
"""Meta's code for a customer's file that it could not fetch or that is over 100 MB."""
FILENAME_LIMIT = 255
"""Characters of a file's name; the rest is cut off."""

_HEX = re.compile(r"[0-9a-fA-F]{64}")


def check_file(kind: str, mime_type: str, size: int) -> None:
    """Whether a file can be sent as `kind`. Raises `UnsupportedMedia` saying why not; `size` is in bytes."""
    allowed = LIMITS.get(kind)
    if allowed is None:
        raise UnsupportedMedia(f"WhatsApp takes no file as {kind}.")
    limit = allowed.get(mime_type.partition(";")[0].strip().lower())
    if limit is None:
        raise UnsupportedMedia(f"WhatsApp does not take {mime_type} as {kind}.")
    if not 0 < size <= limit:
        raise UnsupportedMedia(f"A WhatsApp {kind} must have 1 to {limit} bytes; this one has {size}.")


def announced(part: Json, errors: Any) -> Media:
    """The file that a message's media part announces. Without id and address it is `failed`, with Meta's reason."""
    provider_id, url = token(part.get("id")), text(part.get("url"))
    filename = text(part.get("filename"))
    return Media(
        provider_id=provider_id,
        url=url,
        mime_type=text(part.get("mime_type")),
        sha256=sha256_hex(part.get("sha256")),
        filename=filename[:FILENAME_LIMIT] if filename else None,
        failed=_failure(errors) or (None if provider_id or url else "the channel named no file"),
    )


def _failure(errors: Any) -> str | None:
    for error in map(mapping, elements(errors)):
        if token(error.get("code")) == UNAVAILABLE:
            details = mapping(error.get("error_data")).get("details")
            return text(details) or text(error.get("title")) or "the channel could not fetch the file"
    return None


def sha256_hex(value: Any) -> str | None:
    """A SHA-256 in lower-case hex, from base64 or hex; None for anything else, which nothing can be checked against."""
    if not isinstance(value, str):
        return None
    if _HEX.fullmatch(value):
        return value.lower()
    try:
        digest = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    return digest.hex() if len(digest) == 32 else None


def allowed_media_url(url: str, allowed_hosts: Iterable[str]) -> bool:
    """Whether the access token may be sent to `url`.

    `allowed_hosts` are host names (`lookaside.fbsbx.com`: https, port 443; `*.fbcdn.net`: any subdomain of it) or
    origins (`http://127.0.0.1:9000`: exactly that scheme, host and port). Anything unusual is refused: user info,
    backslashes, blanks and control characters, other ports, look-alike subdomains.
    """
    if not url.isascii() or any(character <= " " or character in '\\"<>^`{|}\x7f' for character in url):
        return False
    origin = _origin(url)
    return origin is not None and any(
        _fits(origin, _origin(host if "://" in host else f"https://{host}")) for host in allowed_hosts
    )


def _fits(origin: tuple[str, str, int], allowed: tuple[str, str, int] | None) -> bool:
    if allowed is None or not allowed[1].startswith("*."):
        return origin == allowed
    domain = allowed[1].removeprefix("*")
    return origin[0] == allowed[0] and origin[2] == allowed[2] and origin[1].endswith(domain) and origin[1] != domain


def _origin(url: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80)
