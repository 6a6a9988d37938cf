"""Teams and their members: administrators and programs keep them; everybody else sees those he is in."""

from datetime import datetime
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.errors import AlreadyExists, InUse, NotFound, StaleVersion
from hub.rights import Permission
from hub.team import Team, TeamKind, TeamName, Teams
from web import answers, preconditions
from web.accounts import Accounts
from web.body import path_id, query, read
from web.cursors import Cursors
from web.fields import text
from web.paging import Page
from web.principal import principal
from web.routes import Route, Section


@frozen
class TeamNew:
    """A team to be made."""

    name: str = text(most=80, example="Support")
    kind: TeamKind = TeamKind.SUPPORT


@frozen
class TeamPatch:
    """What to change; absent fields stay."""

    name: str | None = text(most=80, default=None)
    kind: TeamKind | None = None


@frozen
class TeamSeen:
    """A team with its members' ids."""

    id: UUID
    name: str
    kind: str
    version: int
    created_at: datetime
    member_ids: tuple[UUID, ...]


@frozen
class TeamsSeen:
    """A page of teams."""

    data: tuple[TeamSeen, ...]
    next_cursor: str | None


@frozen
class TeamOf:
    """A team by name."""

    id: UUID
    name: str
    kind: str


def named(team: TeamName) -> TeamOf:
    """A team by name as the outside sees it."""
    return TeamOf(team.id, team.name, team.kind.value)


def seen(team: Team) -> TeamSeen:
    """A team as the outside sees it."""
    return TeamSeen(team.id, team.name, team.kind.value, team.version, team.created_at, team.member_ids)


@frozen
class TeamDoors:
    """The doors of teams."""

    teams: Teams
    accounts: Accounts
    cursors: Cursors

    async def show(self, request: web.Request) -> web.Response:
        """Teams by name: all of them, or one's own."""
        who, page = principal(request), query(request, Page)
        member_id = None if who.reader.all else who.user_id
        listing = f"teams:{member_id}"
        after = self.cursors.open(listing, page.cursor) if page.cursor else None
        teams = await self.teams.page(member_id, (after[0], UUID(after[1])) if after else None, page.limit + 1)
        return answers.json(
            self.cursors.page(listing, teams, page.limit, after=lambda team: (team.name, team.id), show=seen)
        )

    async def create(self, request: web.Request) -> web.Response:
        """A new team. Raises AlreadyExists."""
        given = await read(request, TeamNew)
        team = await self.teams.create(given.name.strip(), given.kind)
        response = preconditions.versioned(seen(team), team.version, 201)
        response.headers["Location"] = f"/api/v1/teams/{team.id}"
        return response

    async def get(self, request: web.Request) -> web.Response:
        """One team. Raises NotFound, also for one that is not the asker's to see."""
        who, team_id = principal(request), path_id(request)
        team = await self.teams.find(team_id) if who.reader.all or team_id in who.team_ids else None
        if team is None:
            raise NotFound
        return preconditions.versioned(seen(team), team.version)

    async def change(self, request: web.Request) -> web.Response:
        """Changes a team. Raises NotFound, StaleVersion with the current team, AlreadyExists."""
        team_id, version, given = path_id(request), preconditions.if_match(request), await read(request, TeamPatch)
        name = given.name.strip() if given.name is not None else None
        try:
            team = await self.teams.change(team_id, version, name, given.kind)
        except StaleVersion:
            current = await self.teams.find(team_id)
            raise StaleVersion(extra={"current": answers.value(seen(current)) if current else None}) from None
        await self.accounts.changed(*team.member_ids)
        return preconditions.versioned(seen(team), team.version)

    async def delete(self, request: web.Request) -> web.Response:
        """Removes a team. Raises NotFound, InUse."""
        await self.accounts.changed(*await self.teams.delete(path_id(request)))
        return answers.nothing()

    async def add_member(self, request: web.Request) -> web.Response:
        """Makes a user a member. Raises NotFound."""
        user_id = path_id(request, "user_id")
        await self.teams.add_member(path_id(request), user_id)
        await self.accounts.changed(user_id)
        return answers.nothing()

    async def remove_member(self, request: web.Request) -> web.Response:
        """Ends a membership. Raises NotFound."""
        user_id = path_id(request, "user_id")
        await self.teams.remove_member(path_id(request), user_id)
        await self.accounts.changed(user_id)
        return answers.nothing()

    def routes(self) -> list[Route]:
        """Everything under `teams`."""
        route, manage = Section("teams", "/api/v1/teams").route, Permission.TEAMS_MANAGE
        see, missing = Permission.TEAMS_READ, (NotFound,)
        made, changed = (AlreadyExists,), (NotFound, StaleVersion, AlreadyExists)
        member = "/{id}/members/{user_id}"
        return [
            route("GET", "", self.show, "Teams, by name", see, query=Page, returns=TeamsSeen),
            route(
                "POST",
                "",
                self.create,
                "Make a team",
                manage,
                body=TeamNew,
                returns=TeamSeen,
                status=201,
                errors=made,
                idempotent=True,
                atomic=True,
            ),
            route("GET", "/{id}", self.get, "One team", see, returns=TeamSeen, errors=missing),
            route(
                "PATCH", "/{id}", self.change, "Change a team", manage, body=TeamPatch, returns=TeamSeen, errors=changed
            ),
            route("DELETE", "/{id}", self.delete, "Remove a team", manage, status=204, errors=(NotFound, InUse)),
            route("PUT", member, self.add_member, "Make a user a member", manage, status=204, errors=missing),
            route("DELETE", member, self.remove_member, "End a membership", manage, status=204, errors=missing),
        ]
