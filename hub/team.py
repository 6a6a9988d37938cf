"""Teams: who works together, on which kind of matter. Conversations belong to teams; rights follow membership."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from attrs import frozen


class TeamKind(StrEnum):
    """What a team does. Transaction tools are for conversations of `sales` teams only."""

    SUPPORT = "support"
    SALES = "sales"
    OTHER = "other"


@frozen
class TeamName:
    """A team as others mention it."""

    id: UUID
    name: str
    kind: TeamKind


@frozen
class Team:
    """A team with its members' ids."""

    id: UUID
    name: str
    kind: TeamKind
    version: int
    created_at: datetime
    member_ids: tuple[UUID, ...]


class Teams(Protocol):
    """Where teams are kept. Every method raises Unavailable when the database is away."""

    async def find(self, team_id: UUID) -> Team | None:
        """The team, if there is one."""

    async def named(self, name: str) -> Team | None:
        """The team of this name, if there is one."""

    async def page(self, member_id: UUID | None, after: tuple[str, UUID] | None, limit: int) -> list[Team]:
        """Teams by name, those of a member or all, beginning after a (name, id)."""

    async def create(self, name: str, kind: TeamKind) -> Team:
        """A new team. Raises AlreadyExists when the name is taken."""

    async def change(self, team_id: UUID, version: int | None, name: str | None, kind: TeamKind | None) -> Team:
        """Changes what is not None. Raises NotFound, StaleVersion (unless `version` is None), AlreadyExists."""

    async def delete(self, team_id: UUID) -> tuple[UUID, ...]:
        """Removes a team; answers who its members were. Raises NotFound, and InUse while it has live conversations."""

    async def add_member(self, team_id: UUID, user_id: UUID) -> None:
        """Makes a user a member; one who is already stays one. Raises NotFound when either does not exist."""

    async def remove_member(self, team_id: UUID, user_id: UUID) -> None:
        """Ends a membership, if there is one. Raises NotFound when the team does not exist."""
