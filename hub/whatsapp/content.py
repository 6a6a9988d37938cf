"""What a message says: each of WhatsApp's message types as the hub's `Content`.

Meta, "Webhooks: messages reference". A type that is new, or lacks its body, becomes a placeholder: a customer's
message is never dropped because of its shape.
"""

from collections.abc import Callable
from typing import Any

from attrs import evolve

from hub.message import Content, ContentType
from hub.whatsapp import interactive, rich
from hub.whatsapp.media import announced
from hub.whatsapp.payload import Json, mapping, text

TEXT_LIMIT = 65_536
"""Characters of a text, caption or rendered line; the rest is cut off and `metadata.truncated` is set. WhatsApp itself
stops at 4096; the search index of PostgreSQL fails at a megabyte."""
KIND_LIMIT = 64
"""Characters of an unknown type's name in its placeholder."""

_PRIVATE = frozenset({"from", "from_user_id", "from_parent_user_id", "to", "to_user_id", "to_parent_user_id"})
_HANDLED = _PRIVATE | {"id", "timestamp", "context", "referral", "errors"}


def kind_of(message: Json) -> str:
    """The message's type; without one, the first known type whose body is there; else `unknown`."""
    kind = text(message.get("type"))
    if kind is not None:
        return kind
    return next((key for key in message if key in BODIES), "unsupported" if "errors" in message else "unknown")


def content_of(message: Json, kind: str) -> Content:
    """The content of a message of type `kind`, or its placeholder."""
    reader = READERS.get(kind)
    content = reader(message, kind) if reader else None
    return _bounded(content or placeholder(message, kind))


def _bounded(content: Content) -> Content:
    if content.text is None or len(content.text) <= TEXT_LIMIT:
        return content
    return evolve(content, text=content.text[:TEXT_LIMIT], metadata={**content.metadata, "truncated": True})


def placeholder(message: Json, kind: str) -> Content:
    """What an agent sees for a message that the hub cannot show. `metadata.raw` keeps it, without its addresses."""
    said = text(mapping(message.get("unsupported")).get("type"))
    name = said or (None if kind in ("unsupported", "unknown") else kind)
    label = f"[unsupported message: {name[:KIND_LIMIT]}]" if name else "[unsupported message]"
    raw = {key: value for key, value in message.items() if key not in _HANDLED}
    shown_as = ContentType.INTERACTIVE if kind == "interactive" else ContentType.TEXT
    return Content(shown_as, label, metadata={"unsupported": True, "raw": raw})


def _text(message: Json, kind: str) -> Content | None:
    body = mapping(message.get("text")).get("body")
    return Content(ContentType.TEXT, body) if isinstance(body, str) else None


def _media(shown_as: ContentType, extras: Callable[[Json, str], dict[str, Any]] = lambda _part, _kind: {}) -> "Reader":
    def read(message: Json, kind: str) -> Content:
        part = mapping(message.get(kind))
        media = announced(part, message.get("errors"))
        return Content(shown_as, text(part.get("caption")), media, extras(part, kind))

    return read


def _audio_extras(part: Json, kind: str) -> dict[str, Any]:
    """`voice` marks a recorded note; `voice` was once a type of its own."""
    return {"voice": kind == "voice" or part.get("voice") is True}


def _sticker_extras(part: Json, kind: str) -> dict[str, Any]:
    return {"sticker": True, "animated": part.get("animated") is True}


Reader = Callable[[Json, str], Content | None]

READERS: dict[str, Reader] = {
    "text": _text,
    "image": _media(ContentType.IMAGE),
    "video": _media(ContentType.VIDEO),
    "document": _media(ContentType.DOCUMENT),
    "audio": _media(ContentType.AUDIO, _audio_extras),
    "voice": _media(ContentType.AUDIO, _audio_extras),
    "sticker": _media(ContentType.IMAGE, _sticker_extras),
    "location": rich.location,
    "contacts": rich.contacts,
    "order": rich.order,
    "interactive": interactive.reply,
    "button": interactive.button,
}

BODIES = frozenset(READERS) | {"reaction", "system", "edit", "revoke", "unsupported", "request_welcome"}
"""The keys under which a message's body can lie, by which a missing type is guessed."""
