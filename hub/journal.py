"""What passes through the journal: a change of at most one conversation, and what became of it."""

from enum import StrEnum
from uuid import UUID

from attrs import field, frozen

from hub.conversation.effects import Effects
from hub.conversation.state import Conversation
from hub.events import Event
from hub.inbound import StatusUpdate


class Verdict(StrEnum):
    """What the journal says of a change. Only `ok` wrote something; `done` had written it before."""

    OK = "ok"
    DONE = "done"
    CONFLICT = "conflict"
    DUPLICATE = "duplicate"
    MOVED = "moved"
    KNOWN = "known"
    AWAITED = "awaited"
    FENCED = "fenced"


@frozen
class Orphan:
    """A report on a message that nobody here knows (yet)."""

    channel: str
    update: StatusUpdate


@frozen
class Change:
    """One item for the journal.

    `conversation` is the record as it will be (its revision is `expect + 1`); `expect` the revision it was decided on,
    0 for one that does not exist. A change without a conversation carries only rows that need no guard.
    """

    id: UUID
    effects: Effects
    conversation: Conversation | None = None
    expect: int = 0
    orphans: tuple[Orphan, ...] = ()


@frozen
class Outcome:
    """The journal's answer: the verdict, and whom it is about (`duplicate`: the change's messages that were stored
    before; `fenced`: the outbox rows that are not the change's to settle)."""

    verdict: Verdict
    about: tuple[UUID, ...] = ()

    @property
    def written(self) -> bool:
        """Whether the change is in the database, now or since an earlier submission."""
        return self.verdict in (Verdict.OK, Verdict.DONE)


@frozen
class Committed:
    """What one batch brought: the newest number before it, and its events in order."""

    previous: int
    events: tuple[Event, ...] = field(factory=tuple)
