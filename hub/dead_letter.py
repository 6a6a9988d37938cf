"""Dead letters: what was to be done at a back end, or told by one, and was given up. A person looks at each, and has it
done again or discards it.

A letter holds references and codes, never what a customer wrote: whoever does it again reads the rest where it is kept.
It is done again under the idempotency key it had, and only after a look at whether it is still wanted.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from attrs import field, frozen

REDRIVES_PER_SECOND = 10
"""Letters of one integration done again in a second at most, so that a back end that just came back is not run over."""


class LetterKind(StrEnum):
    """What was given up: a change at a back end, a read that somebody waited for (kept for a day, to be seen), a draft
    whose fate nobody knows, or a webhook that could not be handled."""

    WRITE = "write"
    READ = "read"
    REVIEW = "review"
    WEBHOOK = "webhook"


class LetterState(StrEnum):
    """Where a letter stands."""

    DEAD = "dead"
    QUEUED = "queued"
    REDRIVING = "redriving"
    REDRIVEN = "redriven"
    SKIPPED = "skipped"
    DISCARDED = "discarded"


class Step(StrEnum):
    """What happens to a letter. `stop`: the back end is away again, so what is queued waits for a person again."""

    REDRIVE = "redrive"
    DISCARD = "discard"
    BEGIN = "begin"
    STOP = "stop"
    DONE = "done"
    UNWANTED = "unwanted"
    FAIL = "fail"


TRANSITIONS: dict[LetterState, dict[Step, LetterState]] = {
    LetterState.DEAD: {Step.REDRIVE: LetterState.QUEUED, Step.DISCARD: LetterState.DISCARDED},
    LetterState.QUEUED: {Step.BEGIN: LetterState.REDRIVING, Step.STOP: LetterState.DEAD},
    LetterState.REDRIVING: {
        Step.BEGIN: LetterState.REDRIVING,  # by another replica, when the first has died
        Step.DONE: LetterState.REDRIVEN,
        Step.UNWANTED: LetterState.SKIPPED,
        Step.FAIL: LetterState.DEAD,
    },
    LetterState.REDRIVEN: {},
    LetterState.SKIPPED: {},
    LetterState.DISCARDED: {},
}

OPEN_STATES = frozenset({LetterState.DEAD, LetterState.QUEUED, LetterState.REDRIVING})
"""Letters that somebody still has to see to."""


@frozen(kw_only=True)
class NewLetter:
    """A letter to be put down.

    `integration` and `operation` as in `hub.integration` (`transaction_create`, `commit_draft`); `ref_id` what it is
    about (a draft, a tool call): one that is open already for the same gathers the attempts instead of a second one.
    `problem` is the code of the last error, `attempts` how often it was tried. `payload` are references: ids and codes.
    """

    integration: str
    operation: str
    kind: LetterKind = field(converter=LetterKind)
    problem: str
    ref_id: UUID | None = None
    conversation_id: UUID | None = None
    idempotency_key: str | None = None
    provider_status: int | None = None
    attempts: int = 1
    payload: Mapping[str, Any] = field(factory=dict)


@frozen(kw_only=True)
class DeadLetter(NewLetter):
    """A letter that was put down. `times` counts how often it came here; `requested_by` who had it done again, or
    discarded it; `due_at` when its turn is."""

    id: UUID
    state: LetterState = field(converter=LetterState)
    times: int
    first_at: datetime
    last_at: datetime
    requested_by: str | None = None
    due_at: datetime | None = None
    settled_at: datetime | None = None

    @property
    def redrivable(self) -> bool:
        """Whether it makes sense to do it again: nobody waits for a read any more."""
        return self.kind is not LetterKind.READ


@frozen
class Which:
    """Letters of a list: those that fit everything that is not None."""

    integration: str | None = None
    operation: str | None = None
    kind: LetterKind | None = None
    state: LetterState | None = None


@frozen
class Settled:
    """How doing a letter again ended."""

    step: Step
    problem: str | None = None
    provider_status: int | None = None


class DeadLetterBox(Protocol):
    """Where letters are put down. Raises Unavailable when the database is away."""

    async def put(self, letter: NewLetter) -> UUID:
        """Puts a letter down, or adds to the open one about the same; answers its id."""


class DeadLetters(DeadLetterBox, Protocol):
    """All that is done with letters. Every method raises Unavailable when the database is away; what a person decides
    raises AuditUnavailable, and changes nothing, when its row of the audit cannot be written."""

    async def page(self, which: Which, after: tuple[datetime, UUID] | None, limit: int) -> list[DeadLetter]:
        """The newest first, by when they were last added to, beginning after a (moment, id)."""

    async def find(self, letter_id: UUID) -> DeadLetter | None:
        """The letter, if there is one."""

    async def redrive(self, letter_id: UUID, by: str) -> DeadLetter:
        """Has a letter done again. Raises NotFound; InvalidTransition unless it is dead and of a kind that can be."""

    async def redrive_all(self, which: Which, by: str, rate: int) -> dict[str, int]:
        """Has all dead letters that fit done again, the oldest first, `rate` a second for each integration; answers how
        many of each. An integration of which letters are queued already gets no further ones and is left out."""

    async def discard(self, letter_id: UUID, by: str) -> DeadLetter:
        """Ends a letter. Raises NotFound; InvalidTransition unless it is dead."""


class RedriveQueue(Protocol):
    """What doing letters again needs of the table. Every method raises Unavailable when the database is away."""

    async def take(self) -> DeadLetter | None:
        """The next queued letter whose turn it is, now ours; None when there is none, or one of its integration is
        being done elsewhere."""

    async def settle(self, letter_id: UUID, settled: Settled) -> None:
        """Notes how it ended. One that somebody else has settled meanwhile stays as it is."""

    async def stop(self, integration: str) -> int:
        """What is queued of an integration is dead again; how many it was."""


class Redriver(Protocol):
    """Does letters of one operation again."""

    async def __call__(self, letter: DeadLetter) -> Step:
        """DONE, or UNWANTED when it is over or wanted no more. Uses the letter's idempotency key. Raises CircuitOpen
        (the queue stops), or what went wrong (the letter is dead again)."""
