"""The desk's doors put together: nobody comes in unasked, and each lets in those who hold its permission."""

import re
from collections.abc import AsyncIterator
from typing import Any, get_args, get_type_hints
from uuid import uuid4

import attrs
import pytest

from hub.errors import Invalid
from hub.rights import PEOPLE, may
from storage.database import Database
from tests.web.desk_stage import DeskStage, staged_desk
from web.fields import Unset, outer_name
from web.openapi import document, failures
from web.problems import STATUS
from web.shapes import structure


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


async def test_every_door_of_the_desk_asks_for_its_permission(desk: DeskStage) -> None:
    bearers = {role: (await desk.somebody(role, in_team=True))[1] for role in PEOPLE}
    wrong = []
    asked = [route for route in desk.routes() if "/auth" not in route.path]
    for route in asked:
        if route.permission is None:
            continue
        path = re.sub(r"\{\w+\}", str(uuid4()), route.path)
        anonymous = await desk.client.request(route.method, path)
        if anonymous.status != 401:
            wrong.append(f"{route.method} {route.path}: anonymous got {anonymous.status}")
        for role, bearer in bearers.items():
            answer = await desk.client.request(route.method, path, headers=bearer)
            hides = route.path.endswith("/password")  # also refuses by whose password it is
            if (answer.status != 403) != may(role, route.permission) and not hides:
                wrong.append(f"{route.method} {route.path}: {role} got {answer.status}")
    assert not wrong, "\n".join(wrong)
    assert {"/api/v1/conversations", "/api/v1/messages/{id}/retry", "/api/v1/media", "/api/v1/templates"} <= {
        route.path for route in asked
    }


WRONG: dict[Any, tuple[Any, ...]] = {
    str: (1, True, {}, ["x"]),
    int: ("1", 1.0, True, {}),
    bool: (1, "true", {}),
}
"""What is no such thing, however easily it could be made one."""


def _kind(hint: Any) -> Any:
    """The plain kind behind `X | None | Unset`, if it is one."""
    arms = [arm for arm in get_args(hint) or (hint,) if arm not in (type(None), Unset)]
    return arms[0] if len(arms) == 1 and arms[0] in WRONG else None


async def test_no_body_is_read_by_guessing(desk: DeskStage) -> None:
    bodies = {route.body for route in desk.routes() if route.body is not None}
    tried, taken = 0, []
    for body in bodies:
        hints = get_type_hints(body)
        for field in attrs.fields(body):
            for value in WRONG.get(_kind(hints[field.name]), ()):
                tried += 1
                with pytest.raises(Invalid) as caught:
                    structure({outer_name(field): value}, body)
                if f"$.{outer_name(field)}" not in [error["path"] for error in caught.value.errors]:
                    taken.append((body.__name__, field.name, value))
    assert not taken
    assert tried > 150


async def test_every_route_is_told_of(desk: DeskStage) -> None:
    routes = [route for route in desk.routes() if not route.hidden]
    described = document(routes, "1.0")["paths"]
    assert all(route.method.lower() in described[route.path] for route in routes)
    assert sum(len(methods) for methods in described.values()) == len(routes)
    assert all(route.summary and route.tags for route in routes)


async def test_no_route_can_fail_with_an_unknown_code(desk: DeskStage) -> None:
    assert {error.code for route in desk.routes() for error in failures(route)} <= STATUS.keys()


async def test_what_is_atomic_takes_a_key(desk: DeskStage) -> None:
    assert all(route.idempotent for route in desk.routes() if route.atomic)
