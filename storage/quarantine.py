"""What came signed by a channel and could not be understood or stored: kept as it came, for a person to look at."""

from typing import Any
from uuid import NAMESPACE_OID, uuid5

import orjson
from attrs import frozen

from storage.database import Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `quarantine.sql`."""

    put: str
    newest: str


SQL = load("quarantine.sql", Sql)

LARGEST = 4 * 1024 * 1024
"""Bytes kept of one element. What is longer is cut; a webhook is not longer."""


def _bytes(payload: Any) -> bytes:
    if isinstance(payload, bytes):
        return payload[:LARGEST]
    try:
        return orjson.dumps(payload, default=repr, option=orjson.OPT_NON_STR_KEYS)[:LARGEST]
    except orjson.JSONEncodeError:
        return repr(payload).encode("utf-8", "backslashreplace")[:LARGEST]


class QuarantineStore:
    """The quarantine. Every method raises Unavailable when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, channel: str, reason: str, payload: Any) -> None:
        """Keeps the element as it came."""
        kept = _bytes(payload)
        row_id = uuid5(NAMESPACE_OID, f"{channel}|{reason}|{kept!r}")
        async with self._database.acquire() as connection:
            await connection.execute(SQL.put, row_id, channel, reason, kept)

    async def newest(self, limit: int) -> list[dict[str, Any]]:
        """What was put aside lately."""
        async with self._database.acquire() as connection:
            return [dict(row) for row in await connection.fetch(SQL.newest, limit)]
