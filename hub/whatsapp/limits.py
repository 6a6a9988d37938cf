"""What WhatsApp takes in one message. Checked before anything is stored, so that an agent hears of it at once.

Meta, "Text messages", "Interactive reply buttons messages", "Interactive list messages", "Templates" and their
neighbours. Every broken limit is reported, each with the path of its field.
"""

from collections.abc import Iterator
from typing import Any

from hub.errors import Invalid
from hub.inbound import Outgoing
from hub.message import Content, Media
from hub.whatsapp.payload import ID_LIMIT, Json, elements, mapping, text

TEXT, CAPTION, BODY, LIST_BODY = 4096, 1024, 1024, 4096
HEADER, FOOTER = 60, 60
BUTTONS, BUTTON_TITLE, BUTTON_ID = 3, 20, 256
SECTIONS, ROWS, LIST_BUTTON, SECTION_TITLE = 10, 10, 20, 24
ROW_TITLE, ROW_ID, ROW_DESCRIPTION = 24, 200, 72
CONTACTS = 257
TEMPLATE_NAME, TEMPLATE_COMPONENTS = 512, 20
EMOJI = 64

MEDIA_KINDS = frozenset({"image", "video", "audio", "document", "sticker"})
CAPTIONED = frozenset({"image", "video", "document"})
HEADER_KINDS = frozenset({"text", "image", "video", "document"})

Problem = tuple[str, str]


def check(outgoing: Outgoing) -> None:
    """Whether WhatsApp can be asked to send this. Raises `Invalid` with `{path, message}` for every broken limit."""
    problems = list(_problems(outgoing))
    if problems:
        raise Invalid(errors=[{"path": path, "message": message} for path, message in problems])


def kind_of(outgoing: Outgoing) -> str:
    """The Graph API's `type` of the message. `media` means whatever the content is."""
    return outgoing.content.type.value if outgoing.kind == "media" and outgoing.content else outgoing.kind


def _problems(outgoing: Outgoing) -> Iterator[Problem]:
    kind = kind_of(outgoing)
    if not outgoing.to:
        yield "to", "The customer has no WhatsApp address."
    if outgoing.reply_to is not None and not 0 < len(outgoing.reply_to) <= ID_LIMIT:
        yield "reply_to", f"An id has 1 to {ID_LIMIT} characters."
    if kind == "template":
        yield from _template(mapping(outgoing.template))
    elif kind == "interactive":
        yield from _interactive(mapping(outgoing.interactive))
    elif kind == "reaction":
        yield from _reaction(outgoing)
    elif outgoing.content is None:
        yield "content", "There is nothing to send."
    elif kind in MEDIA_KINDS:
        yield from _media(kind, outgoing.content)
    else:
        yield from _words(kind, outgoing.content)


def _words(kind: str, content: Content) -> Iterator[Problem]:
    if kind == "text":
        yield from _sized("text", content.text, TEXT)
    elif kind == "location":
        yield from _location(mapping(content.metadata.get("location")))
    elif kind == "contacts":
        yield from _contacts(elements(content.metadata.get("contacts")))
    else:
        yield "kind", f"WhatsApp cannot send {kind!r}."


def _sized(path: str, value: Any, limit: int) -> Iterator[Problem]:
    """A required text: something other than blanks, and at most `limit` characters."""
    if not isinstance(value, str) or not value.strip():
        yield path, "Must not be empty."
    elif len(value) > limit:
        yield path, f"At most {limit} characters; this has {len(value)}."


def _optional(path: str, value: Any, limit: int) -> Iterator[Problem]:
    if value is not None:
        yield from _sized(path, value, limit)


def _media(kind: str, content: Content) -> Iterator[Problem]:
    media = content.media or Media()
    if not (media.provider_id or media.url):
        yield "media", "There is no file to send."
    if content.text and kind not in CAPTIONED:
        yield "text", f"A WhatsApp {kind} has no caption."
    elif content.text and len(content.text) > CAPTION:
        yield "text", f"A caption has at most {CAPTION} characters; this has {len(content.text)}."


def _location(place: Json) -> Iterator[Problem]:
    for key, bound in (("latitude", 90), ("longitude", 180)):
        value = place.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not -bound <= value <= bound:
            yield f"location.{key}", f"Must be a number from -{bound} to {bound}."


def _contacts(cards: list[Any]) -> Iterator[Problem]:
    if not 1 <= len(cards) <= CONTACTS:
        yield "contacts", f"1 to {CONTACTS} contacts."
    for index, card in enumerate(cards):
        if not text(mapping(mapping(card).get("name")).get("formatted_name")):
            yield f"contacts[{index}].name.formatted_name", "Must not be empty."


