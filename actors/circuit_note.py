"""Notes for good that a circuit has opened or closed, and has everybody told.

One actor per circuit, so that its notes follow one another. While the database is away the newest state waits: what
was opened and closed meanwhile is nobody's news any more.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from attrs import frozen

from actors import kinds
from actors.circuit_world import CircuitStore, Moved
from actors.kernel import Actor, Bound, Context, KernelError, Kind, Mail, Policy
from hub.errors import HubError
from hub.integration.news import circuit_changed

log = logging.getLogger("hub.integration")

LIMIT = 100
"""Moves that may wait; above it the oldest is dropped: only the newest is true."""

AGAIN = 5.0
"""Seconds until a note is tried again that the database did not take."""

ASK = 8.0


@frozen
class Again:
    """Time to try a note again."""


class CircuitNote(Actor):
    """One circuit's notes. `_newest` is what is still to be noted."""

    __slots__ = ("_clock", "_context", "_newest", "_store")

    def __init__(self, context: Context, store: CircuitStore, clock: Callable[[], datetime]) -> None:
        self._context = context
        self._store = store
        self._clock = clock
        self._newest: Moved | None = None

    async def receive_batch(self, mails: Sequence[Mail]) -> None:
        """Each mail carries a `Moved`, of which the newest is noted, or `Again`."""
        moves = [mail.message for mail in mails if isinstance(mail.message, Moved)]
        self._newest = moves[-1] if moves else self._newest
        if self._newest is not None:
            await self._note(self._newest)

    async def _note(self, moved: Moved) -> None:
        try:
            await self._store.save(moved.circuit, moved.state)
            told = circuit_changed(moved.circuit, moved.state, moved.seconds, self._clock())
            await self._context.system.ref(kinds.WRITER, 0).ask(told, timeout=ASK)
        except (HubError, KernelError) as error:
            log.info("a circuit's state waits to be noted", extra={"reason": type(error).__name__})
            self._context.timers.after(AGAIN, self._context.ref, Again())
            return
        self._newest = None
        log.warning("a circuit has changed", extra={"circuit": moved.circuit, "state": moved.state.value})


def kind(store: CircuitStore, clock: Callable[[], datetime]) -> Kind:
    """The kind of notes; the key is the circuit's name."""

    def create(key: str, context: Context) -> CircuitNote:
        return CircuitNote(context, store, clock)

    return Kind(kinds.CIRCUIT_NOTE, create, Bound(LIMIT, Policy.DROP_OLDEST), batch=LIMIT, idle_after=None)
