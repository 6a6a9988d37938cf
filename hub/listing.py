"""Lists of conversations: what one is narrowed to, and a row of it. Who reads is a `hub.rights.Reader`."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from attrs import frozen

from hub.conversation.state import Conversation


class Sort(StrEnum):
    """The orders of a list.

    `waited`: who has waited longest for an answer first, then who does not wait. `newest`: the newest message first.
    `priority`: urgent before high before normal before low, and of each who has waited longest. `deadline`: what is
    snoozed, by the end of its snooze; then the others as `waited`.
    """

    WAITED = "waited"
    NEWEST = "newest"
    DEADLINE = "deadline"
    PRIORITY = "priority"


@frozen
class Filter:
    """What a list is narrowed to. `unassigned` and `assignee_id` exclude each other; `channel` is a channel's name, or
    the type of some.

    `q`: each of its words begins a word of the customer's name, or of the subject; or it is the conversation's number,
    or four or more digits with which the phone number begins or ends.
    """

    status: str | None = None
    team_id: UUID | None = None
    assignee_id: UUID | None = None
    unassigned: bool = False
    channel: str | None = None
    tag: str | None = None
    failed: bool = False
    waiting: bool = False
    q: str | None = None
    sort: Sort = Sort.WAITED


@frozen
class Position:
    """Where a row is in its order: the leg of it, the moment (as the database writes it) by which it stands there."""

    leg: int
    moment: str
    id: UUID

    @property
    def values(self) -> tuple[int, str, UUID]:
        """What a cursor keeps of it."""
        return self.leg, self.moment, self.id

    @classmethod
    def of(cls, values: Sequence[Any]) -> "Position":
        """The place that a cursor has kept."""
        return cls(int(values[0]), str(values[1]), UUID(str(values[2])))


@frozen
class Row:
    """A conversation for its reader: with what this reader has not read, and its place in a list."""

    conversation: Conversation
    unread: int
    place: Position | None = None


@frozen
class Merged:
    """A conversation that was merged into another one. Its messages are read under its own id."""

    id: UUID
    number: int
    channel: str
    channel_type: str
    last_seq: int
