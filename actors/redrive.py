"""Doing dead letters again: one after the other, each by whoever knows its operation.

The table is the queue and says whose turn it is, over all replicas; what is at hand here can be lost at any moment. A
letter that was taken by a replica which died is taken again when its lease is over, under the same idempotency key.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping

from hub.dead_letter import DeadLetter, RedriveQueue, Redriver, Settled, Step
from hub.errors import CircuitOpen, HubError, Unavailable

log = logging.getLogger("hub.dead_letters")

LONGEST = 90.0
"""Seconds that doing one again may take; above it it has failed. Shorter than the lease under which it is done."""

PAUSE = 0.1
"""Seconds between two, whatever pace was asked for."""

NOBODY = "unavailable"
"""The problem of a letter that nobody here can do again: its integration is not configured any more."""


class Redrive:
    """Takes what is queued, until cancelled."""

    def __init__(
        self,
        queue: RedriveQueue,
        redrivers: Mapping[tuple[str, str], Redriver],
        every: float,
        ended: Callable[[str, Step], None],
    ) -> None:
        """`redrivers` by integration and operation. `every`: seconds between looks at an empty queue. `ended` is told
        of each letter's integration and how it went."""
        self._queue = queue
        self._redrivers = redrivers
        self._every = every
        self._ended = ended

    async def run(self) -> None:
        """Until cancelled. A database that is away is asked again."""
        while True:
            try:
                more = await self.one()
            except Unavailable:
                more = False
                log.info("dead letters wait for the database")
            await asyncio.sleep(PAUSE if more else self._every)

    async def one(self) -> bool:
        """Does the next one again; False when none is due."""
        letter = await self._queue.take()
        if letter is None:
            return False
        settled = await self._tried(letter)
        await self._queue.settle(letter.id, settled)
        if settled.problem == CircuitOpen.code:
            stopped = await self._queue.stop(letter.integration)
            log.info(
                "dead letters are left: the circuit is open",
                extra={"integration": letter.integration, "letters": stopped + 1},
            )
        self._ended(letter.integration, settled.step)
        return True

    async def _tried(self, letter: DeadLetter) -> Settled:
        redriver = self._redrivers.get((letter.integration, letter.operation))
        if redriver is None:
            return Settled(Step.FAIL, NOBODY)
        try:
            async with asyncio.timeout(LONGEST):
                return Settled(await redriver(letter))
        except TimeoutError:
            return Settled(Step.FAIL, "integration_timeout")
        except HubError as error:
            return Settled(Step.FAIL, error.code, getattr(error, "provider_status", None))
