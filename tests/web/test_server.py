"""What every request passes on its way in and out."""

import logging

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from actors.kernel.mail import TRACE
from hub.errors import Unauthenticated
from hub.ids import uuid7
from hub.rights import Permission, Role
from tests.web.conftest import OpenDoors, get
from web import answers, metrics
from web.health import Flags
from web.principal import Principal, principal
from web.routes import Route
from web.server import HEADERS


async def fine(_request: web.Request) -> web.Response:
    return answers.json({"trace": dict(TRACE.get())})


async def broken(_request: web.Request) -> web.Response:
    raise ValueError("the secret")


async def breaks_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"beginning")
    raise ValueError("the secret")


async def test_every_answer_is_dressed(open_doors: OpenDoors) -> None:
    client = await open_doors(get("/", fine), get("/broken", broken), secure=True)
    for path, status in (("/", 200), ("/broken", 500), ("/missing", 404)):
        answer = await client.get(path)
        assert answer.status == status
        assert HEADERS.items() <= answer.headers.items()
        assert "max-age" in answer.headers["Strict-Transport-Security"]
        assert answer.headers["Server"] == "hub"
        assert answer.headers["X-Request-Id"]


async def test_a_handler_may_dress_itself(open_doors: OpenDoors) -> None:
    async def own(_request: web.Request) -> web.Response:
        return web.Response(headers={"Cache-Control": "public"})

    client = await open_doors(get("/", own))
    answer = await client.get("/")
    assert answer.headers.getall("Cache-Control") == ["public"]
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize(
    ("given", "kept"), [("abc-1.2:3_x", True), ("", False), ("a b", False), ("é", False), ("x" * 129, False)]
)
async def test_the_id_of_a_request(open_doors: OpenDoors, given: str, kept: bool) -> None:
    client = await open_doors(get("/", fine))
    answer = await client.get("/", headers={"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"] == given) is kept
    assert (await answer.json())["trace"]["request_id"] == answer.headers["X-Request-Id"]


async def test_the_trace_goes_on(open_doors: OpenDoors) -> None:
    client = await open_doors(get("/", fine))
    parent = f"00-{'a' * 32}-{'b' * 16}-01"
    traced = await (await client.get("/", headers={"traceparent": parent})).json()
    assert traced["trace"]["traceparent"] == parent
    for wrong in ("x", f"00-{'0' * 32}-{'b' * 16}-01", parent.upper()):
        untraced = await (await client.get("/", headers={"traceparent": wrong})).json()
        assert "traceparent" not in untraced["trace"]


async def test_methods(open_doors: OpenDoors) -> None:
    client = await open_doors(get("/x", fine), get("/x", fine, method="POST"))
    refused = await client.request("DELETE", "/x")
    assert refused.status == 405
    assert set(refused.headers["Allow"].split(",")) == {"GET", "HEAD", "POST"}
    head = await client.head("/x")
    assert (head.status, await head.read()) == (200, b"")
    assert (await client.request("TRACE", "/x")).status in (400, 405)


async def test_doors_open_by_permission(open_doors: OpenDoors) -> None:
    async def agent(request: web.Request) -> Principal:
        if "Authorization" not in request.headers:
            raise Unauthenticated
        return Principal(uuid7(), "Ana", Role.AGENT)

    async def name(request: web.Request) -> web.Response:
        return answers.json({"name": principal(request).name})

    def door(path: str, permission: Permission | None) -> Route:
        return Route(method="GET", path=path, handler=name, summary="", permission=permission)

    client = await open_doors(
        door("/mine", Permission.SEARCH_USE),
        door("/admins", Permission.AUDIT_READ),
        door("/open", None),
        authenticate=agent,
    )
    signed_in = {"Authorization": "Bearer x"}
    assert (await client.get("/mine")).status == 401
    assert await (await client.get("/mine", headers=signed_in)).json() == {"name": "Ana"}
    assert (await client.get("/admins", headers=signed_in)).status == 403
    assert (await client.get("/open")).status == 401


async def test_an_answer_that_breaks_off_is_cut_and_logged(
    open_doors: OpenDoors, caplog: pytest.LogCaptureFixture
) -> None:
    client = await open_doors(get("/", breaks_off, stream=True))
    answer = await client.get("/")
    with pytest.raises(Exception, match="not completed"):
        await answer.read()
    assert "hub.web" in [record.name for record in caplog.records if record.levelno >= logging.ERROR]


async def test_requests_are_counted_by_template(open_doors: OpenDoors) -> None:
    registry: CollectorRegistry = metrics.registry("test")
    client = await open_doors(get("/x/{id}", fine), get("/broken", broken), registry=registry)
    for path in ("/x/1", "/x/2", "/broken", "/missing/1", "/missing/2"):
        await client.get(path)

    def count(route: str, code: str) -> float | None:
        return registry.get_sample_value("hub_http_requests_total", {"method": "GET", "route": route, "code": code})

    assert (count("/x/{id}", "200"), count("/broken", "500"), count("unmatched", "404")) == (2, 1, 2)
    timed = registry.get_sample_value("hub_http_request_duration_seconds_count", {"method": "GET", "route": "/x/{id}"})
    assert timed == 2
    assert registry.get_sample_value("hub_http_requests_in_progress") == 0


async def test_while_draining_connections_are_not_kept(open_doors: OpenDoors) -> None:
    flags = Flags(essential=())
    client = await open_doors(get("/", fine), flags=flags)
    assert "Connection" not in (await client.get("/")).headers
    flags.draining = True
    assert (await client.get("/")).headers["Connection"] == "close"
