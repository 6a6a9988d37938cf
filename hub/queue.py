"""Queues: what waits in each team at this moment, for whoever looks after the teams."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from attrs import frozen

from hub.rights import Reader


@frozen
class Queue:
    """A team's queue: conversations that are open, those of them that nobody has, and those whose customer waits for an
    answer, since `waiting_since` the longest. Without a team: what belongs to none."""

    team_id: UUID | None
    team_name: str | None
    open: int
    unassigned: int
    waiting: int
    waiting_since: datetime | None

    @property
    def place(self) -> tuple[str, UUID]:
        """Where it stands among the others: by name, what belongs to no team first."""
        return self.team_name or "", self.team_id or UUID(int=0)


class Queues(Protocol):
    """Where queues are counted."""

    async def page(self, reader: Reader, after: tuple[str, UUID] | None, limit: int) -> tuple[list[Queue], int]:
        """The queues of the reader's teams after a `place`, all for one who sees all; and the number of the newest
        event that they are sure to contain. Raises Unavailable when the database is away."""
