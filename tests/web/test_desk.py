"""The desk's doors put together: nobody comes in unasked, and each lets in those who hold its permission."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from hub.rights import PEOPLE, may
from storage.database import Database
from tests.web.desk_stage import DeskStage, staged_desk


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