def _reaction(outgoing: Outgoing) -> Iterator[Problem]:
    reaction = mapping(outgoing.reaction)
    target, emoji = reaction.get("target"), reaction.get("emoji")
    if not isinstance(target, str) or not 0 < len(target) <= ID_LIMIT:
        yield "reaction.target", f"An id has 1 to {ID_LIMIT} characters."
    if not isinstance(emoji, str) or len(emoji) > EMOJI:
        yield "reaction.emoji", "One emoji, or an empty text to take it back."
    if outgoing.reply_to is not None:
        yield "reply_to", "A reaction cannot quote a message."


def _template(template: Json) -> Iterator[Problem]:
    yield from _sized("template.name", template.get("name"), TEMPLATE_NAME)
    language = template.get("language")
    yield from _sized(
        "template.language.code", language if isinstance(language, str) else mapping(language).get("code"), 15
    )
    components = template.get("components", [])
    if not isinstance(components, list) or len(components) > TEMPLATE_COMPONENTS:
        yield "template.components", f"A list of at most {TEMPLATE_COMPONENTS}."
        return
    for index, component in enumerate(map(mapping, components)):
        path = f"template.components[{index}]"
        if str(component.get("type")).lower() not in ("header", "body", "button", "carousel", "limited_time_offer"):
            yield f"{path}.type", "Must be header, body, button, carousel or limited_time_offer."
        if component.get("type") == "button" and not (component.get("sub_type") and "index" in component):
            yield path, "A button needs sub_type and index."
        if not isinstance(component.get("parameters", []), list):
            yield f"{path}.parameters", "Must be a list."


def _interactive(interactive: Json) -> Iterator[Problem]:
    kind = text(interactive.get("type"))
    if kind is None:
        yield "interactive.type", "Must not be empty."
        return
    body = mapping(interactive.get("body")).get("text")
    body_limit = LIST_BODY if kind == "list" else BODY
    checked = _optional if kind in ("product", "carousel") else _sized
    yield from checked("interactive.body.text", body, body_limit)
    yield from _optional("interactive.footer.text", mapping(interactive.get("footer")).get("text"), FOOTER)
    if interactive.get("header") is not None:
        yield from _header(mapping(interactive["header"]))
    action = mapping(interactive.get("action"))
    if kind == "button":
        yield from _buttons(elements(action.get("buttons")))
    elif kind == "list":
        yield from _list(action)
    elif not action:
        yield "interactive.action", "Must not be empty."


def _header(header: Json) -> Iterator[Problem]:
    kind = header.get("type")
    if kind not in HEADER_KINDS:
        yield "interactive.header.type", "Must be text, image, video or document."
    elif kind == "text":
        yield from _sized("interactive.header.text", header.get("text"), HEADER)


def _buttons(buttons: list[Any]) -> Iterator[Problem]:
    path = "interactive.action.buttons"
    if not 1 <= len(buttons) <= BUTTONS:
        yield path, f"1 to {BUTTONS} buttons; these are {len(buttons)}."
    replies = [mapping(mapping(button).get("reply")) for button in buttons]
    for index, reply in enumerate(replies):
        yield from _sized(f"{path}[{index}].reply.title", reply.get("title"), BUTTON_TITLE)
        yield from _sized(f"{path}[{index}].reply.id", reply.get("id"), BUTTON_ID)
    yield from _distinct(path, "title", replies)
    yield from _distinct(path, "id", replies)


def _list(action: Json) -> Iterator[Problem]:
    path = "interactive.action.sections"
    yield from _sized("interactive.action.button", action.get("button"), LIST_BUTTON)
    sections = list(map(mapping, elements(action.get("sections"))))
    if not 1 <= len(sections) <= SECTIONS:
        yield path, f"1 to {SECTIONS} sections; these are {len(sections)}."
    rows: list[Json] = []
    for index, section in enumerate(sections):
        title = _sized if len(sections) > 1 else _optional
        yield from title(f"{path}[{index}].title", section.get("title"), SECTION_TITLE)
        own = list(map(mapping, elements(section.get("rows"))))
        for number, row in enumerate(own):
            yield from _row(f"{path}[{index}].rows[{number}]", row)
        rows += own
    if not 1 <= len(rows) <= ROWS:
        yield path, f"1 to {ROWS} rows in all; these are {len(rows)}."
    yield from _distinct(path, "id", rows)


def _row(path: str, row: Json) -> Iterator[Problem]:
    yield from _sized(f"{path}.title", row.get("title"), ROW_TITLE)
    yield from _sized(f"{path}.id", row.get("id"), ROW_ID)
    yield from _optional(f"{path}.description", row.get("description"), ROW_DESCRIPTION)


def _distinct(path: str, key: str, items: list[Json]) -> Iterator[Problem]:
    values = [str(item.get(key)) for item in items]
    if len(set(values)) != len(values):
        yield path, f"Each {key} must be different."
