"""The description of a running hub: valid, whole, and readable by people."""

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.acceptance.agent import Json
from tests.acceptance.stage import ROOT, Stage
from web.problems import STATUS


@pytest.fixture
async def document(stage: Stage) -> Json:
    async with stage.session.get(f"{stage.hub.url}/openapi.json") as answer:
        assert answer.content_type == "application/json"
        told: Json = await answer.json()
    return told


def operations(document: Json) -> list[tuple[str, Any]]:
    """Every operation with its name."""
    paths = document["paths"].items()
    return [(f"{method.upper()} {path}", told) for path, methods in paths for method, told in methods.items()]


async def test_it_is_valid(document: Json) -> None:
    OpenAPIV31SpecValidator(document).validate()


async def test_every_operation_says_what_it_is_and_how_it_fails(document: Json) -> None:
    wrong = []
    for name, told in operations(document):
        secured = {"401", "403", "429"} if "security" in told else set()
        missing = ({"400", "500", "503"} | secured) - told["responses"].keys()
        if missing or not told["summary"] or not told["tags"] or not told["description"]:
            wrong.append((name, missing))
    assert not wrong


async def test_no_operation_of_the_api_is_open_by_accident(document: Json) -> None:
    unsecured = {name for name, told in operations(document) if "/api/" in name and "security" not in told}
    assert unsecured == {"POST /api/v1/auth/login", "POST /api/v1/auth/refresh", "POST /api/v1/auth/logout"}


async def test_answers_to_wait_for_say_how_long(document: Json) -> None:
    silent = [
        (name, status)
        for name, told in operations(document)
        for status, answer in told["responses"].items()
        if status in ("429", "503") and "Retry-After" not in answer.get("headers", {})
    ]
    assert not silent


async def test_people_read_it_without_a_script(stage: Stage, document: Json) -> None:
    async with stage.session.get(f"{stage.hub.url}/docs") as answer:
        page = await answer.text()
        assert (answer.status, answer.content_type) == (200, "text/html")
    assert "<script" not in page
    assert not [told["operationId"] for _, told in operations(document) if f'id="{told["operationId"]}"' not in page]


async def test_every_code_has_a_page_and_every_problem_leads_to_one(stage: Stage, document: Json) -> None:
    codes = document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    assert set(codes) == STATUS.keys()
    for code in codes:
        async with stage.session.get(f"{stage.hub.url}/problems/{code}") as answer:
            assert (answer.status, answer.content_type) == (200, "text/html"), code
    root = await stage.login(ROOT)
    missing = await root.request("GET", "/api/v1/nothing")
    async with stage.session.get(f"{stage.hub.url}{missing.json['type']}") as answer:
        assert answer.status == 200
