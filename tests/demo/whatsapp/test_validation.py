"""Limits of messages: each is kept on the edge and refused one beyond it."""

from typing import Any

import pytest

from hub.demo.whatsapp import GraphError
from hub.demo.whatsapp.validation import check_message
from tests.demo.conftest import Json


def button(number: int, title: str = "Yes") -> Json:
    return {"type": "reply", "reply": {"id": f"id-{number}", "title": f"{title}{number}"}}


def buttons(count: int, **facts: Any) -> Json:
    action = {"buttons": [button(number) for number in range(count)]}
    return {"type": "button", "body": {"text": "Choose"}, "action": action, **facts}


def rows(*counts: int, title: str = "Row") -> Json:
    sections = [
        {"title": f"S{place}", "rows": [{"id": f"{place}-{row}", "title": title} for row in range(count)]}
        for place, count in enumerate(counts)
    ]
    return {"type": "list", "body": {"text": "x" * 4096}, "action": {"button": "Open", "sections": sections}}


def message(kind: str, content: Any, **facts: Any) -> Json:
    return {"messaging_product": "whatsapp", "to": "+5511987650043", "type": kind, kind: content, **facts}


TAKEN = [
    message("text", {"body": "x" * 4096}),
    message("text", {"body": "x"}, biz_opaque_callback_data="x" * 512),
    message("image", {"id": "1", "caption": "x" * 1024}),
    message("audio", {"link": "https://a/b.ogg"}),
    message("location", {"latitude": 0, "longitude": 0.0}),
    message("location", {"latitude": "37.7", "longitude": "-122.4"}),
    message("reaction", {"message_id": "wamid.x", "emoji": ""}),
    message("interactive", buttons(3)),
    message("interactive", buttons(1, header={"type": "text", "text": "x" * 60}, footer={"text": "x" * 60})),
    message("interactive", rows(10)),
    message("interactive", rows(5, 5, title="x" * 24)),
    message("interactive", {"type": "location_request_message", "body": {"text": "Where?"}}),
    message("contacts", [{"name": {"formatted_name": "A"}}] * 257),
    message("template", {"name": "hello", "language": {"code": "en_US"}}),
]

REFUSED = [
    (100, {"to": "+1", "type": "text", "text": {"body": "x"}}),
    (100, {"messaging_product": "whatsapp", "type": "text", "text": {"body": "x"}}),
    (100, message("text", {"body": "x" * 4097})),
    (100, message("text", {"body": 7})),
    (100, message("text", "x")),
    (100, message("text", {"body": "x"}, biz_opaque_callback_data="x" * 513)),
    (100, message("image", {"id": "1", "caption": "x" * 1025})),
    (100, message("image", {"id": "1", "link": "https://a/b.png"})),
    (100, message("image", {"caption": "no file"})),
    (100, message("sticker", {"id": "1", "caption": "no"})),
    (100, message("location", {"latitude": "north", "longitude": 0})),
    (100, message("interactive", buttons(1, header={"type": "text", "text": "x" * 61}))),
    (100, message("interactive", buttons(1, footer={"text": "x" * 61}))),
    (100, message("interactive", buttons(1, body={"text": "x" * 1025}))),
    (100, message("interactive", rows(1, title="x" * 25))),
    (131008, message("text", {})),
    (131008, message("text", {"body": ""})),
    (131008, message("location", {"latitude": 1})),
    (131008, message("reaction", {"emoji": "x"})),
    (131008, message("reaction", {"message_id": "wamid.x"})),
    (131008, message("interactive", {"type": "button", "body": {"text": "x"}})),
    (131008, message("contacts", [{}])),
    (131008, message("template", {"name": "hello"})),
    (131009, message("location", {"latitude": 91, "longitude": 0})),
    (131009, message("interactive", buttons(4))),
    (131009, message("interactive", {"type": "button", "body": {"text": "x"}, "action": {"buttons": [button(1)] * 2}})),
    (131009, message("interactive", rows(11))),
    (131009, message("interactive", rows(6, 5))),
    (131009, message("interactive", {"type": "hologram", "body": {"text": "x"}})),
    (131009, message("contacts", [{"name": {"formatted_name": "A"}}] * 258)),
    (131009, message("reaction", {"message_id": "w", "emoji": "x"}, context={"message_id": "w"})),
    (131051, message("hologram", {"body": "x"})),
    (131051, {**message("text", {"body": "x"}), "type": ["text"]}),
]


@pytest.mark.parametrize("taken", TAKEN)
def test_taken(taken: Json) -> None:
    check_message(taken)


@pytest.mark.parametrize(("code", "refused"), REFUSED)
def test_refused(code: int, refused: Json) -> None:
    with pytest.raises(GraphError) as refusal:
        check_message(refused)
    assert refusal.value.code == code
