"""Each limit at its edge, and the path of the field that breaks it."""

from typing import Any
from uuid import UUID

import pytest

from hub.errors import Invalid
from hub.inbound import Identity, IdentityKind, Outgoing
from hub.message import Content, ContentType, Media
from hub.whatsapp.limits import check

TO = (Identity(IdentityKind.WA_ID, "351210000009"),)
MESSAGE = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


def outgoing(kind: str, **parts: Any) -> Outgoing:
    return Outgoing(**{"message_id": MESSAGE, "attempt": 0, "kind": kind, "to": TO, **parts})


def said(text: str | None, kind: str = "text", **metadata: Any) -> Outgoing:
    return outgoing(kind, content=Content(ContentType.TEXT, text, metadata=metadata))


def file(kind: str, text: str | None = None, media: Media | None = None) -> Outgoing:
    return outgoing(kind, content=Content(ContentType.IMAGE, text, media or Media(provider_id="1")))


def paths(message: Outgoing) -> set[str]:
    try:
        check(message)
    except Invalid as invalid:
        return {error["path"] for error in invalid.errors}
    return set()


def buttons(*titles: str, **parts: Any) -> Outgoing:
    replies = [{"type": "reply", "reply": {"id": f"b{index}", "title": title}} for index, title in enumerate(titles)]
    return outgoing(
        "interactive", interactive={"type": "button", "body": {"text": "b"}, "action": {"buttons": replies}, **parts}
    )


def row(number: int, **parts: Any) -> dict[str, Any]:
    return {"id": f"r{number}", "title": f"Row {number}", **parts}


def rows(*sections: dict[str, Any], body: str = "b", button: str = "Choose") -> Outgoing:
    action = {"button": button, "sections": list(sections)}
    return outgoing("interactive", interactive={"type": "list", "body": {"text": body}, "action": action})


def template(**parts: Any) -> Outgoing:
    return outgoing("template", template={"name": "welcome", "language": {"code": "en_US"}, **parts})


def reaction(**parts: Any) -> Outgoing:
    return outgoing("reaction", reaction={"target": "wamid.T", "emoji": "👍", **parts})


SECTION = "interactive.action.sections[0]"
BUTTON = "interactive.action.buttons[0].reply"


@pytest.mark.parametrize(
    "message",
    [
        said("x" * 4096),
        said(" x "),
        file("image", "x" * 1024),
        file("audio"),
        file("sticker", media=Media(url="https://x.example")),
        file("document", ""),
        said(None, "location", location={"latitude": 0.0, "longitude": -180}),
        said(None, "contacts", contacts=[{"name": {"formatted_name": "A"}}] * 257),
        reaction(),
        reaction(emoji=""),
        buttons("x" * 20),
        buttons("a", "b", "c", header={"type": "text", "text": "h" * 60}, footer={"text": "f" * 60}),
        buttons("a", header={"type": "image", "image": {"id": "1"}}),
        rows({"rows": [row(number) for number in range(10)]}, body="x" * 4096),
        rows(
            {"title": "A", "rows": [row(1, title="t" * 24, id="i" * 200, description="d" * 72)]},
            {"title": "B", "rows": [row(2)]},
        ),
        outgoing("interactive", interactive={"type": "cta_url", "body": {"text": "b"}, "action": {"name": "cta_url"}}),
        outgoing("interactive", interactive={"type": "product", "action": {"catalog_id": "1"}}),
        template(),
        template(language="en"),
        template(components=[{"type": "body", "parameters": []}, {"type": "button", "sub_type": "url", "index": 0}]),
    ],
)
def test_within(message: Outgoing) -> None:
    assert paths(message) == set()


