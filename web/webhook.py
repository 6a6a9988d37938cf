"""Webhooks: administrators say which addresses are told of which events."""

import secrets
from datetime import datetime
from uuid import UUID

import attrs
from aiohttp import web
from attrs import frozen

from hub.clock import from_rfc3339
from hub.errors import Invalid, NotFound, StaleVersion
from hub.rights import Permission
from hub.team import Teams
from hub.webhook.endpoint import OVERLAP, Endpoint, Endpoints, Wanted, offered
from hub.webhook.signature import KEY_BYTES, secret_of
from web import answers, preconditions
from web.body import path_id, query, read
from web.cursors import Cursors
from web.fields import UNSET, Unset, items, text
from web.paging import Page
from web.routes import Route, Section
from web.webhook_destination import MOST_CHARACTERS, Destinations

URL = "/api/v1/webhooks"
_EXAMPLE = "https://example.com/hook"


@frozen
class WebhookNew:
    """An endpoint to be told of events."""

    url: str = text(most=MOST_CHARACTERS, example=_EXAMPLE)
    event_types: tuple[str, ...] = items(least=1, most=64, example=["message.received"])
    description: str = text(most=200, least=0, default="")
    enabled: bool = True
    team_id: UUID | None = None


@frozen
class WebhookPatch:
    """What to change; absent fields stay. `team_id` null lifts the restriction."""

    url: str | None = text(most=MOST_CHARACTERS, default=None)
    event_types: tuple[str, ...] | None = items(least=1, most=64, default=None)
    description: str | None = text(most=200, least=0, default=None)
    enabled: bool | None = None
    team_id: UUID | Unset | None = UNSET


@frozen
class WebhookSeen:
    """An endpoint. `seq` is the last event that it was considered for; `disabled_reason` says why the hub itself has
    disabled it: gone, failing."""

    id: UUID
    url: str
    event_types: tuple[str, ...]
    description: str
    team_id: UUID | None
    enabled: bool
    disabled_reason: str | None
    disabled_at: datetime | None
    failing_since: datetime | None
    previous_secret_until: datetime | None
    seq: int
    version: int
    created_at: datetime
    updated_at: datetime


@frozen
class WebhookMade(WebhookSeen):
    """An endpoint with the secret that signs from now on. It is shown this once."""

    secret: str


@frozen
class WebhooksSeen:
    """A page of endpoints."""

    data: tuple[WebhookSeen, ...]
    next_cursor: str | None


def seen(endpoint: Endpoint) -> WebhookSeen:
    """An endpoint as the outside sees it."""
    return WebhookSeen(
        endpoint.id,
        endpoint.url,
        endpoint.event_types,
        endpoint.description,
        endpoint.team_id,
        endpoint.enabled,
        endpoint.disabled_reason,
        endpoint.disabled_at,
        endpoint.failing_since,
        endpoint.previous_until,
        endpoint.cursor,
        endpoint.version,
        endpoint.created_at,
        endpoint.updated_at,
    )


def _with_secret(endpoint: Endpoint, secret: str) -> WebhookMade:
    return WebhookMade(**attrs.asdict(seen(endpoint), recurse=False), secret=secret)


