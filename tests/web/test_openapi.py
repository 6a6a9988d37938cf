"""The document is valid, and says what the server does."""

from typing import Any

import pytest
from aiohttp import web
from attrs import frozen
from openapi_spec_validator import OpenAPIV31SpecValidator

from hub.rights import Permission
from tests.web.conftest import OpenDoors, People, get
from web import answers
from web.fields import text
from web.openapi import Description, document, operation_id
from web.problems import STATUS
from web.routes import Route


@frozen
class Given:
    """What is given."""

    name: str = text(most=9)


@frozen
class Offered:
    """What may be given."""

    name: str | None = text(most=9, default=None)


async def fine(_request: web.Request) -> web.Response:
    return answers.json({})


def door(**more: Any) -> Route:
    given: dict[str, Any] = {"method": "POST", "path": "/x/{id}", "handler": fine, "summary": "X", "permission": None}
    return Route(**given | more)


@pytest.fixture
def described(people: People) -> dict[str, Any]:
    return document(people.routes(), "1.0")


async def test_it_is_a_valid_document(described: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(answers.value(described)).validate()


async def test_every_route_is_in_it_and_nothing_else(people: People, described: dict[str, Any]) -> None:
    served = {(route.method.lower(), route.path) for route in people.routes() if not route.hidden}
    told = {(method, path) for path, methods in described["paths"].items() for method in methods}
    assert told == served


async def test_operations_have_names_of_their_own(people: People) -> None:
    names = [operation_id(route) for route in people.routes()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("body", "required"), [(Given, True), (Offered, False)])
def test_a_body_in_which_nothing_is_required_may_be_left_out(body: type, required: bool) -> None:
    told = document([door(body=body)], "1")["paths"]["/x/{id}"]["post"]
    assert told["requestBody"]["required"] is required


def test_a_route_tells_its_answers() -> None:
    told = document([door(body=Given, idempotent=True, permission=Permission.SEARCH_USE)], "1")["paths"]["/x/{id}"][
        "post"
    ]
    assert told["responses"].keys() == {
        "200",
        "400",
        "401",
        "403",
        "408",
        "409",
        "413",
        "415",
        "422",
        "429",
        "500",
        "503",
    }
    assert told["security"] == [{"bearer": []}]
    assert [parameter["name"] for parameter in told["parameters"]] == ["id", "Idempotency-Key"]
    assert "idempotency_key_reused" in told["responses"]["422"]["description"]
    body = told["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/Given"}


def test_a_route_for_all_tells_less() -> None:
    told = document([door(path="/x", method="GET")], "1")["paths"]["/x"]["get"]
    assert told["responses"].keys() == {"200", "400", "500", "503"}
    assert "security" not in told


def test_hidden_routes_stay_hidden() -> None:
    assert document([door(hidden=True)], "1")["paths"] == {}


def test_every_code_is_in_it() -> None:
    assert document([], "1")["components"]["schemas"]["Problem"]["properties"]["code"]["enum"] == sorted(STATUS)


async def test_the_door(open_doors: OpenDoors) -> None:
    routes = [get("/x", fine)]
    client = await open_doors(*routes, *Description(routes, "1.0").routes())
    assert (await (await client.get("/openapi.json")).json())["openapi"] == "3.1.0"