@pytest.mark.parametrize(
    ("message", "path"),
    [
        (said("x" * 4097), "text"),
        (said(""), "text"),
        (said(" \n\t"), "text"),
        (said(None), "text"),
        (outgoing("text", to=(), content=Content(ContentType.TEXT, "x")), "to"),
        (outgoing("text", reply_to="x" * 513, content=Content(ContentType.TEXT, "x")), "reply_to"),
        (outgoing("text"), "content"),
        (outgoing("media"), "content"),
        (said("x", "hologram"), "kind"),
        (file("image", "x" * 1025), "text"),
        (file("audio", "x"), "text"),
        (file("sticker", "x"), "text"),
        (file("video", media=Media()), "media"),
        (said(None, "location", location={"latitude": 90.1, "longitude": 0}), "location.latitude"),
        (said(None, "location", location={"latitude": 0, "longitude": float("nan")}), "location.longitude"),
        (said(None, "location", location={"latitude": True, "longitude": 0}), "location.latitude"),
        (said(None, "contacts", contacts=[]), "contacts"),
        (said(None, "contacts", contacts=[{"name": {"formatted_name": "A"}}] * 258), "contacts"),
        (said(None, "contacts", contacts=[{"name": {}}]), "contacts[0].name.formatted_name"),
        (reaction(target=""), "reaction.target"),
        (reaction(emoji=None), "reaction.emoji"),
        (reaction(emoji="x" * 65), "reaction.emoji"),
        (outgoing("reaction", reaction={"target": "t", "emoji": ""}, reply_to="wamid.Q"), "reply_to"),
        (outgoing("interactive"), "interactive.type"),
        (outgoing("interactive", interactive={"type": "flow", "body": {"text": "b"}}), "interactive.action"),
        (buttons(), "interactive.action.buttons"),
        (buttons("a", "b", "c", "d"), "interactive.action.buttons"),
        (buttons("a", "a"), "interactive.action.buttons"),
        (buttons("x" * 21), f"{BUTTON}.title"),
        (buttons(""), f"{BUTTON}.title"),
        (buttons("a", action={"buttons": [{"reply": {"id": "i" * 257, "title": "a"}}]}), f"{BUTTON}.id"),
        (buttons("a", action={"buttons": ["x"]}), f"{BUTTON}.title"),
        (buttons("a", body={"text": "x" * 1025}), "interactive.body.text"),
        (buttons("a", body=None), "interactive.body.text"),
        (buttons("a", footer={"text": "x" * 61}), "interactive.footer.text"),
        (buttons("a", header={"type": "text", "text": "x" * 61}), "interactive.header.text"),
        (buttons("a", header={"type": "audio"}), "interactive.header.type"),
        (rows({"rows": [row(1)]}, body="x" * 4097), "interactive.body.text"),
        (rows({"rows": [row(1)]}, button="x" * 21), "interactive.action.button"),
        (rows(), "interactive.action.sections"),
        (rows(*({"title": f"{n}", "rows": [row(n)]} for n in range(11))), "interactive.action.sections"),
        (rows({"rows": [row(number) for number in range(11)]}), "interactive.action.sections"),
        (rows({"rows": [row(1), row(1)]}), "interactive.action.sections"),
        (rows({"rows": [row(1)]}, {"title": "B", "rows": [row(2)]}), f"{SECTION}.title"),
        (rows({"title": "x" * 25, "rows": [row(1)]}), f"{SECTION}.title"),
        (rows({"rows": [row(1, title="x" * 25)]}), f"{SECTION}.rows[0].title"),
        (rows({"rows": [row(1, id="x" * 201)]}), f"{SECTION}.rows[0].id"),
        (rows({"rows": [row(1, description="x" * 73)]}), f"{SECTION}.rows[0].description"),
        (outgoing("template"), "template.name"),
        (template(name=""), "template.name"),
        (template(name="x" * 513), "template.name"),
        (template(language={}), "template.language.code"),
        (template(language=None), "template.language.code"),
        (template(components={}), "template.components"),
        (template(components=[{"type": "body"}] * 21), "template.components"),
        (template(components=[{"type": "tail"}]), "template.components[0].type"),
        (template(components=[{"type": "button"}]), "template.components[0]"),
        (template(components=[{"type": "body", "parameters": {}}]), "template.components[0].parameters"),
    ],
)
def test_beyond(message: Outgoing, path: str) -> None:
    assert path in paths(message)


def test_every_problem_is_named_at_once() -> None:
    assert paths(buttons("", footer={"text": ""}, body={"text": ""})) == {
        "interactive.body.text",
        "interactive.footer.text",
        f"{BUTTON}.title",
    }
