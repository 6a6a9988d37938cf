"""Message templates: how Meta lists them, and how a filled one is sent.

Meta, "Message templates": blanks in the body are `{{1}}`, `{{2}}` … or named, `{{first_name}}`. A send carries the
values per component; what the customer reads is known only to who knows the body, so Hub fills it in for the agents.
"""

import re
from collections.abc import Sequence
from typing import Any

from attrs import frozen

from hub.whatsapp.payload import Json, elements, mapping, text

_BLANK = re.compile(r"\{\{\s*(\w+)\s*\}\}")

USABLE = "APPROVED"


@frozen
class Template:
    """A template in one language that can be sent. `blanks` are the names of its body's blanks, in order."""

    name: str
    language: str
    category: str
    body: str
    blanks: tuple[str, ...]

    @property
    def named(self) -> bool:
        """Whether the blanks have names instead of numbers."""
        return any(not blank.isdigit() for blank in self.blanks)


def listed(document: Any) -> tuple[Template, ...]:
    """The usable templates of an answer of `GET /{waba_id}/message_templates`. Total over any JSON."""
    found = (_template(mapping(element)) for element in elements(mapping(document).get("data")))
    return tuple(template for template in found if template is not None)


def _template(element: Json) -> Template | None:
    name, language = text(element.get("name")), text(element.get("language"))
    if name is None or language is None or element.get("status") != USABLE:
        return None
    body = _body(element)
    blanks = tuple(dict.fromkeys(_BLANK.findall(body)))
    return Template(name, language, text(element.get("category")) or "", body, blanks)


def _body(element: Json) -> str:
    parts = (mapping(part) for part in elements(element.get("components")))
    return next((text(part.get("text")) or "" for part in parts if part.get("type") == "BODY"), "")


def filled(template: Template, values: Sequence[str]) -> str:
    """What the customer reads: the body with its blanks filled. A blank without a value keeps its braces."""
    known = dict(zip(template.blanks, values, strict=False))
    return _BLANK.sub(lambda blank: known.get(blank[1], blank[0]), template.body)


def to_send(name: str, language: str, values: Sequence[str], template: Template | None) -> dict[str, Any]:
    """The `template` object of a send, its body filled with texts. `template` tells whether blanks have names."""
    blanks = template.blanks if template is not None and template.named else ()
    names = [{"parameter_name": blank} for blank in blanks] or [{}] * len(values)
    parameters = [{"type": "text", **name, "text": value} for name, value in zip(names, values, strict=False)]
    components = [{"type": "body", "parameters": parameters}] if parameters else []
    return {"name": name, "language": {"code": language}, "components": components}
