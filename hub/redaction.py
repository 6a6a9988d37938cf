"""Redaction: what is secret or personal leaves a text or a value before it is logged, answered, recorded or kept.

Two ways lead to it: the name of a field (`email`, `access_token`) hides whatever is in it, and the form of what is in a
text hides cards, IBANs, addresses, numbers and tokens wherever they stand. What is hidden can still be told apart from
another by a short keyed digest, `[email:h=3fa9]`; without the key nobody can try names against it.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from functools import partial
from itertools import islice, pairwise
from typing import Any
from uuid import UUID

from attrs import define, field, frozen

from hub.canonical_json import canonical
from hub.detection import DETECTORS, Detector

LONGEST = 4096
"""Characters of a text; the rest is cut off."""

DEEPEST = 8
"""Levels of objects and lists; what is deeper is left out."""

MOST = 500
"""Values of one object, with all that is in it; what follows is left out."""

MOST_TEXT = 32_768
"""Characters of all texts of one object; what follows is cut off."""

_MARGIN = 256
"""Characters looked at beyond the cut, so that what the cut goes through is still recognised."""

_SECRET = re.compile(r"token|secret|authori[sz]ation|passw|pwd|api_?key|credential|signature|cookie|private_?key|nonce")
"""In the name of a field, anywhere: its value is never shown."""

_PERSONAL = {
    "phone": "number",
    "mobile": "number",
    "telephone": "number",
    "msisdn": "number",
    "wa_id": "number",
    "email": "email",
    "mail": "email",
    "card": "card",
    "pan": "card",
    "iban": "iban",
    "account_number": "account",
    "document": "document",
    "passport": "document",
    "ssn": "document",
    "cpf": "document",
    "dni": "document",
    "birth": "birth",
    "birthday": "birth",
    "name": "name",
    "surname": "name",
    "address": "address",
    "street": "address",
    "customer": "customer",
    "customer_id": "customer",
    "customer_ref": "customer",
    "description": "text",
    "text": "text",
    "subject": "text",
    "body": "text",
    "comment": "text",
    "message": "text",
    "note": "text",
    "reason": "text",
}
"""Words of a field's name, and what its value is then: `customer_name` is a name, `tool` is nothing."""

_ID = re.compile(r"(?=[^0-9]{0,63}[0-9])[A-Za-z0-9._:-]{1,64}")

KINDS = frozenset({"secret", "field", "tool", *_PERSONAL.values(), *(detector.kind for detector in DETECTORS)})
"""Everything that can be found."""

_HARMLESS = frozenset({"tool_name", "event_name", "channel_name", "host_name"})

_WORD = re.compile(r"[a-z0-9]+|[A-Z]+(?![a-z])|[A-Z][a-z0-9]*")


def kind_of(name: str) -> str | None:
    """What a field of this name holds: `secret`, a personal kind, or None when its value is looked at."""
    words = [word.lower() for word in _WORD.findall(name[:LONGEST])]
    joined = "_".join(words)
    if _SECRET.search(joined):
        return "secret"
    if joined in _HARMLESS:
        return None
    if joined in _PERSONAL:
        return _PERSONAL[joined]
    found = [_PERSONAL[word] for word in (*words, *map("_".join, pairwise(words))) if word in _PERSONAL]
    return found[-1] if found else None


def _uncounted(kind: str) -> None:
    """Counts nothing."""


