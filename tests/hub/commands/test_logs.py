"""Log lines are JSON or readable, hold no personal data, and cannot be forged."""

import asyncio
import gc
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from hub.commands import logs
from hub.commands.logs import AcceptStorm, configure, printable
from hub.redaction import Redactor


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root, asyncio_log = logging.getLogger(), logging.getLogger("asyncio")
    before = (root.level, root.handlers[:], asyncio_log.filters[:])
    yield
    root.level, root.handlers[:], asyncio_log.filters[:] = before
    logging.captureWarnings(False)


def written(form: str, say: Any, context: dict[str, str] | None = None) -> str:
    stream = io.StringIO()
    configure(form=form, stream=stream, context=lambda: context or {})
    say(logging.getLogger("hub.test"))
    return stream.getvalue()


def test_a_line_is_an_object() -> None:
    line = written("auto", lambda log: log.warning("sent %d", 3, extra={"channel": "app"}), {"request_id": "r-1"})
    entry = json.loads(line)
    assert entry.pop("time")[-5:].endswith("Z")
    assert entry == {
        "level": "warning",
        "logger": "hub.test",
        "message": "sent 3",
        "request_id": "r-1",
        "channel": "app",
    }


def test_an_exception_has_its_type_and_traceback() -> None:
    def say(log: logging.Logger) -> None:
        try:
            raise LookupError("Key (phone)=(5511999998888) already exists")
        except LookupError:
            log.exception("failed")

    entry = json.loads(written("json", say))
    assert entry["exception"] == "LookupError"
    assert entry["traceback"].endswith("LookupError: Key (phone)=[database]")
    assert "5511999998888" not in written("json", say) + written("text", say)


def test_messages_extras_and_context_are_redacted() -> None:
    extra = {"phone": "call me", "reason": "ValueError to ana@example.com", "seconds": 1.5, "customer_id": "c-1"}

    def say(log: logging.Logger) -> None:
        log.warning("sent to %s", "5511999998888", extra=extra)

    entry = json.loads(written("json", say, {"conversation_id": "4111 1111 1111 1111"}))
    assert entry["message"] == "sent to [number]"
    assert (entry["phone"], entry["reason"]) == ("[number]", "ValueError to [email]")
    assert (entry["seconds"], entry["customer_id"], entry["conversation_id"]) == (1.5, "c-1", "[card:…1111]")


def test_with_a_key_what_is_hidden_can_be_told_apart() -> None:
    stream = io.StringIO()
    configure(form="json", stream=stream, redactor=Redactor(b"k" * 32))
    logging.getLogger("hub.test").info("ana@example.com, bob@example.com")
    one, other = json.loads(stream.getvalue())["message"].split(", ")
    assert one.startswith("[email:h=")
    assert one != other


async def test_asyncio_repeats_no_data_of_what_failed() -> None:
    stream = io.StringIO()
    configure(form="json", stream=stream)

    def fails(name: str) -> None:
        raise KeyError(name)

    async def fails_alone(name: str) -> None:
        raise KeyError(name)

    loop = asyncio.get_running_loop()
    loop.call_soon(fails, "Maria Oliveira")
    task = loop.create_task(fails_alone("Maria Oliveira"))
    await asyncio.sleep(0.01)
    del task
    gc.collect()
    entries = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [entry["message"].split("<")[0] for entry in entries] == [
        "Exception in callback test_asyncio_repeats_no_data_of_what_failed.",
        "Task exception was never retrieved",
    ]
    assert [entry["exception"] for entry in entries] == ["KeyError", "KeyError"]
    assert "Maria" not in stream.getvalue()


def test_a_customers_text_cannot_make_a_line() -> None:
    evil = 'x\n{"level":"error"}\r\x1b[2J\x9b1m\u202e'
    for form in ("json", "text"):
        line = written(form, lambda log: log.info("%s", evil))
        assert line.count("\n") == 1
        assert not set(line) & set("\r\x1b\x9b\u202e")


def test_lone_surrogates_do_not_lose_the_line() -> None:
    assert "\\\\ud800" in written("json", lambda log: log.info("\ud800"))


def test_readable_lines() -> None:
    line = written("text", lambda log: log.info("hello", extra={"port": 8080}), {"request_id": "r-1"})
    assert line[2] == ":"
    assert line[13:] == "info    hello  logger=hub.test request_id=r-1 port=8080\n"


def test_tabs_and_line_breaks_are_left_to_the_formatter() -> None:
    assert printable("a\tb\nc\x07") == "a\tb\nc\\x07"


def test_a_storm_of_refused_connections_is_held_back() -> None:
    now = [100.0]
    storm = AcceptStorm(every=10.0, clock=lambda: now[0])

    def passes(message: str = "socket.accept() out of system resource\nsocket: <x>") -> logging.LogRecord | None:
        record = logging.LogRecord("asyncio", logging.ERROR, "", 0, message, (), None)
        return record if storm.filter(record) else None

    assert passes() is not None
    assert [passes() for _ in range(1000)] == [None] * 1000
    assert passes("something else") is not None
    now[0] += 10
    record = passes()
    assert record is not None
    assert "(1000 more such lines held back)" in record.getMessage()


def test_configuring_twice_writes_once() -> None:
    written("json", lambda log: None)
    assert written("json", lambda log: log.info("once")).count("once") == 1
    assert len([f for f in logging.getLogger("asyncio").filters if isinstance(f, logs.AcceptStorm)]) == 1
