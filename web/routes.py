"""A route: one method of one address with everything the outside may know of it.

The same objects make the server's routes, the permission checks, the OpenAPI document and the docs page, so that none
of them can say something the others do not.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeAlias

from aiohttp import web
from attrs import frozen

from hub.errors import HubError
from hub.rights import Permission
from web.admission import Gate

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


@frozen(kw_only=True)
class Route:
    """One method of one address.

    `permission` None lets anybody in. `body` and `query` are the attrs classes that the handler reads (`web.body`),
    `returns` the class of a good answer's JSON, `also` further statuses of good answers. `errors` are those beyond what
    every route can raise. `idempotent` routes take an Idempotency-Key; `atomic` ones of them write by themselves, not
    through actors, and what they write is committed together with the answer that is kept. `body_limit` in bytes; None
    takes the API's. `stream` marks answers that stay open: they are not timed as requests and take no HEAD. `hidden`
    keeps it out of the API's description (the page's files). `gates` are addresses of it at which a request may be
    refused before it is handled.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    permission: Permission | None
    body: type | None = None
    query: type | None = None
    returns: type | None = None
    status: int = 200
    also: tuple[int, ...] = ()
    errors: tuple[type[HubError], ...] = ()
    idempotent: bool = False
    atomic: bool = False
    tags: tuple[str, ...] = ()
    body_limit: int | None = None
    stream: bool = False
    hidden: bool = False
    description: str = ""
    gates: tuple[Gate, ...] = ()


@frozen
class Section:
    """Routes of one subject: their tag, and how their addresses begin."""

    tag: str
    prefix: str

    def route(
        self,
        method: str,
        path: str,
        handler: Handler,
        summary: str,
        permission: Permission | None = None,
        **more: Any,
    ) -> Route:
        """A route at `prefix` + `path`; `more` are the other fields of Route."""
        return Route(
            method=method,
            path=self.prefix + path,
            handler=handler,
            summary=summary,
            permission=permission,
            tags=(self.tag,),
            **more,
        )


ROUTE = web.RequestKey("route", Route)

HEADERS: web.RequestKey[dict[str, str]] = web.RequestKey("headers", dict)
"""Headers for this request's answer, whatever it will be, an error's too."""


def register(app: web.Application, routes: Iterable[Route], wrap: Callable[[Route], Handler]) -> None:
    """Adds the routes to an application, each through `wrap`, which puts the checks before its handler.

    GET also answers HEAD. Raises ValueError when two routes have the same method and address.
    """
    seen: set[tuple[str, str]] = set()
    resources: dict[str, web.Resource] = {}
    for route in routes:
        if (route.method, route.path) in seen:
            raise ValueError(f"two routes for {route.method} {route.path}")
        seen.add((route.method, route.path))
        handler = wrap(route)
        resource = resources.get(route.path)
        if resource is None:
            resource = resources[route.path] = app.router.add_resource(route.path)
        resource.add_route(route.method, handler)
        if route.method == "GET" and not route.stream:
            resource.add_route("HEAD", handler)
