"""One message on its way, with what travels along: who waits for the answer, until when, and in which context.

Two context variables hold what the handler of a message adds to the mail it sends. Both are set at the start of every
turn and never reset: a drain task has a context of its own, so nothing outside of the actor sees them.
"""

import asyncio
from collections.abc import Hashable, Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from actors.kernel.errors import AskTimeout

NO_TRACE: Mapping[str, str] = MappingProxyType({})
TRACE: ContextVar[Mapping[str, str]] = ContextVar("actors.trace", default=NO_TRACE)
"""Request and trace ids (`request_id`, `traceparent`) of what is being handled; mail takes them along."""

CHAIN: ContextVar[tuple[Hashable, ...]] = ContextVar("actors.chain", default=())
"""The refs whose turns wait for the running handler, that handler's own ref last; empty outside of actors."""


class Mail:
    """A message in a mailbox or in a handler's hands. This one is a tell: nobody waits, answering it does nothing."""

    __slots__ = ("at", "message", "topic", "trace")

    deadline: float | None = None
    """When the asker stops waiting, on the system's clock."""
    chain: tuple[Hashable, ...] = ()
    """The refs whose turns wait for the answer; an ask from here to one of them is a cycle."""

    def __init__(self, message: object, trace: Mapping[str, str] = NO_TRACE) -> None:
        self.message: Any = message
        self.trace = trace
        self.at = 0.0  # when it was posted, on the system's clock
        self.topic: Hashable = None  # under which it waits; a newer tell of the same topic takes its place

    @property
    def asks(self) -> bool:
        """Whether it came with a right to answer that is still ours, waited for or not."""
        return False

    @property
    def wants_reply(self) -> bool:
        """Whether somebody still waits and it is ours to answer."""
        return False

    @property
    def answered(self) -> bool:
        """Whether nothing is owed (any more): a tell, answered, handed on, or the asker has left."""
        return not self.wants_reply

    def reply(self, value: object) -> None:
        """Answers the ask; the first answer counts."""

    def fail(self, error: Exception) -> None:
        """Answers the ask with an error. For an outcome of the domain this is the way: raising drops the instance."""

    def gone(self, now: float) -> bool:
        """Whether the asker has left or its deadline has passed, so that handling it would be for nobody."""
        return False

    def onward(self, message: object, via: tuple[Hashable, ...]) -> "Mail":
        """A mail with the same asker, deadline and trace, for somebody else to answer."""
        return Mail(message, self.trace)

    def hand_over(self) -> None:
        """Gives up the right to answer, after `onward` mail was taken."""


class Ask(Mail):
    """A message whose sender waits for an answer. The right to answer it is there once; after that it is as a tell."""

    __slots__ = ("_reply", "chain", "deadline")

    deadline: float

    def __init__(
        self,
        message: object,
        trace: Mapping[str, str],
        reply: asyncio.Future[Any],
        deadline: float,
        chain: tuple[Hashable, ...],
    ) -> None:
        self.message = message
        self.trace = trace
        self.at = 0.0
        self.topic = None
        self.deadline = deadline
        self.chain = chain
        self._reply: asyncio.Future[Any] | None = reply

    @property
    def asks(self) -> bool:
        return self._reply is not None

    @property
    def wants_reply(self) -> bool:
        return self._reply is not None and not self._reply.done()

    def reply(self, value: object) -> None:
        future, self._reply = self._reply, None
        if future is not None and not future.done():
            future.set_result(value)

    def fail(self, error: Exception) -> None:
        future, self._reply = self._reply, None
        if future is not None and not future.done():
            future.set_exception(error)
            future.exception()  # seen: an asker who left must not make asyncio log the error's text

    def gone(self, now: float) -> bool:
        return self._reply is not None and (self._reply.done() or self.deadline <= now)

    def onward(self, message: object, via: tuple[Hashable, ...]) -> Mail:
        if self._reply is None:
            return Mail(message, self.trace)
        return Ask(message, self.trace, self._reply, self.deadline, (*self.chain, *via))

    def hand_over(self) -> None:
        self._reply = None


def time_out(reply: asyncio.Future[Any], kind: str) -> None:
    """What the deadline of an ask does."""
    if not reply.done():
        reply.set_exception(AskTimeout(kind))
        reply.exception()
