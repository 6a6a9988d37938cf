"""Logging of the process: one JSON object per line, or readable text on a terminal.

Whatever is logged passes through `hub.redaction`, so that a telephone number in an exception of some library does not
reach the log; and through `printable`, so that no text of a customer can forge a line or move the cursor.
"""

import logging
import re
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson
from attrs import frozen

from hub.commands import tracebacks
from hub.redaction import Redactor, kind_of

Context = Callable[[], Mapping[str, str]]
"""Gives the words of the request or message at hand: `request_id`, `conversation_id`."""

_STANDARD = frozenset(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {"message", "asctime", "taskName"}

LONGEST_MESSAGE = 4096
"""Characters of a message or an extra; the rest is cut off."""

LONGEST_TRACEBACK = 16_384

_OWN_WORDS = frozenset({"reason", "message_type", "customer_id", "address"})
"""Extras whose values are the hub's own words and ids, though fields of these names hold personal data elsewhere. Where
a sign-in came from (`address`) is what its line is for."""

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: str) -> str:
    """Control and direction characters written out; line breaks and tabs stay for the formatter to deal with."""
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


@frozen
class SafeFields:
    """What of a record may be written, by name."""

    redactor: Redactor
    context: Context

    def of(self, record: logging.LogRecord) -> dict[str, Any]:
        """What a record says: time, level, logger, message, the context, extras, the exception."""
        moment = datetime.fromtimestamp(record.created, UTC)
        fields: dict[str, Any] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._text(_first_line(record), LONGEST_MESSAGE),
            **{key: self._value(value, key) for key, value in self.context().items()},
            **{key: self._value(value, key) for key, value in record.__dict__.items() if key not in _STANDARD},
        }
        if record.exc_info and record.exc_info[1] is not None:
            fields["exception"] = type(record.exc_info[1]).__qualname__
            fields["traceback"] = self._text(tracebacks.told(record.exc_info[1]), LONGEST_TRACEBACK)
        return fields

    def _value(self, value: object, key: str) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        kind = None if key in _OWN_WORDS else kind_of(key)
        return self._text(str(value), LONGEST_MESSAGE) if kind is None else self.redactor.hidden(kind, value)

    def _text(self, text: str, longest: int) -> str:
        return printable(self.redactor.text(text, longest))


def _first_line(record: logging.LogRecord) -> str:
    """The message. asyncio adds lines with representations of whatever was at hand, exceptions with their data too."""
    message = record.getMessage()
    if record.name != "asyncio":
        return message
    first = message.partition("\n")[0]
    return first.partition("(")[0] if first.startswith("Exception in callback") else first


class JsonLines(logging.Formatter):
    """One JSON object per line."""

    def __init__(self, fields: SafeFields) -> None:
        super().__init__()
        self._fields = fields

    def format(self, record: logging.LogRecord) -> str:
        return orjson.dumps(self._fields.of(record)).decode()


class Readable(logging.Formatter):
    """Time, level, message and then the rest, for a person. A traceback follows, indented."""

    def __init__(self, fields: SafeFields) -> None:
        super().__init__()
        self._fields = fields

    def format(self, record: logging.LogRecord) -> str:
        fields = self._fields.of(record)
        clock, level = fields.pop("time")[11:23], fields.pop("level")
        message, trace = fields.pop("message").replace("\n", "\\n"), fields.pop("traceback", "")
        rest = " ".join(f"{key}={value}".replace("\n", "\\n") for key, value in fields.items() if value is not None)
        indented = "".join(f"\n    {line}" for line in trace.splitlines())
        return f"{clock} {level:<7} {message}  {rest}{indented}"


class AcceptStorm(logging.Filter):
    """Lets one "socket.accept() out of system resource" through per `every` seconds, with the number held back.

    Out of file descriptors, asyncio logs that line with a traceback for every place in the backlog, a hundred
    megabytes in seconds (CPython's `_accept_connection`).
    """

    def __init__(self, every: float = 10.0, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._every, self._clock = every, clock
        self._next = float("-inf")
        self._held = 0

    def filter(self, record: logging.LogRecord) -> bool:
        if not str(record.msg).startswith("socket.accept() out of system resource"):
            return True
        now = self._clock()
        if now < self._next:
            self._held += 1
            return False
        record.msg = f"Out of file descriptors: new connections have to wait ({self._held} more such lines held back)"
        record.args, record.exc_info = (), None
        self._next, self._held = now + self._every, 0
        return True


def configure(
    level: str = "info",
    form: str = "auto",
    *,
    context: Context = dict,
    redactor: Redactor | None = None,
    stream: TextIO | None = None,
) -> None:
    """Send all logging of the process to `stream` (standard error). Called once, first thing.

    `form` is the configuration's `log.format`; `context` is asked at every record; without a `redactor` what is hidden
    cannot be told apart.
    """
    target = stream or sys.stderr
    readable = form == "text" or (form == "auto" and target.isatty())
    handler = logging.StreamHandler(target)
    fields = SafeFields(redactor or Redactor(), context)
    handler.setFormatter(Readable(fields) if readable else JsonLines(fields))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    asyncio_log = logging.getLogger("asyncio")
    for old in [f for f in asyncio_log.filters if isinstance(f, AcceptStorm)]:
        asyncio_log.removeFilter(old)
    asyncio_log.addFilter(AcceptStorm())