@frozen
class WebhookDoors:
    """The doors of endpoints."""

    endpoints: Endpoints
    teams: Teams
    destinations: Destinations
    cursors: Cursors

    async def show(self, request: web.Request) -> web.Response:
        """Endpoints, the oldest first."""
        page = query(request, Page)
        after = self.cursors.open("webhooks", page.cursor) if page.cursor else None
        place = (from_rfc3339(after[0]), UUID(after[1])) if after else None
        found = await self.endpoints.page(place, page.limit + 1)
        return answers.json(
            self.cursors.page("webhooks", found, page.limit, after=lambda one: (one.created_at, one.id), show=seen)
        )

    async def create(self, request: web.Request) -> web.Response:
        """A new endpoint, with its secret. Raises Invalid."""
        given = await read(request, WebhookNew)
        wanted = await self._checked(
            Wanted(
                url=given.url,
                description=given.description.strip(),
                event_types=given.event_types,
                team_id=given.team_id,
                enabled=given.enabled,
            )
        )
        secret = secret_of(secrets.token_bytes(KEY_BYTES))
        endpoint = await self.endpoints.create(wanted, secret)
        response = preconditions.versioned(_with_secret(endpoint, secret), endpoint.version, 201)
        response.headers["Location"] = f"{URL}/{endpoint.id}"
        return response

    async def get(self, request: web.Request) -> web.Response:
        """One endpoint. Raises NotFound."""
        endpoint = await self._find(request)
        return preconditions.versioned(seen(endpoint), endpoint.version)

    async def change(self, request: web.Request) -> web.Response:
        """Changes an endpoint. Raises NotFound, StaleVersion with the current one, Invalid."""
        version, given = preconditions.if_match(request), await read(request, WebhookPatch)
        current = await self._find(request)
        wanted = await self._checked(_changed(current, given))
        try:
            # What was read is what was changed: without a version of the caller's, that of the moment holds.
            endpoint = await self.endpoints.change(current.id, version or current.version, wanted)
        except StaleVersion:
            current = await self._find(request)
            raise StaleVersion(extra={"current": answers.value(seen(current))}) from None
        return preconditions.versioned(seen(endpoint), endpoint.version)

    async def rotate(self, request: web.Request) -> web.Response:
        """Gives an endpoint a new secret. Raises NotFound."""
        secret = secret_of(secrets.token_bytes(KEY_BYTES))
        endpoint = await self.endpoints.rotate(path_id(request), secret, OVERLAP)
        return preconditions.versioned(_with_secret(endpoint, secret), endpoint.version)

    async def delete(self, request: web.Request) -> web.Response:
        """Removes an endpoint. Raises NotFound."""
        await self.endpoints.delete(path_id(request))
        return answers.nothing()

    async def _find(self, request: web.Request) -> Endpoint:
        endpoint = await self.endpoints.find(path_id(request))
        if endpoint is None:
            raise NotFound
        return endpoint

    async def _checked(self, wanted: Wanted) -> Wanted:
        """What is wanted, if it can be. Raises Invalid with all that is wrong."""
        wrong = []
        if complaint := self.destinations.complaint(wanted.url):
            wrong.append({"path": "$.url", "message": complaint})
        for index, type in enumerate(wanted.event_types):
            if type not in offered():
                wrong.append({"path": f"$.event_types[{index}]", "message": f"must be one of {', '.join(offered())}"})
        if wanted.team_id is not None and await self.teams.find(wanted.team_id) is None:
            wrong.append({"path": "$.team_id", "message": "is not a team"})
        if wrong:
            raise Invalid(errors=wrong)
        return attrs.evolve(wanted, event_types=tuple(dict.fromkeys(wanted.event_types)))

    def routes(self) -> list[Route]:
        """Endpoints, without their deliveries."""
        route, manage = Section("webhooks", URL).route, Permission.WEBHOOKS_MANAGE
        missing, changed = (NotFound,), (NotFound, StaleVersion)
        made = {"returns": WebhookMade, "idempotent": True, "atomic": True}
        return [
            route("GET", "", self.show, "Webhooks", manage, query=Page, returns=WebhooksSeen),
            route("POST", "", self.create, "Make a webhook", manage, body=WebhookNew, status=201, **made),
            route("GET", "/{id}", self.get, "One webhook", manage, returns=WebhookSeen, errors=missing),
            route(
                "PATCH",
                "/{id}",
                self.change,
                "Change a webhook",
                manage,
                body=WebhookPatch,
                returns=WebhookSeen,
                errors=changed,
            ),
            route("DELETE", "/{id}", self.delete, "Remove a webhook", manage, status=204, errors=missing),
            route("POST", "/{id}/rotate-secret", self.rotate, "Replace the secret", manage, errors=missing, **made),
        ]


def _changed(current: Endpoint, given: WebhookPatch) -> Wanted:
    return Wanted(
        url=current.url if given.url is None else given.url,
        description=current.description if given.description is None else given.description.strip(),
        event_types=current.event_types if given.event_types is None else given.event_types,
        team_id=current.team_id if isinstance(given.team_id, Unset) else given.team_id,
        enabled=current.enabled if given.enabled is None else given.enabled,
    )
