"""Each message type as content: its type, its text, its file, its extras."""

import json
from pathlib import Path
from typing import Any

import pytest

from hub.message import Content, ContentType
from hub.whatsapp.content import TEXT_LIMIT, content_of, kind_of

MESSAGES: dict[str, Any] = json.loads((Path(__file__).parent / "fixtures" / "messages.json").read_text())

T, IMG, VID, AUD, DOC, INT = (
    ContentType(word) for word in ("text", "image", "video", "audio", "document", "interactive")
)

SHOWN: dict[str, tuple[ContentType, str | None]] = {
    "text": (T, "Is the blue one in stock?"),
    "typeless_text": (T, "no type"),
    "image": (IMG, "broken lid"),
    "image_plain": (IMG, None),
    "video": (VID, "see"),
    "document": (DOC, "my invoice"),
    "document_unnamed": (DOC, None),
    "audio": (AUD, None),
    "voice_note": (AUD, None),
    "voice_legacy": (AUD, None),
    "sticker": (IMG, None),
    "sticker_animated": (IMG, None),
    "media_too_large": (VID, None),
    "media_without_part": (IMG, None),
    "location": (T, "Cafe Mitte, Ring 1, Wien (48.2082, 16.3738)"),
    "location_null_island": (T, "(0.0, 0.0)"),
    "contacts": (T, "Ana Lima: +351 210 000 001, +351 210 000 002\n+351 210 000 003"),
    "button_reply": (INT, "Yes please"),
    "list_reply": (INT, "Morning"),
    "form_reply": (INT, "Sent"),
    "form_reply_odd": (INT, "Sent"),
    "interactive_future": (INT, "slider_reply"),
    "button": (INT, "Track"),
    "order": (INT, "Order: 2 × TEA, 1 × CUP"),
    "order_with_words": (INT, "as a gift"),
}

PLACEHOLDERS: dict[str, tuple[ContentType, str]] = {
    "unsupported": (T, "[unsupported message]"),
    "unsupported_poll": (T, "[unsupported message: poll]"),
    "ephemeral": (T, "[unsupported message: ephemeral]"),
    "future_type": (T, "[unsupported message: hologram]"),
    "typeless_nothing": (T, "[unsupported message]"),
    "typeless_error": (T, "[unsupported message]"),
    "text_null": (T, "[unsupported message: text]"),
    "text_number": (T, "[unsupported message: text]"),
    "text_bare": (T, "[unsupported message: text]"),
    "interactive_empty": (INT, "[unsupported message: interactive]"),
}


def content(name: str) -> Content:
    return content_of(MESSAGES[name], kind_of(MESSAGES[name]))


@pytest.mark.parametrize("name", SHOWN)
def test_shown(name: str) -> None:
    found = content(name)
    assert (found.type, found.text) == SHOWN[name]
    assert "unsupported" not in found.metadata


@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_placeholders(name: str) -> None:
    found = content(name)
    assert (found.type, found.text) == PLACEHOLDERS[name]
    assert found.metadata["unsupported"] is True


def test_a_placeholder_keeps_what_came() -> None:
    assert content("future_type").metadata["raw"] == MESSAGES["future_type"]


@pytest.mark.parametrize(
    ("name", "extras"),
    [
        ("audio", {"voice": False}),
        ("voice_note", {"voice": True}),
        ("voice_legacy", {"voice": True}),
        ("sticker", {"sticker": True, "animated": False}),
        ("sticker_animated", {"sticker": True, "animated": True}),
        ("image", {}),
    ],
)
def test_extras_of_files(name: str, extras: dict[str, Any]) -> None:
    assert content(name).metadata == extras


def test_files_carry_what_is_known_of_them() -> None:
    image, document, large, bare = (
        content(name).media for name in ("image", "document", "media_too_large", "media_without_part")
    )
    assert image is not None
    assert document is not None
    assert large is not None
    assert bare is not None
    assert (image.provider_id, image.mime_type, image.failed) == ("9001", "image/jpeg", None)
    assert image.sha256 == "deadbeef" * 8
    assert image.url == "https://lookaside.fbsbx.com/x?mid=9001"
    assert document.filename == "invoice.pdf"
    assert large.failed == "File is over 100 MB"
    assert bare.failed == "the channel named no file"


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("text", {"body": "x" * (TEXT_LIMIT + 1)}),
        ("image", {"id": "1", "caption": "x" * (TEXT_LIMIT + 1)}),
        ("contacts", [{"name": {"formatted_name": "x" * TEXT_LIMIT}}] * 2),
    ],
)
def test_a_huge_text_is_cut(kind: str, part: Any) -> None:
    found = content_of({kind: part}, kind)
    assert len(found.text or "") == TEXT_LIMIT
    assert found.metadata["truncated"] is True


def test_the_largest_text_is_whole() -> None:
    assert content_of({"text": {"body": "x" * TEXT_LIMIT}}, "text").metadata == {}


@pytest.mark.parametrize(
    ("kind", "key"), [("text", "text"), ("location", "location"), ("order", "order"), ("button", "button")]
)
@pytest.mark.parametrize("part", [None, 5, "x", [], {}])
def test_a_type_without_its_part_is_a_placeholder(kind: str, key: str, part: Any) -> None:
    assert content_of({"type": kind, key: part}, kind).metadata.get("unsupported") is True


def test_the_name_of_an_unknown_type_is_bounded() -> None:
    assert len(content_of({}, "x" * 9999).text or "") < 100
