"""What people change of a conversation: the request's body, and the edit that it means."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from attrs import frozen

from hub.conversation.commands import Author, Patch
from hub.conversation.state import Status
from hub.errors import Invalid
from hub.rights import Role
from hub.team import Teams
from hub.user import Users
from web.fields import UNSET, Unset, number, text
from web.principal import Principal


@frozen
class ConversationPatch:
    """What to change; absent fields stay.

    `assignee_id` null takes it from everybody; it can be given to an active member of its team, and to supervisors and
    administrators. Another `team_id` without an assignee is that team's queue. `snoozed_until` goes with the status
    `snoozed`; null or absent is until the customer's next word. `attributes` are merged by name, and null takes one
    away; all together at most 50, 16 KiB, 5 levels deep.
    """

    status: Literal["open", "snoozed", "resolved"] | None = None
    assignee_id: UUID | Unset | None = UNSET
    team_id: UUID | Unset | None = UNSET
    priority: int | None = number(0, 3, default=None)
    subject: str | Unset | None = text(most=200, default=UNSET)  # noqa: RUF009 - it declares a field
    snoozed_until: datetime | Unset | None = UNSET
    attributes: dict[str, Any] | None = None


def author_of(who: Principal) -> Author:
    """Who acts, with the rights that the conversation asks for."""
    return Author(who.user_id, who.name, who.reader)


@frozen
class Edits:
    """Makes edits of requests. Raises Invalid for teams and people who cannot be given a conversation."""

    users: Users
    teams: Teams

    async def edit(self, who: Principal, version: int | None, given: ConversationPatch, team_id: UUID | None) -> Patch:
        """The edit of a conversation that is `team_id`'s."""
        fields: dict[str, Any] = {}
        if not isinstance(given.team_id, Unset):
            await self.check_team(given.team_id)
            fields["team_id"] = team_id = given.team_id
        if not isinstance(given.assignee_id, Unset):
            fields["assignee"] = await self._assignee(given.assignee_id, team_id) if given.assignee_id else None
        for name in ("subject", "snoozed_until"):
            if (value := getattr(given, name)) is not UNSET:
                fields[name] = value
        for name in ("priority", "attributes"):
            if (value := getattr(given, name)) is not None:
                fields[name] = value
        status = Status(given.status) if given.status else None
        return Patch(author_of(who), version, status, **fields)

    async def check_team(self, team_id: UUID | None) -> None:
        """Refuses a team that there is not."""
        if team_id is not None and await self.teams.find(team_id) is None:
            raise Invalid(errors=[{"path": "$.team_id", "message": "is not a team"}])

    async def _assignee(self, user_id: UUID, team_id: UUID | None) -> Author:
        user = await self.users.find(user_id)
        if user is None or user.disabled:
            raise Invalid(errors=[{"path": "$.assignee_id", "message": "is not an active user"}])
        if user.role is Role.AGENT and team_id is not None:
            team = await self.teams.find(team_id)
            if team is None or user.id not in team.member_ids:
                raise Invalid(errors=[{"path": "$.assignee_id", "message": "is not in the conversation's team"}])
        return Author(user.id, user.name)
