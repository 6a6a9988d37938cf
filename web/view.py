"""Views: lists of conversations under a name, one's own and those that supervisors share."""

from datetime import datetime
from typing import Any
from uuid import UUID

import attrs
from aiohttp import web
from attrs import frozen

from hub.errors import AlreadyExists, Forbidden, NotFound, StaleVersion
from hub.rights import Permission
from hub.sharing import Scope, share
from hub.view import LONGEST_NAME, View, Views, same_name
from web import answers, preconditions
from web.body import path_id, query, read
from web.conversation_list import Narrowed, narrowed
from web.cursors import Cursors
from web.fields import text
from web.paging import Page
from web.principal import Principal, principal
from web.routes import Route, Section


@frozen
class ViewNew:
    """A list to be kept under a name. `filter` takes the fields of the list's own query."""

    filter: Narrowed
    name: str = text(most=LONGEST_NAME, example="Late refunds")
    scope: Scope = Scope.MINE
    team_id: UUID | None = None


@frozen
class ViewPatch:
    """What to change; absent fields stay. A filter is given whole."""

    name: str | None = text(most=LONGEST_NAME, default=None)
    filter: Narrowed | None = None


@frozen
class ViewSeen:
    """A view. `filter` is a query of `GET /api/v1/conversations`; in it `me` is whoever looks."""

    id: UUID
    name: str
    filter: dict[str, Any]
    scope: Scope
    team_id: UUID | None
    owner_id: UUID
    version: int
    created_at: datetime


@frozen
class ViewsSeen:
    """A page of views."""

    data: tuple[ViewSeen, ...]
    next_cursor: str | None


def seen(view: View) -> ViewSeen:
    """A view as the outside sees it."""
    sharing = view.sharing
    return ViewSeen(
        view.id,
        view.name,
        view.filter,
        sharing.scope,
        sharing.team_id,
        sharing.owner_id,
        view.version,
        view.created_at,
    )


@frozen
class ViewDoors:
    """The doors of views."""

    views: Views
    cursors: Cursors

    async def index(self, request: web.Request) -> web.Response:
        """By name: one's own, one's teams' and everybody's."""
        who, page = principal(request), query(request, Page)
        listing = f"views:{who.user_id}"
        after = self.cursors.open(listing, page.cursor) if page.cursor else None
        views = await self.views.page(who.reader, (after[0], UUID(after[1])) if after else None, page.limit + 1)
        return answers.json(
            self.cursors.page(listing, views, page.limit, after=lambda view: (same_name(view.name), view.id), show=seen)
        )

    async def create(self, request: web.Request) -> web.Response:
        """Keeps a list. Raises Forbidden when it is to be shared by one who may not, AlreadyExists, Invalid."""
        who, given = principal(request), await read(request, ViewNew)
        sharing = share(given.scope, given.team_id, who.reader, manages=who.may(Permission.VIEWS_MANAGE))
        view = await self.views.create(sharing, given.name.strip(), _given(who, given.filter))
        return preconditions.versioned(seen(view), view.version, 201)

    async def change(self, request: web.Request) -> web.Response:
        """Changes one. Raises NotFound, Forbidden, StaleVersion with the current one, AlreadyExists, Invalid."""
        who, version, given = principal(request), preconditions.if_match(request), await read(request, ViewPatch)
        id = (await self._changeable(request)).id
        name = given.name.strip() if given.name is not None else None
        filter = _given(who, given.filter) if given.filter is not None else None
        try:
            view = await self.views.change(id, version, name, filter)
        except StaleVersion:
            current = await self.views.find(id)
            raise StaleVersion(extra={"current": answers.value(seen(current)) if current else None}) from None
        return preconditions.versioned(seen(view), view.version)

    async def delete(self, request: web.Request) -> web.Response:
        """Removes one. Raises NotFound, Forbidden."""
        await self.views.delete((await self._changeable(request)).id)
        return answers.nothing()

    async def _changeable(self, request: web.Request) -> View:
        who = principal(request)
        view = await self.views.find(path_id(request))
        if view is None or not view.sharing.visible_to(who.reader):
            raise NotFound
        view.sharing.check_change(manages=who.may(Permission.VIEWS_MANAGE))
        return view

    def routes(self) -> list[Route]:
        """Everything under `views`."""
        route = Section("views", "/api/v1/views").route
        see, write = Permission.VIEWS_READ, Permission.VIEWS_WRITE
        changed = (NotFound, Forbidden, StaleVersion, AlreadyExists)
        return [
            route("GET", "", self.index, "Views, by name", see, query=Page, returns=ViewsSeen),
            route(
                "POST",
                "",
                self.create,
                "Keep a view",
                write,
                body=ViewNew,
                returns=ViewSeen,
                status=201,
                errors=(Forbidden, AlreadyExists),
                idempotent=True,
                atomic=True,
            ),
            route(
                "PATCH", "/{id}", self.change, "Change a view", write, body=ViewPatch, returns=ViewSeen, errors=changed
            ),
            route("DELETE", "/{id}", self.delete, "Remove a view", write, status=204, errors=(NotFound, Forbidden)),
        ]


def _given(who: Principal, asked: Narrowed) -> dict[str, Any]:
    """The fields that narrow anything. Raises Invalid where the list itself would refuse them."""
    narrowed(who, asked)
    return {
        field.name: answers.value(value)
        for field in attrs.fields(Narrowed)
        if (value := getattr(asked, field.name)) != field.default
    }
