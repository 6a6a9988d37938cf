"""Cursors: where a list goes on, as an opaque word that only the hub can make.

A cursor carries the sort values of the last row and a MAC over them and the list they belong to, so that one of
another list, another filter or another person is refused instead of giving a page out of nowhere.
"""

import binascii
import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

import orjson

from hub.errors import Invalid
from web import answers
from web.keys import KeyRing

_MAC = 12
MOST_CHARACTERS = 1024


class Cursors:
    """Seals and opens cursors."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    def seal(self, listing: str, *values: Any) -> str:
        """The cursor after the row with these sort values (what JSON can hold, ids and times) of a list.

        `listing` names the list with all that decides its rows and order: "users", "conversations:<user>:<filters>".
        """
        body = answers.dumps(values)
        return urlsafe_b64encode(_mac(self._keys.signing, listing, body) + body).decode().rstrip("=")

    def open(self, listing: str, cursor: str) -> list[Any]:
        """The values sealed for this list. Raises Invalid at `$.cursor` for anything else."""
        try:
            raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)) if len(cursor) <= MOST_CHARACTERS else b""
        except (binascii.Error, ValueError):
            raw = b""
        mac, body = raw[:_MAC], raw[_MAC:]
        if not any(hmac.compare_digest(mac, _mac(key, listing, body)) for key in self._keys.by_id.values()):
            raise Invalid(errors=[{"path": "$.cursor", "message": "is not a cursor of this list"}])
        values: list[Any] = orjson.loads(body)
        return values

    def page(self, listing: str, rows: Sequence[Any], limit: int, *, after: Any, show: Any) -> dict[str, Any]:
        """The answer of a list from `limit` + 1 rows: `show(row)` is the item, `after(row)` its sort values."""
        shown = rows[:limit]
        more = len(rows) > limit
        return {
            "data": [show(row) for row in shown],
            "next_cursor": self.seal(listing, *after(shown[-1])) if more else None,
        }


def _mac(key: bytes, listing: str, body: bytes) -> bytes:
    return hmac.digest(key, listing.encode() + b"\0" + body, hashlib.sha256)[:_MAC]
