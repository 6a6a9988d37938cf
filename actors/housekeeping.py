"""Keeping the house: everything that is to be forgotten after a time, looked at now and then, one after the other."""

import logging
from collections.abc import Awaitable, Callable, Mapping

from attrs import frozen

from hub.errors import HubError

log = logging.getLogger("hub.chores")

EVERY = 600.0
"""Seconds between two rounds. Whatever is kept for a time may stay that much longer."""


@frozen
class Housekeeping:
    """The chores by name; each forgets what is due, answers how many rows if it counts them, and may be done on several
    replicas at once. `done` is told of each that did not fail."""

    chores: Mapping[str, Callable[[], Awaitable[int | None]]]
    done: Callable[[str, int], None]

    async def round(self) -> None:
        """Does all of them. One that fails is left for the next round and costs the others nothing."""
        for name, chore in self.chores.items():
            try:
                count = await chore()
            except HubError as error:
                log.warning("a chore is left for later", extra={"chore": name, "reason": error.code})
            else:
                self.done(name, count or 0)
