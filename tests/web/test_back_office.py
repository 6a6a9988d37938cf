"""The doors to the back ends put together: each lets in those who hold its permission, and calls nobody for others."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from hub.rights import PEOPLE, may
from storage.database import Database
from tests.web.back_office_stage import BackOfficeStage, staged_back_office
from web.openapi import failures
from web.problems import STATUS

DOORS = {
    "GET /api/v1/integrations",
    "POST /api/v1/integrations/{name}/test",
    "GET /api/v1/customers/{id}/tickets",
    "POST /api/v1/tickets",
    "GET /api/v1/tickets/{id}",
    "POST /api/v1/tickets/{id}/comments",
    "GET /api/v1/customers/{id}/transactions",
    "GET /api/v1/transactions/{id}",
    "POST /webhooks/integrations/{name}",
}


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[BackOfficeStage]:
    async with staged_back_office(database, aiohttp_client) as stage:
        yield stage


async def test_every_door_asks_for_its_permission(desk: BackOfficeStage) -> None:
    routes = [route for route in desk.routes() if f"{route.method} {route.path}" in DOORS]
    assert len(routes) == len(DOORS)
    wrong = []
    for route in routes:
        path = re.sub(r"\{\w+\}", str(uuid4()), route.path)
        if route.permission is None:
            continue
        if (await desk.client.request(route.method, path)).status != 401:
            wrong.append(f"{path}: anybody comes in")
        for role in PEOPLE:
            _, bearer = await desk.somebody(role, in_team=True)
            status = (await desk.client.request(route.method, path, headers=bearer)).status
            if (status != 403) != may(role, route.permission):
                wrong.append(f"{route.method} {path}: {role} got {status}")
    assert wrong == []


async def test_what_acts_takes_a_key_and_fails_in_known_ways(desk: BackOfficeStage) -> None:
    routes = [route for route in desk.routes() if f"{route.method} {route.path}" in DOORS]
    assert all(route.idempotent for route in routes if route.method == "POST" and route.permission is not None)
    assert {error.code for route in routes for error in failures(route)} <= STATUS.keys()


async def test_nobody_is_called_for_who_is_refused(desk: BackOfficeStage) -> None:
    await desk.client.get("/api/v1/tickets/T-1")
    await desk.ask("GET", "integrations")
    assert desk.office.ledger.count() == 0
