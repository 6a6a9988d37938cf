"""Whether Graph would take a message: the limits of Meta's page "Send messages", each with the code it is refused with.

100 a parameter has the wrong form or length, 131008 one is missing, 131009 a value is out of range, 131051 no such
type. Templates are checked against their registry, in `templates`.
"""

from collections.abc import Callable

from hub.demo.whatsapp.errors import GraphError
from hub.demo.whatsapp.interactive import check_interactive
from hub.demo.whatsapp.limits import Json, optional_text, required, required_object, text

TEXT, CAPTION, OPAQUE, CONTACTS = 4096, 1024, 512, 257
CAPTIONED = frozenset({"image", "video", "document"})
MEDIA = frozenset({"image", "video", "document", "audio", "sticker"})


def check_message(message: Json) -> None:
    """Raises GraphError 100, 131008, 131009 or 131051. Who it is for, and templates, are not looked at."""
    if message.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required.")
    if not message.get("to") and not message.get("recipient"):
        raise GraphError(100, "The parameter to is required.")
    optional_text(message, "biz_opaque_callback_data", "biz_opaque_callback_data", OPAQUE)
    kind = message.get("type", "text")
    check = CHECKS.get(kind) if isinstance(kind, str) else None
    if check is None:
        raise GraphError(131051, f"Unsupported message type: {kind}")
    if kind == "contacts":
        _check_contacts(message)
    else:
        check(required_object(message, kind, kind))
    if kind == "reaction" and message.get("context"):
        raise GraphError(131009, "A reaction cannot be a contextual reply.")


def _check_text(part: Json) -> None:
    text(part, "body", "text['body']", TEXT)


def _check_media(kind: str) -> Callable[[Json], None]:
    def check(part: Json) -> None:
        if bool(part.get("id")) == bool(part.get("link")):
            raise GraphError(100, f"Exactly one of id and link is required in {kind}.")
        if kind in CAPTIONED:
            optional_text(part, "caption", f"{kind}['caption']", CAPTION)
        elif part.get("caption"):
            raise GraphError(100, f"Unexpected key caption on param {kind}.")

    return check


def _check_location(part: Json) -> None:
    for key, most in (("latitude", 90.0), ("longitude", 180.0)):
        value = part.get(key)
        if value is None:
            raise GraphError(131008, f"Required parameter is missing: location['{key}']")
        try:
            within = abs(float(value)) <= most
        except (TypeError, ValueError):
            raise GraphError(100, f"Param location['{key}'] must be a number.") from None
        if not within:
            raise GraphError(131009, f"Parameter value is not valid: location['{key}']")


def _check_contacts(message: Json) -> None:
    contacts = required(message, "contacts", "contacts")
    if not isinstance(contacts, list) or len(contacts) > CONTACTS:
        raise GraphError(131009, f"Param contacts must be an array of 1 to {CONTACTS} contacts.")
    for contact in contacts:
        name = required_object(contact, "name", "contacts[]['name']")
        text(name, "formatted_name", "contacts[]['name']['formatted_name']", TEXT)


def _check_reaction(part: Json) -> None:
    required(part, "message_id", "reaction['message_id']")
    if not isinstance(part.get("emoji"), str):
        raise GraphError(131008, "Required parameter is missing: reaction['emoji']")


def _check_template(part: Json) -> None:
    text(part, "name", "template['name']", 512)
    language = required_object(part, "language", "template['language']")
    required(language, "code", "template['language']['code']")


CHECKS: dict[str, Callable[[Json], None]] = {
    "text": _check_text,
    **{kind: _check_media(kind) for kind in MEDIA},
    "location": _check_location,
    "contacts": _check_contacts,
    "reaction": _check_reaction,
    "interactive": check_interactive,
    "template": _check_template,
}