@frozen
class Redactor:
    """Hides; `key` makes the digests, without one there are none. `counted` is told the kind of each finding."""

    key: bytes = field(default=b"", repr=False)
    counted: Callable[[str], None] = _uncounted

    def text(self, text: str, longest: int = LONGEST) -> str:
        """The text without what can be recognised in it, at most `longest` characters."""
        cut = len(text) > longest
        text = text[: longest + _MARGIN] if cut else text
        for detector in DETECTORS:
            text = detector.pattern.sub(partial(self._replaced, detector), text)
        return text[:longest] + "…" if cut else text

    def _replaced(self, detector: Detector, found: re.Match[str]) -> str:
        if not detector.holds(found[0]):
            return found[0]
        before = found.expand(detector.keeps) if detector.keeps else ""
        self.counted(detector.kind)
        if detector.shown:
            return f"{before}[{detector.kind}:{detector.shown(found[0])}]"
        return before + self._mark(detector.kind, found[0])

    def hidden(self, kind: str, value: object) -> str:
        """What is shown instead of a value of this kind."""
        self.counted(kind)
        return self._mark(kind, str(value))

    def _mark(self, kind: str, text: str) -> str:
        digested = self.key and kind in _DIGESTED
        return f"[{kind}:h={self._digest(kind, text)[:4]}]" if digested else f"[{kind}]"

    def value(self, value: Any, name: str = "") -> Any:
        """The value of a field of this name, for JSON: texts redacted, decimals and floats as texts. It is bounded."""
        return _Walk(self).value(value, kind_of(name) if name else None, DEEPEST)

    def fields(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """An object's fields, each as its name and value ask for."""
        redacted: dict[str, Any] = self.value(fields)
        return redacted

    def arguments(self, given: Mapping[str, Any], known: Mapping[str, Collection[str]]) -> dict[str, Any]:
        """What a program gave, for the audit. Nobody knows what it puts where, so that only this is shown: under a
        name in `known`, one of its words, or an id or amount (short, with a digit in it); truth values, and nothing.
        """
        return {
            name if name in known else self.hidden("field", name): self._argument(value, name, known.get(name))
            for name, value in islice(given.items(), MOST)
        }

    def _argument(self, value: Any, name: str, words: Collection[str] | None) -> Any:
        if value is None or isinstance(value, bool):
            return value
        kind, text = kind_of(name), str(value) if isinstance(value, str | int | Decimal) else ""
        if kind is None and words is not None and (text in words or (_ID.fullmatch(text) and self.text(text) == text)):
            return text
        return self.hidden(kind or "text", _exact_text(value))

    def customer(self, id: UUID | str) -> str:
        """A customer's pseudonym: the same for the same customer, as long as the key is kept."""
        return "customer:" + self._digest("customer", str(id))[:24]

    def fingerprint(self, value: Any) -> str:
        """By which equal values are told from others: 64 hexadecimal digits."""
        return self._digest("value", canonical(_exact(value)))

    def _digest(self, kind: str, text: str) -> str:
        if kind == "number":
            text = "".join(each for each in text if each.isdigit())
        data = f"{kind}\n{text.casefold() if kind == 'email' else text}".encode("utf-8", "surrogatepass")
        return hmac.new(self.key, data, hashlib.sha256).hexdigest()


_DIGESTED = frozenset(
    {"email", "number", "iban", "customer", "name", "address", "document", "account", "text"} | {"field", "tool"}
)
"""Kinds that are worth telling apart. A digest of a secret helps nobody."""


@define
class _Walk:
    """One walk through a value, counting what it comes by."""

    redactor: Redactor
    left: int = MOST
    text_left: int = MOST_TEXT

    def value(self, value: Any, kind: str | None, depth: int) -> Any:
        self.left -= 1
        if self.left < 0 or depth < 0:
            return "[left out]"
        match value:
            case Mapping():
                items = ((str(key), item) for key, item in value.items())
                return {
                    self._text(key): self.value(item, kind or kind_of(key), depth - 1)
                    for key, item in items
                    if self.left > 0
                }
            case list() | tuple() | set() | frozenset():
                return [self.value(item, kind, depth - 1) for item in value if self.left > 0]
            case None | bool():
                return value
            case _ if kind is not None:
                return self.redactor.hidden(kind, value)
            case int() if abs(value) < 10**8:
                return value
            case _:
                return self._text(str(value))

    def _text(self, text: str) -> str:
        longest = min(LONGEST, self.text_left)
        self.text_left -= min(len(text), longest)
        return self.redactor.text(text, longest)


def _exact_text(value: Any) -> str:
    return value if isinstance(value, str) else canonical(_exact(value))


def _exact(value: Any) -> Any:
    """The value with numbers that are no integers as texts, which cannot be mistaken for the texts they look like."""
    match value:
        case Mapping():
            return {str(key): _exact(item) for key, item in value.items()}
        case list() | tuple():
            return [_exact(item) for item in value]
        case Decimal() | float():
            return {"number": str(value)}
        case str():
            return value.encode("utf-8", "backslashreplace").decode()
        case _:
            return value
