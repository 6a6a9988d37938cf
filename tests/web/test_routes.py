"""Routes become the server's."""

import pytest
from aiohttp import web

from hub.rights import Permission
from tests.web.conftest import get
from web.routes import Route, Section, register


async def fine(_request: web.Request) -> web.Response:
    return web.Response()


def methods(*routes: Route) -> dict[str, set[str]]:
    app = web.Application()
    register(app, routes, lambda route: route.handler)
    found: dict[str, set[str]] = {}
    for route in app.router.routes():
        assert route.resource is not None
        found.setdefault(route.resource.canonical, set()).add(route.method)
    return found


def test_get_also_answers_head_but_for_streams() -> None:
    served = methods(get("/a", fine), get("/a", fine, method="POST"), get("/s", fine, stream=True))
    assert served == {"/a": {"GET", "HEAD", "POST"}, "/s": {"GET"}}


def test_an_address_is_one_resource_in_whatever_order() -> None:
    served = methods(get("/a/{id}", fine), get("/b", fine), get("/a/{id}", fine, method="DELETE"))
    assert served["/a/{id}"] == {"GET", "HEAD", "DELETE"}


def test_two_of_the_same_are_an_error() -> None:
    with pytest.raises(ValueError, match="two routes for GET /a"):
        methods(get("/a", fine), get("/a", fine))


def test_a_section_lends_its_prefix_and_tag() -> None:
    route = Section("teams", "/api/v1/teams").route("PUT", "/{id}", fine, "X", Permission.TEAMS_MANAGE, status=204)
    assert (route.path, route.tags, route.status) == ("/api/v1/teams/{id}", ("teams",), 204)
