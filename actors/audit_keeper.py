"""The keeper of the audit: signs where it stands, and looks again and again whether it is whole.

Every replica does both. They sign the same once, and each looks with its own eyes.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from hub.audit_chain import Break, Checkpoint, Verifier, Witness
from hub.config.server import Audit
from hub.errors import Unavailable

log = logging.getLogger("hub.audit")

EVERY = 1.0
"""Seconds between looks at whether it is time to sign."""


class Figures(Protocol):
    """Who counts."""

    def signed(self, seq: int) -> None: ...
    def verified(self, at: datetime, seq: int) -> None: ...
    def broken(self) -> None: ...


Alarm = Callable[[Break], Awaitable[None]]
"""Told of what is wrong, at every look. Raises Unavailable."""


class AuditKeeper:
    """Keeps it. `broken` is what was wrong when it was looked at last."""

    def __init__(
        self,
        witness: Witness,
        verifier: Verifier,
        alarm: Alarm,
        figures: Figures,
        pace: Audit,
        now: Callable[[], datetime],
    ) -> None:
        self._witness, self._verifier, self._alarm = witness, verifier, alarm
        self._figures, self._pace, self._now = figures, pace, now
        self._next = 1
        self.broken: Break | None = None

    async def run(self) -> None:
        """Keeps it until cancelled. While the database is away, or the audit in it, it is asked again."""
        clock = asyncio.get_running_loop().time
        due = clock()
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.sign()
                if clock() >= due:
                    due = clock() + self._pace.verify_every
                    await self.look()
            except Unavailable:
                log.info("the audit cannot be read now")

    async def sign(self) -> None:
        """Signs, if it is time. The log line is a copy that nobody with the database can change. Raises Unavailable."""
        signed = await self._witness.sign_if_due(self._pace.sign_rows, self._pace.sign_every, self._now())
        if isinstance(signed, Checkpoint):
            mark = signed.mark
            self._figures.signed(mark.seq)
            log.info("the audit is signed", extra={"seq": mark.seq, "hash": mark.hash.hex(), "key": signed.key_id})
        elif signed is not None:
            await self._breaks(signed)

    async def look(self) -> None:
        """Looks at the next stretch; after the end from the beginning. Raises Unavailable."""
        found = await self._verifier.verify(self._next, self._pace.verify_rows)
        if found.broken is not None:
            self._next = 1
            await self._breaks(found.broken)
        elif found.complete:
            self._next, self.broken = 1, None
            self._figures.verified(self._now(), found.last)
        else:
            self._next = found.last + 1

    async def _breaks(self, broken: Break) -> None:
        self._figures.broken()
        if broken != self.broken:
            where = {"seq": broken.seq, "flaw": broken.flaw.value, "since": broken.since}
            log.critical("the audit was tampered with", extra=where)
        self.broken = broken
        await self._alarm(broken)
