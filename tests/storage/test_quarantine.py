"""What could not be understood is kept byte for byte, once, whatever it is."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from hub.errors import Unavailable
from storage.database import Database
from storage.quarantine import LARGEST, QuarantineStore


@pytest.fixture
def quarantine(database: Database) -> QuarantineStore:
    return QuarantineStore(database)


@pytest.mark.parametrize(
    ("payload", "kept"),
    [
        (b'{"half": ', b'{"half": '),
        ({"type": "new", "n": 1}, b'{"type":"new","n":1}'),
        ({"id": UUID(int=7), "at": datetime(2026, 1, 5, tzinfo=UTC)}, None),
        ({1: "a key that is no text", "set": {3}}, None),
        ("half a character \ud800", b"'half a character \\ud800'"),
        (2**80, str(2**80).encode()),
        (b"x" * (LARGEST + 5), b"x" * LARGEST),
    ],
)
async def test_anything_is_kept(quarantine: QuarantineStore, payload: Any, kept: bytes | None) -> None:
    await quarantine.put("wa", "not_an_object", payload)
    (row,) = await quarantine.newest(10)
    assert (row["channel"], row["reason"]) == ("wa", "not_an_object")
    assert row["payload"]
    assert kept is None or row["payload"] == kept


async def test_the_same_element_is_kept_once_and_the_newest_come_first(quarantine: QuarantineStore) -> None:
    for payload in (b"one", b"two", b"one"):
        await quarantine.put("wa", "no_sender", payload)
    await quarantine.put("wa", "id_too_long", b"one")
    newest = [(row["reason"], row["payload"]) for row in await quarantine.newest(10)]
    assert newest == [("id_too_long", b"one"), ("no_sender", b"two"), ("no_sender", b"one")]
    assert len(await quarantine.newest(2)) == 2


async def test_without_a_database_the_caller_is_told(database: Database, quarantine: QuarantineStore) -> None:
    await database.close()
    with pytest.raises(Unavailable):
        await quarantine.put("wa", "no_sender", b"x")
