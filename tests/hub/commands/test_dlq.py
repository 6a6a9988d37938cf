"""`hub dlq` on a real database."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

from hub.dead_letter import LetterKind, NewLetter
from storage.database import Database
from storage.dead_letter import DeadLetterStore
from tests.hub.commands.conftest import Call, Ended


def put(url: str, kind: LetterKind = LetterKind.WRITE) -> str:
    letter = NewLetter(
        integration="ticketing", operation="create_ticket", kind=kind, problem="integration_error", attempts=3
    )

    async def work() -> UUID:
        database = Database(url)
        await database.open()
        try:
            return await DeadLetterStore(database).put(letter)
        finally:
            await database.close()

    return str(asyncio.run(work()))


def run(call: Call, url: str, *arguments: str) -> Ended:
    return call("-o", f"database.url={url}", "dlq", *arguments)


def listed(call: Call, url: str, *more: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(call, url, "list", "--json", *more).out)
    return found


def test_letters_are_listed_and_shown(call: Call, database_url: str) -> None:
    write, read = put(database_url), put(database_url, LetterKind.READ)
    assert [one["id"] for one in listed(call, database_url)] == [read, write]
    assert [one["id"] for one in listed(call, database_url, "--kind", "write", "--state", "dead")] == [write]
    assert listed(call, database_url, "--integration", "other") == []
    (line,) = [line for line in run(call, database_url, "list").out.splitlines() if line.startswith(write)]
    assert line.split()[1:7] == ["dead", "write", "ticketing", "create_ticket", "integration_error", "3"]
    assert json.loads(run(call, database_url, "show", write, "--json").out)["state"] == "dead"
    assert f"id               {write}" in run(call, database_url, "show", write).out


def test_they_are_queued_and_discarded(call: Call, database_url: str) -> None:
    one, two, three = (put(database_url) for _ in range(3))
    ended = run(call, database_url, "redrive", one, two, "--json")
    assert json.loads(ended.out) == {"queued": {"ticketing": 2}}
    assert run(call, database_url, "redrive", one).code == 4
    assert run(call, database_url, "discard", three).code == 0
    assert {letter["state"] for letter in listed(call, database_url)} == {"queued", "discarded"}
    assert {letter["requested_by"] for letter in listed(call, database_url)} == {"command"}
    exported = call("-o", f"database.url={database_url}", "audit", "export").out.splitlines()
    rows = [json.loads(json.loads(line)["body"]) for line in exported]
    assert [(row["actor"], row["tool"]) for row in rows] == [
        ("command", "redrive_dead_letter"),
        ("command", "redrive_dead_letter"),
        ("command", "discard_dead_letter"),
    ]


def test_all_are_queued(call: Call, database_url: str) -> None:
    put(database_url)
    put(database_url, LetterKind.READ)
    assert "1 of ticketing" in run(call, database_url, "redrive", "--all", "--rate", "5").err
    assert "nothing" in run(call, database_url, "redrive", "--all").err


def test_what_makes_no_sense_is_said(call: Call, database_url: str) -> None:
    assert run(call, database_url, "show", str(uuid4())).code == 3
    assert run(call, database_url, "discard", str(uuid4())).code == 3
    assert run(call, database_url, "redrive").code == 2
    assert run(call, database_url, "redrive", "not-an-id").code == 2
