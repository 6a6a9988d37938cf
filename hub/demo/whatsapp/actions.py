"""The acts of a customer by name, for the JSON API: each takes the request's object."""

import base64
from collections.abc import Awaitable, Callable
from typing import Any

from hub.demo.whatsapp.customers import Customer

Json = dict[str, Any]
Action = Callable[[Customer, Json], Awaitable[Any]]


def _content(wish: Json) -> bytes | None:
    encoded = wish.get("content_base64")
    return base64.b64decode(encoded) if encoded else None


def _number(wish: Json, key: str, default: float) -> float:
    return float(wish.get(key, default))


ACTIONS: dict[str, Action] = {
    "say": lambda who, wish: who.say(str(wish["text"]), quote=wish.get("quote")),
    "image": lambda who, wish: who.send_image(
        _content(wish), wish.get("mime_type", "image/png"), caption=wish.get("caption")
    ),
    "video": lambda who, wish: who.send_video(
        _content(wish), wish.get("mime_type", "video/mp4"), caption=wish.get("caption")
    ),
    "audio": lambda who, wish: who.send_audio(_content(wish), wish.get("mime_type", "audio/mpeg")),
    "voice": lambda who, wish: who.send_voice(min(600.0, _number(wish, "seconds", 2))),
    "document": lambda who, wish: who.send_document(
        _content(wish),
        wish.get("mime_type", "application/pdf"),
        filename=wish.get("filename", "receipt.pdf"),
        caption=wish.get("caption"),
    ),
    "sticker": lambda who, wish: who.send_sticker(_content(wish)),
    "location": lambda who, wish: who.send_location(
        _number(wish, "latitude", -23.5614), _number(wish, "longitude", -46.6559), wish.get("name"), wish.get("address")
    ),
    "contacts": lambda who, wish: who.send_contacts(
        [(str(wish.get("name", who.identity.name)), str(wish.get("phone", f"+{who.number}")))]
    ),
    "order": lambda who, wish: who.send_order([("sku-1", 2, 19.9)], note=wish.get("text")),
    "press": lambda who, wish: who.press(str(wish["id"]), str(wish["title"]), of=wish.get("of")),
    "choose": lambda who, wish: who.choose(str(wish["id"]), str(wish["title"]), of=wish.get("of")),
    "react": lambda who, wish: (
        who.react(str(wish["wamid"]), str(wish["emoji"])) if wish.get("emoji") else who.unreact(str(wish["wamid"]))
    ),
    "edit": lambda who, wish: who.edit(str(wish["wamid"]), str(wish["text"])),
    "delete": lambda who, wish: who.delete(str(wish["wamid"])),
    "open": lambda who, wish: who.open_chat(stay=bool(wish.get("stay"))),
    "close": lambda who, wish: who.close_chat(),
    "play": lambda who, wish: who.play(str(wish["wamid"])),
    "block": lambda who, wish: who.block(),
    "unblock": lambda who, wish: who.unblock(),
    "stop_marketing": lambda who, wish: who.stop_marketing(),
    "resume_marketing": lambda who, wish: who.resume_marketing(),
    "call": lambda who, wish: who.call(),
    "request_welcome": lambda who, wish: who.request_welcome(),
    "unsupported": lambda who, wish: who.unsupported(wish.get("kind", "poll")),
    "change_number": lambda who, wish: who.change_number(str(wish["number"])),
    "username": lambda who, wish: who.adopt_username(str(wish["username"])),
}
"""Names as they stand in `POST /world/customers/{number}/{action}`. A missing key of the object is a KeyError."""
