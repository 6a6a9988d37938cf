"""The kinds of value a setting can have: how each is read, what is allowed, and how it is written.

`read` takes what TOML gave and returns the value the program uses; `from_text` turns a string (an environment
variable, `-o`) into what TOML would have given. Both raise ValueError; the message names what was expected.
"""

import ipaddress
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from attrs import frozen

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SIZES = {"": 1, "B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)", re.ASCII)
_SIZE = re.compile(r"(\d+)\s*(B|KiB|MiB|GiB|)", re.ASCII)
_MONEY = re.compile(r"\d{1,15}(\.\d{1,4})?", re.ASCII)
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Kind(Protocol):
    """How one kind of setting is read. `expected` completes the sentence "expected …."; `name` is for tables."""

    @property
    def name(self) -> str: ...
    @property
    def expected(self) -> str: ...
    def read(self, value: object) -> Any: ...
    def from_text(self, text: str) -> object: ...


class Plain:
    """Kinds whose text form is also their TOML form."""

    def from_text(self, text: str) -> object:
        return text


@frozen
class Text(Plain):
    """A string, or one of a few words, or one that matches a pattern."""

    choices: tuple[str, ...] = ()
    pattern: str = ""
    pattern_name: str = ""
    may_be_empty: bool = True

    @property
    def name(self) -> str:
        return "text"

    @property
    def expected(self) -> str:
        if self.choices:
            return "one of " + ", ".join(f'"{choice}"' for choice in self.choices)
        return self.pattern_name or "text"

    def read(self, value: object) -> str:
        if not isinstance(value, str) or CONTROL.search(value) or (self.choices and value not in self.choices):
            raise ValueError(self.expected)
        if not value and not self.may_be_empty:
            raise ValueError("a value that is not empty")
        if value and self.pattern and not re.fullmatch(self.pattern, value, re.ASCII):
            raise ValueError(self.expected)
        return value


