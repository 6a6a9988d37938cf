"""Keys for programs: administrators make them, see who uses which, and end them."""

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from aiohttp import web
from attrs import asdict, evolve, frozen

from hub.api_key import MOST_NAME, ApiKey, ApiKeys, NewApiKey, Scope
from hub.errors import Invalid, NotFound
from hub.rights import RIGHTS, Permission, Role
from web import answers
from web.body import path_id, query, read
from web.cursors import Cursors
from web.fields import items, text
from web.idempotency import REPLAYED
from web.key_access import KeyAccess
from web.paging import Page
from web.principal import principal
from web.routes import Route, Section

log = logging.getLogger("hub.auth")


@frozen(kw_only=True)
class ApiKeyNew:
    """A key to be made. `permissions` narrow a key of the scope `api`; without them it may all that programs may."""

    name: str = text(most=MOST_NAME, example="Ticket import")
    scope: Scope
    permissions: tuple[Permission, ...] | None = items(most=len(Permission), default=None)
    expires_at: datetime | None = None


@frozen
class ApiKeySeen:
    """A key without its secret, which nobody can show any more."""

    id: UUID
    name: str
    scope: str
    permissions: tuple[str, ...] | None
    created_by: UUID | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@frozen
class ApiKeyMade:
    """A new key. `secret` is shown this once; a repeated request is answered without it."""

    id: UUID
    name: str
    scope: str
    permissions: tuple[str, ...] | None
    created_by: UUID | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    secret: str | None


@frozen
class ApiKeysSeen:
    """A page of keys."""

    data: tuple[ApiKeySeen, ...]
    next_cursor: str | None


def seen(key: ApiKey) -> ApiKeySeen:
    """A key as administrators see it."""
    permissions = None if key.permissions is None else tuple(sorted(key.permissions))
    return ApiKeySeen(
        key.id,
        key.name,
        key.scope.value,
        permissions,
        key.created_by,
        key.created_at,
        key.expires_at,
        key.last_used_at,
    )


@frozen
class ApiKeyDoors:
    """The doors of keys."""

    keys: ApiKeys
    access: KeyAccess
    cursors: Cursors
    clock: Callable[[], datetime]

    async def show(self, request: web.Request) -> web.Response:
        """The keys that are not revoked, the newest first."""
        page = query(request, Page)
        after = UUID(self.cursors.open("api-keys", page.cursor)[0]) if page.cursor else None
        keys = await self.keys.page(after, page.limit + 1, revoked=False)
        return answers.json(self.cursors.page("api-keys", keys, page.limit, after=lambda key: (key.id,), show=seen))

    async def create(self, request: web.Request) -> web.Response:
        """A new key, and its secret this once. Raises Invalid."""
        who, given = principal(request), await read(request, ApiKeyNew)
        self._check(given)
        permissions = None if given.permissions is None else frozenset(given.permissions)
        new = NewApiKey(given.name.strip(), given.scope, given.expires_at, permissions, who.user_id)
        key, secret = await self.keys.create(new)
        log.info("a key was made", extra={"principal": who.key, "key_id": str(key.id), "scope": key.scope.value})
        made = ApiKeyMade(**asdict(seen(key), recurse=False), secret=secret)
        response = answers.json(made, 201, {"Location": f"/api/v1/api-keys/{key.id}"})
        response[REPLAYED] = answers.dumps(evolve(made, secret=None))
        return response

    def _check(self, given: ApiKeyNew) -> None:
        if given.expires_at is not None and given.expires_at <= self.clock():
            raise Invalid(errors=[{"path": "$.expires_at", "message": "must lie ahead"}])
        if given.permissions is None:
            return
        if given.scope is not Scope.API:
            raise Invalid(errors=[{"path": "$.permissions", "message": "are for keys of the scope api"}])
        if excess := set(given.permissions) - RIGHTS[Role.SERVICE]:
            message = f"must be what programs may, which {min(excess)} is not"
            raise Invalid(errors=[{"path": "$.permissions", "message": message}])

    async def get(self, request: web.Request) -> web.Response:
        """One key. Raises NotFound, also for a revoked one."""
        key = await self.keys.find(path_id(request))
        if key is None:
            raise NotFound
        return answers.json(seen(key))

    async def revoke(self, request: web.Request) -> web.Response:
        """Ends a key: here at once, on other replicas within a second. Raises NotFound."""
        id = path_id(request)
        if not await self.keys.revoke(id):
            raise NotFound
        self.access.invalidate(id)
        log.info("a key was revoked", extra={"principal": principal(request).key, "key_id": str(id)})
        return answers.nothing()

    def routes(self) -> list[Route]:
        """Everything under `api-keys`."""
        route, manage = Section("api-keys", "/api/v1/api-keys").route, Permission.API_KEYS_MANAGE
        missing = (NotFound,)
        return [
            route("GET", "", self.show, "Keys, the newest first", manage, query=Page, returns=ApiKeysSeen),
            route(
                "POST",
                "",
                self.create,
                "Make a key",
                manage,
                body=ApiKeyNew,
                returns=ApiKeyMade,
                status=201,
                idempotent=True,
                atomic=True,
            ),
            route("GET", "/{id}", self.get, "One key", manage, returns=ApiKeySeen, errors=missing),
            route("DELETE", "/{id}", self.revoke, "Revoke a key", manage, status=204, errors=missing),
        ]
