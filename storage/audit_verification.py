"""Looking at the audit from end to end, and signing where it stands: the ports of `hub.audit_chain`."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from attrs import define, field, frozen

from hub.audit import GENESIS
from hub.audit_chain import Break, Chain, Checkpoint, Flaw, Mark, Row, Verified, statement
from hub.clock import from_rfc3339, rfc3339
from storage.audit import Audit
from storage.audit_keys import AuditKeys

PAGE = 500
"""Rows read at once: some milliseconds of hashing."""


@frozen
class AuditVerifier:
    """Looks whether the audit is whole. `known`: hashes by number that were kept elsewhere, such as in a log."""

    audit: Audit
    keys: AuditKeys
    known: Mapping[int, bytes] = field(factory=dict)

    async def verify(self, first: int = 1, most: int | None = None) -> Verified:
        """Looks at rows from `first`, at most `most`; the row before them is believed. Raises Unavailable."""
        look = _Look(self.keys, self.known, first)
        head, newest = await self.audit.head(), await self.audit.last_checkpoint()
        end = max([head.seq, newest.mark.seq if newest else 0, *self.known])
        if first > end + 1:
            return Verified(first, end, end, 0, True, None)
        until = end if most is None else min(end, first + most - 1)
        if first > 1:
            look.believe(await self.audit.rows(first - 2, 1))
        while look.broken is None and look.chain.at.seq < until:
            rows = await self.audit.rows(look.chain.at.seq, min(PAGE, until - look.chain.at.seq))
            if not rows:
                look.ends_early()
                break
            look.at(rows, await self.audit.checkpoints(rows[0].seq - 1, rows[-1].seq))
        last = look.chain.at
        if look.broken is None and last.seq == head.seq and last.hash != head.hash:
            look.breaks(head.seq, Flaw.REWRITTEN)
        return Verified(first, last.seq, end, look.checkpoints, last.seq >= end and look.broken is None, look.broken)


@define
class _Look:
    """One look: how far it is, and what it came by."""

    keys: AuditKeys
    known: Mapping[int, bytes]
    first: int
    chain: Chain = field(factory=Chain)
    checkpoints: int = 0
    vouched: int = 0
    broken: Break | None = None

    def breaks(self, seq: int, flaw: Flaw) -> None:
        self.broken = self.broken or Break(seq, flaw, self.vouched)

    def believe(self, rows: Sequence[Row]) -> None:
        """Begins after this row, or where it should be."""
        if rows and rows[0].seq == self.first - 1:
            self.chain.at = Mark(rows[0].seq, rows[0].stream, rows[0].hash)
        else:
            self.chain.at = Mark(self.first - 1, "", GENESIS)
            self.breaks(self.first - 1, Flaw.MISSING)

    def ends_early(self) -> None:
        self.breaks(self.chain.at.seq + 1, Flaw.TRUNCATED)

    def at(self, rows: Sequence[Row], checkpoints: Sequence[Checkpoint]) -> None:
        """Follows the rows; what was signed of each is compared when it is reached."""
        signed: dict[int, list[Checkpoint]] = {}
        for checkpoint in checkpoints:
            signed.setdefault(checkpoint.mark.seq, []).append(checkpoint)
        for row in rows:
            broken = self.chain.follow(row)
            if broken is not None:
                return self.breaks(broken.seq, broken.flaw)
            for checkpoint in signed.get(row.seq, ()):
                self._compare(checkpoint)
            if self.known.get(row.seq, row.hash) != row.hash:
                self.breaks(row.seq, Flaw.REWRITTEN)
            if self.broken is not None:
                return None
        return None

    def _compare(self, checkpoint: Checkpoint) -> None:
        seq = checkpoint.mark.seq
        try:
            signed = self.keys.signed(checkpoint.key_id, checkpoint.statement, checkpoint.signature)
        except KeyError:
            return self.breaks(seq, Flaw.UNKNOWN_KEY)
        if not signed:
            return self.breaks(seq, Flaw.BAD_SIGNATURE)
        if checkpoint.mark != self.chain.at:
            return self.breaks(seq, Flaw.REWRITTEN)
        self.checkpoints += 1
        self.vouched = seq
        return None


class AuditWitness:
    """Signs where the audit stands. What it has signed it remembers, so that it notices a change of it at once."""

    def __init__(self, audit: Audit, keys: AuditKeys) -> None:
        self._audit, self._keys = audit, keys
        self._seen: Mark | None = None

    async def sign_if_due(self, rows: int, seconds: float, now: datetime) -> Checkpoint | Break | None:
        """Signs where the chain stands when `rows` rows, or any for `seconds`, are not signed yet; first follows it
        from where it was last signed here. Answers the new checkpoint, what is wrong, or None. Raises Unavailable."""
        last, head = await self._audit.last_checkpoint(), await self._audit.head()
        signed = max(self._seen.seq if self._seen else 0, last.mark.seq if last else 0)
        if head.seq < signed:
            return Break(head.seq + 1, Flaw.TRUNCATED)
        if not _due(head, last, rows, seconds, now):
            return None
        broken = await self._follow(head, last)
        if broken is not None:
            return broken
        at = rfc3339(now)
        checkpoint = Checkpoint(head, at, self._keys.id, self._keys.sign(statement(head, at)))
        await self._audit.sign(checkpoint)
        self._seen = head
        return checkpoint

    async def _follow(self, head: Mark, last: Checkpoint | None) -> Break | None:
        """From the last mark to the end: what is signed is what the rows say."""
        begin = self._seen or (last.mark if last else None)
        chain = Chain(begin) if begin is not None else Chain()
        while chain.at.seq < head.seq:
            rows = await self._audit.rows(chain.at.seq, min(PAGE, head.seq - chain.at.seq))
            broken = chain.follow_all(rows) if rows else Break(chain.at.seq + 1, Flaw.TRUNCATED)
            if broken is not None:
                return broken
        return None if chain.at == head else Break(head.seq, Flaw.REWRITTEN)


def _due(head: Mark, last: Checkpoint | None, rows: int, seconds: float, now: datetime) -> bool:
    if last is None or last.mark.seq >= head.seq:
        return last is None and head.seq > 0
    old = now - from_rfc3339(last.at) >= timedelta(seconds=seconds)
    return old or head.seq - last.mark.seq >= rows
