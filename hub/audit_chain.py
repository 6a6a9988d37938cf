"""Whether the audit is whole: each row follows from the one before it, and agrees with what was signed of it.

The hashes show a change, a gap or a swap. Whoever can write to the tables can make all hashes anew, or cut the end off;
that shows by checkpoints, which are signed with a key that is not in the database, and by the ones that were logged.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from attrs import define, frozen

from hub.audit import GENESIS, link
from hub.canonical_json import canonical


@frozen
class Row:
    """A row as it is stored."""

    seq: int
    stream: str
    body: str
    hash: bytes


@frozen
class Mark:
    """Where the chain stood: the hash of the row of this number."""

    seq: int
    stream: str
    hash: bytes


@frozen
class Checkpoint:
    """A mark, signed (Ed25519) at a time with the key of this id."""

    mark: Mark
    at: str
    key_id: str
    signature: bytes

    @property
    def statement(self) -> bytes:
        """What is signed."""
        return statement(self.mark, self.at)


def statement(mark: Mark, at: str) -> bytes:
    """What is signed of a mark: canonical JSON."""
    return canonical({"at": at, "hash": mark.hash.hex(), "seq": mark.seq, "stream": mark.stream}).encode()


class Flaw(StrEnum):
    """What is wrong with a row."""

    MISSING = "missing"
    """There is none of this number, but later ones."""
    CHANGED = "changed"
    """It does not follow from the row before it."""
    REWRITTEN = "rewritten"
    """It follows, but is not what was signed: it or rows before it were made anew, since the last good checkpoint."""
    TRUNCATED = "truncated"
    """It was there, and with all after it is not."""
    BAD_SIGNATURE = "bad_signature"
    """The checkpoint of it was not signed with its key."""
    UNKNOWN_KEY = "unknown_key"
    """The checkpoint of it was signed with a key that is not trusted."""


@frozen
class Break:
    """The first thing that is wrong. `since`: the number of the last row before it that a signature vouches for."""

    seq: int
    flaw: Flaw
    since: int = 0


@frozen
class Verified:
    """What was looked at: rows `first` to `last` of a chain that ended at `head`, and checkpoints of them.

    `complete`: up to the end. `broken` is the first thing that is wrong, where the look ended.
    """

    first: int
    last: int
    head: int
    checkpoints: int
    complete: bool
    broken: Break | None


@define
class Chain:
    """Follows the chain from a mark, row by row."""

    at: Mark = Mark(0, "", GENESIS)

    def follow(self, row: Row) -> Break | None:
        """Goes on by a row, or says what is wrong with it and stays."""
        expected = self.at.seq + 1
        if row.seq != expected:
            return Break(expected, Flaw.MISSING)
        if row.stream < self.at.stream or link(self.at.hash, row.stream, row.seq, row.body) != row.hash:
            return Break(expected, Flaw.CHANGED)
        self.at = Mark(row.seq, row.stream, row.hash)
        return None

    def follow_all(self, rows: Iterable[Row]) -> Break | None:
        """Goes on as far as it can."""
        return next((broken for row in rows if (broken := self.follow(row))), None)


class Verifier(Protocol):
    """Who looks."""

    async def verify(self, first: int = 1, most: int | None = None) -> Verified:
        """Looks at rows from `first`, at most `most`; the row before them is believed. Raises Unavailable."""


class Witness(Protocol):
    """Who signs."""

    async def sign_if_due(self, rows: int, seconds: float, now: datetime) -> Checkpoint | Break | None:
        """Signs where the chain stands when `rows` rows, or any for `seconds`, are not signed yet; first follows it
        from where it was last signed here. Answers the new checkpoint, what is wrong, or None. Raises Unavailable."""
