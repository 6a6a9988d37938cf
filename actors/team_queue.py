"""A team's queue: how many conversations are open and how many nobody has, told to whoever watches it.

Changes come in bursts, so they are gathered for a moment and counted once.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from attrs import frozen

from actors import kinds
from actors.kernel import Actor, Bound, Context, KernelError, Kind, Mail, Policy
from hub.conversation.changes import SYSTEM
from hub.conversation.effects import Effects, NewEvent
from hub.conversation.state import Conversation
from hub.errors import HubError
from hub.events import Audience, EventType
from hub.ids import uuid7
from hub.journal import Change
from hub.ports import QueueStore

GATHER = 0.25
"""Seconds in which changes of one queue count as one."""

AGAIN = 1.0
"""Seconds until the next try while the database is away."""

IDLE = 600.0
ASK = 8.0


@frozen
class Changed:
    """A conversation came into the queue, left it, or changed hands."""


@frozen
class Count:
    """Time to count."""


class TeamQueue(Actor):
    """Counts after changes, and tells. It does not compare with what it told before: another replica may have told
    something else since."""

    __slots__ = ("_clock", "_context", "_gather", "_store", "_team_id", "_waiting")

    def __init__(
        self, team_id: UUID | None, context: Context, store: QueueStore, clock: Callable[[], datetime], gather: float
    ) -> None:
        self._team_id = team_id
        self._context = context
        self._store = store
        self._clock = clock
        self._gather = gather
        self._waiting = False

    async def receive(self, mail: Mail) -> object:
        """`Changed` starts the gathering, `Count` ends it."""
        if isinstance(mail.message, Changed):
            if not self._waiting:
                self._waiting = True
                self._context.timers.after(self._gather, self._context.ref, Count())
            return None
        self._waiting = False
        try:
            await self._count()
        except (HubError, KernelError):
            self._context.timers.after(AGAIN, self._context.ref, Count())
            self._waiting = True
        return None

    async def _count(self) -> None:
        counts = await self._store.queue(self._team_id)
        event = NewEvent(
            id=uuid7(),
            type=EventType.QUEUE_UPDATED,
            at=self._clock(),
            audience=Audience(team_id=self._team_id),
            actor=SYSTEM,
            data=counts,
        )
        await self._context.system.ref(kinds.WRITER, 0).ask(Change(uuid7(), Effects(events=[event])), timeout=ASK)


def teams(before: Conversation | None, after: Conversation | None) -> set[UUID]:
    """The teams whose queues a change of a conversation touches."""
    return {c.team_id for c in (before, after) if c is not None and c.team_id is not None}


def concerns(before: Conversation | None, after: Conversation | None) -> bool:
    """Whether the change moves a conversation into, out of or within a queue."""

    def place(conversation: Conversation | None) -> object:
        return conversation and (conversation.team_id, conversation.status, conversation.assignee_id)

    return place(before) != place(after)


def kind(store: QueueStore, clock: Callable[[], datetime], gather: float = GATHER) -> Kind:
    """The kind of queues; the key is the team's id. Changes within `gather` seconds count as one."""

    def create(key: UUID | None, context: Context) -> TeamQueue:
        return TeamQueue(key, context, store, clock, gather)

    return Kind(kinds.TEAM_QUEUE, create, Bound(64, Policy.COALESCE, key=type), idle_after=IDLE)
