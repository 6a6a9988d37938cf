"""A customer's press of a button, choice from a list or filled form.

Meta, "Webhooks: messages reference" (interactive, button). The body is often missing in the wild: then there is
nothing to show but a placeholder.
"""

from typing import Any

from hub.message import Content, ContentType
from hub.whatsapp.payload import Json, decode, mapping, present, text, token


def reply(message: Json, kind: str) -> Content | None:
    """The answer under `interactive.<interactive.type>`: its title (or body) to read, its id and payload beside."""
    interactive = mapping(message.get("interactive"))
    form = text(interactive.get("type")) or next((key for key in interactive if key != "type"), "")
    answer = mapping(interactive.get(form))
    if not answer:
        return None
    shown = next(filter(None, (text(answer.get(key)) for key in ("title", "body", "name", "id"))), form)
    facts = present(type=form, id=token(answer.get("id")), description=text(answer.get("description")))
    if form == "nfm_reply":
        facts |= present(name=text(answer.get("name")), response=_form_response(answer.get("response_json")))
    elif not facts.keys() & {"id"}:
        facts["answer"] = dict(answer)
    return Content(ContentType.INTERACTIVE, shown, metadata={"interactive": facts})


def _form_response(value: Any) -> Any:
    """A form's fields: `response_json` is JSON within JSON; kept as text when it is no object."""
    if not isinstance(value, str):
        return value
    try:
        decoded = decode(value.encode())
    except ValueError:
        return value
    return decoded if isinstance(decoded, dict) else value


def button(message: Json, kind: str) -> Content | None:
    """A press on a template's quick reply button."""
    pressed = mapping(message.get("button"))
    payload = text(pressed.get("payload"))
    shown = text(pressed.get("text")) or payload
    if shown is None:
        return None
    return Content(ContentType.INTERACTIVE, shown, metadata={"interactive": present(type="button", payload=payload)})
