"""Outgoing messages as request bodies, compared with the shapes that the Graph API documents."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hub.errors import Invalid
from hub.inbound import Identity, IdentityKind, Outgoing
from hub.message import Content, ContentType, Media
from hub.whatsapp.render import mark_read, render, typing

REQUESTS: dict[str, Any] = json.loads((Path(__file__).parent / "fixtures" / "requests.json").read_text())
PHONE = Identity(IdentityKind.WA_ID, "351210000009")
USER_ID = Identity(IdentityKind.BSUID, "PT.77")
MESSAGE = UUID("01890a5d-ac96-774b-bcce-b302099a8057")

BUTTONS = {
    "type": "button",
    "body": {"text": "Sure?"},
    "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]},
}
LIST = {
    "type": "list",
    "header": {"type": "text", "text": "Times"},
    "body": {"text": "When?"},
    "footer": {"text": "CET"},
    "action": {
        "button": "Choose",
        "sections": [{"title": "Day", "rows": [{"id": "m", "title": "Morning", "description": "9-12"}]}],
    },
}
TEMPLATE = {
    "name": "welcome",
    "language": "en_US",
    "components": [
        {"type": "body", "parameters": [{"type": "text", "text": "Ana"}]},
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": "0",
            "parameters": [{"type": "payload", "payload": "p"}],
        },
    ],
}
PLACE = {"latitude": 0.0, "longitude": 16.4, "name": "Cafe", "address": "Ring 1"}
CARD = {"name": {"formatted_name": "Ana Lima", "first_name": "Ana"}, "phones": [{"phone": "+351 2", "type": "HOME"}]}


def outgoing(kind: str, to: tuple[Identity, ...] = (PHONE,), **parts: Any) -> Outgoing:
    return Outgoing(MESSAGE, 2, kind, to, **parts)


def content(kind: str, text: str | None = None, media: Media | None = None, **metadata: Any) -> Content:
    return Content(ContentType(kind), text, media, metadata)


FILE = Media(provider_id="900", url="https://x.example/1", filename="a.pdf")

MESSAGES = {
    "text": outgoing("text", content=content("text", "hello", location={})),
    "image_by_id": outgoing("media", content=content("image", media=FILE)),
    "image_by_link": outgoing("image", content=content("image", "", Media(url="https://x.example/1"))),
    "video_with_caption": outgoing("video", content=content("video", "see", FILE), reply_to="wamid.Q"),
    "document": outgoing("document", content=content("document", "see", FILE)),
    "voice_note": outgoing("audio", content=content("audio", media=FILE, voice=True)),
    "sticker": outgoing("sticker", content=content("image", media=FILE)),
    "location": outgoing("location", content=content("text", location=PLACE)),
    "contacts": outgoing("contacts", content=content("text", contacts=[CARD])),
    "reaction": outgoing("reaction", reaction={"target": "wamid.T", "emoji": "👍"}),
    "buttons": outgoing("interactive", interactive=BUTTONS),
    "list": outgoing("interactive", interactive=LIST, reply_to="wamid.Q"),
    "template": outgoing("template", template=TEMPLATE),
}


def shape(node: Any) -> Any:
    """The keys of a tree and the types of its leaves; numbers are all alike."""
    if isinstance(node, dict):
        return {key: shape(value) for key, value in node.items()}
    if isinstance(node, list):
        return [shape(item) for item in node]
    return "number" if isinstance(node, float | int) and not isinstance(node, bool) else type(node).__name__


@pytest.mark.parametrize("name", MESSAGES)
def test_each_kind_has_the_documented_shape(name: str) -> None:
    body = render(MESSAGES[name])
    assert body.pop("biz_opaque_callback_data") == f"h1:{MESSAGE}:2"
    assert shape(body) == shape(REQUESTS[name])
    assert body["type"] in body


def test_receipts_have_the_documented_shape() -> None:
    assert shape(mark_read("wamid.IN")) == shape(REQUESTS["read"])
    assert shape(typing("wamid.IN")) == shape(REQUESTS["typing"])
    assert mark_read("wamid.IN") == {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN"}
    assert typing("wamid.IN")["typing_indicator"] == {"type": "text"}


@pytest.mark.parametrize(
    ("to", "key", "value"),
    [
        ((PHONE,), "to", "+351210000009"),
        ((USER_ID, PHONE), "to", "+351210000009"),
        ((USER_ID,), "recipient", "PT.77"),
        ((PHONE, Identity(IdentityKind.WA_ID, "1")), "to", "+351210000009"),
    ],
)
def test_the_phone_number_goes_first_and_has_its_plus(to: tuple[Identity, ...], key: str, value: str) -> None:
    body = render(outgoing("text", to, content=content("text", "x")))
    assert {key: body.get(key) for key in ("to", "recipient") if key in body} == {key: value}


@pytest.mark.parametrize("to", [(), (Identity(IdentityKind.APP_ID, "c-1"),)])
def test_nobody_to_send_to(to: tuple[Identity, ...]) -> None:
    with pytest.raises(Invalid) as caught:
        render(outgoing("text", to, content=content("text", "x")))
    assert caught.value.errors[0]["path"] == "to"


def test_values_arrive_unchanged() -> None:
    assert render(MESSAGES["text"])["text"] == {"body": "hello", "preview_url": False}
    assert render(MESSAGES["video_with_caption"])["context"] == {"message_id": "wamid.Q"}
    assert render(MESSAGES["location"])["location"] == PLACE
    assert render(MESSAGES["template"])["template"] == {**TEMPLATE, "language": {"code": "en_US"}}
    assert render(outgoing("reaction", reaction={"target": "wamid.T", "emoji": ""}))["reaction"]["emoji"] == ""


def test_what_breaks_a_limit_is_not_rendered() -> None:
    with pytest.raises(Invalid):
        render(outgoing("text", content=content("text", "x" * 4097)))
