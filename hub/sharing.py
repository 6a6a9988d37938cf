"""Whose something is that people keep for their work: one's own, a team's, or everybody's; and who may change it."""

from enum import StrEnum
from uuid import UUID

from attrs import frozen

from hub.errors import Forbidden, Invalid
from hub.rights import Reader


class Scope(StrEnum):
    """Who has it before him."""

    MINE = "mine"
    TEAM = "team"
    ALL = "all"


@frozen
class Sharing:
    """Whose it is. `owner_id` is who made it; a team belongs to the scope `team`."""

    scope: Scope
    owner_id: UUID
    team_id: UUID | None = None

    def visible_to(self, reader: Reader) -> bool:
        """Whether this person has it before him: what is his own, his teams' or everybody's."""
        match self.scope:
            case Scope.MINE:
                return self.owner_id == reader.user_id
            case Scope.TEAM:
                return reader.all or self.team_id in reader.team_ids
            case Scope.ALL:
                return True

    def check_change(self, *, manages: bool) -> None:
        """Raises Forbidden where somebody who sees it may not change it: what is shared needs one who manages it."""
        if self.scope is not Scope.MINE and not manages:
            raise Forbidden("What is shared is changed by supervisors.")


def share(scope: Scope, team_id: UUID | None, reader: Reader, *, manages: bool) -> Sharing:
    """How something new is shared. Raises Forbidden when it is to be shared by one who does not manage what is, and
    Invalid when the team does not fit."""
    if scope is not Scope.MINE and not manages:
        raise Forbidden("Only supervisors share with others.")
    if (scope is Scope.TEAM) is (team_id is None):
        message = "is missing" if team_id is None else "goes with the scope team"
        raise Invalid(errors=[{"path": "$.team_id", "message": message}])
    if team_id is not None and not reader.all and team_id not in reader.team_ids:
        raise Invalid(errors=[{"path": "$.team_id", "message": "is not a team of yours"}])
    return Sharing(scope, reader.user_id, team_id)
