"""The business's message templates: what is approved, and how many parameters each part takes."""

import re
from typing import Any

from attrs import define, field

from hub.demo.whatsapp.errors import GraphError
from hub.demo.whatsapp.limits import Json

VARIABLE = re.compile(r"\{\{\s*[\w]+\s*\}\}")
MEDIA_HEADERS = frozenset({"IMAGE", "VIDEO", "DOCUMENT", "LOCATION"})


@define
class Template:
    """A template in one language. `header` is a text with variables or one of IMAGE, VIDEO, DOCUMENT, LOCATION.

    `buttons` are quick replies. `category`: MARKETING, UTILITY or AUTHENTICATION. `status`: APPROVED, PAUSED, DISABLED,
    PENDING, REJECTED.
    """

    id: str
    name: str
    language: str
    body: str
    category: str = "UTILITY"
    header: str | None = None
    footer: str | None = None
    buttons: tuple[str, ...] = ()
    status: str = "APPROVED"

    def components(self) -> list[Json]:
        """The `components` of Meta's listing."""
        parts: list[Json] = []
        if self.header is not None:
            is_media = self.header in MEDIA_HEADERS
            parts.append({"type": "HEADER", "format": self.header if is_media else "TEXT"})
            if not is_media:
                parts[-1]["text"] = self.header
        parts.append({"type": "BODY", "text": self.body})
        if examples := variables(self.body):
            parts[-1]["example"] = {"body_text": [[f"sample {number + 1}" for number in range(examples)]]}
        if self.footer is not None:
            parts.append({"type": "FOOTER", "text": self.footer})
        if self.buttons:
            parts.append({"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": t} for t in self.buttons]})
        return parts

    def listing(self) -> Json:
        """The element of `GET /{waba_id}/message_templates`."""
        return {
            "name": self.name,
            "parameter_format": "POSITIONAL",
            "components": self.components(),
            "language": self.language,
            "status": self.status,
            "category": self.category,
            "id": self.id,
        }


def variables(text: str) -> int:
    """How many different variables a template text has."""
    return len(set(VARIABLE.findall(text)))


def rendered(template: Template, message: Json) -> str:
    """The body as the customer reads it."""
    values = [str(value) for value in _body_values(message)]
    text = template.body
    for variable, value in zip(dict.fromkeys(VARIABLE.findall(text)), values, strict=False):
        text = text.replace(variable, value)
    return text


@define
class Templates:
    """The registry, by name and language."""

    _by_key: dict[tuple[str, str], Template] = field(factory=dict)

    def add(self, template: Template) -> Template:
        """Register or replace."""
        self._by_key[template.name, template.language] = template
        return template

    def get(self, name: str, language: str) -> Template | None:
        """The template, whatever its status."""
        return self._by_key.get((name, language))

    def all(self) -> list[Template]:
        """In the order of registration."""
        return list(self._by_key.values())

    def check(self, part: Json) -> Template:
        """The template that a message names. Raises GraphError 132001, 132000, 132012, 132015 or 132016."""
        name, language = str(part["name"]), str(part["language"]["code"])
        template = self.get(name, language)
        if template is None or template.status in ("PENDING", "REJECTED"):
            raise GraphError(132001, f"template name ({name}) does not exist in {language}")
        if template.status == "PAUSED":
            raise GraphError(132015, f"template ({name}) is paused due to low quality")
        if template.status == "DISABLED":
            raise GraphError(132016, f"template ({name}) is disabled")
        _check_counts(template, part)
        return template


def _check_counts(template: Template, part: Json) -> None:
    counts = {kind: len(_parameters(part, kind)) for kind in ("header", "body")}
    _match(counts["body"], variables(template.body), "body")
    if template.header in MEDIA_HEADERS:
        _match(counts["header"], 1, "header")
        if _parameters(part, "header")[0].get("type") != str(template.header).lower():
            raise GraphError(132012, f"header: Format mismatch, expected {template.header}")
    else:
        _match(counts["header"], variables(template.header or ""), "header")


def _match(given: int, expected: int, where: str) -> None:
    if given != expected:
        details = f"{where}: number of localizable_params ({given}) does not match the expected number of params"
        raise GraphError(132000, f"{details} ({expected})")


def _parameters(part: Json, kind: str) -> list[Json]:
    components = part.get("components") or []
    found = [component for component in components if str(component.get("type")).lower() == kind]
    return [parameter for component in found for parameter in component.get("parameters") or []]


def _body_values(part: Json) -> list[Any]:
    values = []
    for parameter in _parameters(part, "body"):
        content = parameter.get(str(parameter.get("type")))
        values.append(content.get("fallback_value") if isinstance(content, dict) else content)
    return values
