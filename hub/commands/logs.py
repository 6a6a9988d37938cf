"""Logging of the process: one JSON object per line, or readable text on a terminal.

Whatever is logged passes through `redacted`, so that a telephone number in an exception of some library does not reach
the log; and through `printable`, so that no text of a customer can forge a line or move the cursor.
"""

import logging
import re
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson

Context = Callable[[], Mapping[str, str]]
"""Gives the words of the request or message at hand: `request_id`, `conversation_id`."""

_STANDARD = frozenset(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {"message", "asctime", "taskName"}

_REDACTIONS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"wamid\.[\w+/=.-]+"), "[wamid]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{4,}"), r"\1 [token]"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), "[token]"),
    (re.compile(r"\bEAA[A-Za-z0-9]{16,}"), "[token]"),
    (
        re.compile(r"(?i)\b((?:access_|refresh_|verify_)?token|ticket|secret|password|api_key)=[^&\s'\"]+"),
        r"\1=[hidden]",
    ),
    (re.compile(r"://[^/\s:@]*:[^/\s@]*@"), "://[login]@"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "[email]"),
    (re.compile(r"(?<![\w.-])(?:\+\d[\d ().-]{6,18}\d|\d{9,15})(?!\w)"), "[number]"),
)

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def redacted(text: str) -> str:
    """The text without telephone numbers, addresses, tokens and WhatsApp's message ids (which contain the number)."""
    for pattern, replacement in _REDACTIONS:
        text = pattern.sub(replacement, text)
    return text


def printable(text: str) -> str:
    """Control and direction characters written out; line breaks and tabs stay for the formatter to deal with."""
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _safe(value: object) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    return printable(redacted(str(value)))


def fields_of(record: logging.LogRecord, context: Mapping[str, str]) -> dict[str, Any]:
    """What a record says, safe to write: time, level, logger, message, the context, extras, the exception."""
    moment = datetime.fromtimestamp(record.created, UTC)
    fields: dict[str, Any] = {
        "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": _safe(record.getMessage()),
        **{key: _safe(value) for key, value in context.items()},
        **{key: _safe(value) for key, value in record.__dict__.items() if key not in _STANDARD},
    }
    if record.exc_info and record.exc_info[0] is not None:
        fields["exception"] = record.exc_info[0].__qualname__
        fields["traceback"] = _safe("".join(traceback.format_exception(*record.exc_info)).rstrip())
    return fields


class JsonLines(logging.Formatter):
    """One JSON object per line."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context

    def format(self, record: logging.LogRecord) -> str:
        return orjson.dumps(fields_of(record, self._context())).decode()


class Readable(logging.Formatter):
    """Time, level, message and then the rest, for a person. A traceback follows, indented."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context

    def format(self, record: logging.LogRecord) -> str:
        fields = fields_of(record, self._context())
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
    level: str = "info", form: str = "auto", *, context: Context = dict, stream: TextIO | None = None
) -> None:
    """Send all logging of the process to `stream` (standard error). Called once, first thing.

    `form` is the configuration's `log.format`; `context` is asked at every record.
    """
    target = stream or sys.stderr
    readable = form == "text" or (form == "auto" and target.isatty())
    handler = logging.StreamHandler(target)
    handler.setFormatter(Readable(context) if readable else JsonLines(context))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    asyncio_log = logging.getLogger("asyncio")
    for old in [f for f in asyncio_log.filters if isinstance(f, AcceptStorm)]:
        asyncio_log.removeFilter(old)
    asyncio_log.addFilter(AcceptStorm())