@frozen
class Flag:
    """true or false."""

    @property
    def name(self) -> str:
        return "true/false"

    @property
    def expected(self) -> str:
        return "true or false"

    def read(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise ValueError(self.expected)
        return value

    def from_text(self, text: str) -> object:
        return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(text.lower(), text)


@frozen
class Number:
    """A whole number within bounds: every limit has a least and a greatest value that makes sense."""

    low: int
    high: int

    @property
    def name(self) -> str:
        return "number"

    @property
    def expected(self) -> str:
        return f"a number from {self.low} to {self.high}"

    def read(self, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not self.low <= value <= self.high:
            raise ValueError(self.expected)
        return value

    def from_text(self, text: str) -> object:
        return int(text) if re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII) else text


@frozen
class Duration(Plain):
    """A length of time such as "250ms", "30s", "15m", "2h", "30d"; the program gets seconds as a float."""

    low: str
    high: str

    @property
    def name(self) -> str:
        return "duration"

    @property
    def expected(self) -> str:
        return f'a duration from "{self.low}" to "{self.high}"'

    def read(self, value: object) -> float:
        seconds = self.seconds(value)
        if seconds is None or not self._bound(self.low) <= seconds <= self._bound(self.high):
            raise ValueError(self.expected)
        return seconds

    @staticmethod
    def seconds(value: object) -> float | None:
        """The seconds that a text means, or None when it is no duration. 0 needs no unit."""
        if value in ("0", 0) and not isinstance(value, bool):
            return 0.0
        match = _DURATION.fullmatch(value) if isinstance(value, str) else None
        return float(match[1]) * _UNITS[match[2]] if match else None

    def _bound(self, text: str) -> float:
        seconds = self.seconds(text)
        if seconds is None:
            raise TypeError(f"the bound {text!r} of a setting is no duration")
        return seconds


@frozen
class Size(Plain):
    """A number of bytes: 26214400 or "25MiB"; the program gets an int."""

    low: str
    high: str

    @property
    def name(self) -> str:
        return "size"

    @property
    def expected(self) -> str:
        return f'a size from "{self.low}" to "{self.high}"'

    def read(self, value: object) -> int:
        amount = self.amount(value)
        if amount is None or not (self.amount(self.low) or 0) <= amount <= (self.amount(self.high) or 0):
            raise ValueError(self.expected)
        return amount

    @staticmethod
    def amount(value: object) -> int | None:
        """The bytes that a text or number means, or None."""
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        match = _SIZE.fullmatch(value) if isinstance(value, str) else None
        return int(match[1]) * _SIZES[match[2]] if match else None


@frozen
class Money(Plain):
    """An amount as a decimal string, never a float: "1000.00"."""

    @property
    def name(self) -> str:
        return "amount"

    @property
    def expected(self) -> str:
        return 'an amount in quotes such as "1000.00"'

    def read(self, value: object) -> Decimal:
        if not isinstance(value, str) or not _MONEY.fullmatch(value):
            raise ValueError(self.expected)
        return Decimal(value)


@frozen
class Url(Plain):
    """An address with one of the given schemes and a host, without user or password."""

    schemes: tuple[str, ...] = ("https", "http")
    may_be_empty: bool = True

    @property
    def name(self) -> str:
        return "URL"

    @property
    def expected(self) -> str:
        return "a URL that starts with " + " or ".join(f"{scheme}://" for scheme in self.schemes)

    def read(self, value: object) -> str:
        if not isinstance(value, str) or not (value or self.may_be_empty) or not is_address(value, self.schemes):
            raise ValueError(self.expected)
        if "@" in urlsplit(value).netloc:
            raise ValueError("a URL without user name and password")
        return value.rstrip("/")


def is_address(value: str, schemes: tuple[str, ...]) -> bool:
    """Whether it is empty or an address with a host, a possible port and one of the schemes.

    PostgreSQL's may name a socket's directory instead of a host: `postgresql:///hub?host=/run/postgresql`.
    """
    if not value:
        return True
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return False
    named = bool(parts.hostname) or (parts.scheme.startswith("postgres") and "host" in parse_qs(parts.query))
    return parts.scheme in schemes and named and not re.search(r"[\s\x00-\x1f]", value)


@frozen
class Texts:
    """A list of strings; as an environment variable separated by commas. `item` checks each."""

    item: Text = Text(may_be_empty=False)

    @property
    def name(self) -> str:
        return "list"

    @property
    def expected(self) -> str:
        return f"a list, each {self.item.expected}"

    def read(self, value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise ValueError(self.expected)
        return tuple(self.item.read(item) for item in value)

    def from_text(self, text: str) -> object:
        return toml_value(text) if text.startswith("[") else [part.strip() for part in text.split(",") if part.strip()]


@frozen
class Networks(Texts):
    """A list of networks in CIDR form."""

    @property
    def expected(self) -> str:
        return 'a list of networks such as ["10.0.0.0/8"]'

    def read(self, value: object) -> tuple[str, ...]:
        try:
            return tuple(str(ipaddress.ip_network(item)) for item in super().read(value))
        except ValueError:
            raise ValueError(self.expected) from None


@frozen
class Renames:
    """A small table of text to text whose keys are known."""

    keys: tuple[str, ...]

    @property
    def name(self) -> str:
        return "table"

    @property
    def expected(self) -> str:
        return "a table of text with the keys " + ", ".join(self.keys)

    def read(self, value: object) -> Mapping[str, str]:
        if not isinstance(value, dict) or not value.keys() <= set(self.keys):
            raise ValueError(self.expected)
        if not all(isinstance(name, str) and name for name in value.values()):
            raise ValueError(self.expected)
        return dict(value)

    def from_text(self, text: str) -> object:
        return toml_value(text)


@frozen
class Words:
    """A small table of text to text with keys of the user's choice. `values` are those allowed, all when empty;
    `pattern` is what a key must look like."""

    values: tuple[str, ...] = ()
    pattern: str = r".{1,64}"
    most: int = 64

    @property
    def name(self) -> str:
        return "table"

    @property
    def expected(self) -> str:
        allowed = f", each one of {', '.join(self.values)}" if self.values else ""
        return f"a table of at most {self.most} texts{allowed}"

    def read(self, value: object) -> Mapping[str, str]:
        if not isinstance(value, dict) or len(value) > self.most:
            raise ValueError(self.expected)
        if not all(self._fits(key, word) for key, word in value.items()):
            raise ValueError(self.expected)
        return dict(value)

    def _fits(self, key: object, word: object) -> bool:
        if not isinstance(key, str) or not isinstance(word, str) or CONTROL.search(word):
            return False
        return re.fullmatch(self.pattern, key) is not None and (word in self.values or not self.values)

    def from_text(self, text: str) -> object:
        return toml_value(text)


def toml_value(text: str) -> object:
    """A TOML array or inline table written into a string; the text itself when it is none."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, KeyError):
        return text
