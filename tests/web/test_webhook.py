"""Webhooks through their doors."""

import base64
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import DeskStage, staged_desk

NEW = {"url": "https://example.com/hook", "event_types": ["message.received"]}


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    stage: DeskStage
    async with staged_desk(database, aiohttp_client) as stage:
        _, stage.headers = await stage.somebody(Role.ADMIN, in_team=False)
        yield stage


async def made(desk: DeskStage, **given: Any) -> Any:
    answer = await desk.ask("POST", "webhooks", {**NEW, **given})
    assert answer.status == 201, await answer.text()
    return await answer.json()


async def test_an_endpoint_is_made_changed_and_removed(desk: DeskStage) -> None:
    webhook = await made(desk, description=" CRM ", team_id=str(desk.team_id))
    assert len(base64.b64decode(webhook.pop("secret").removeprefix("whsec_"))) == 32
    assert (webhook["description"], webhook["enabled"], webhook["team_id"]) == ("CRM", True, str(desk.team_id))
    path = f"webhooks/{webhook['id']}"
    assert await desk.get(path) == webhook
    assert (await desk.get("webhooks"))["data"] == [webhook]
    change = {"event_types": ["note.created", "note.created"], "enabled": False, "team_id": None}
    changed = await desk.ask("PATCH", path, change, If_Match='"1"')
    now = await changed.json()
    assert (now["event_types"], now["enabled"], now["team_id"], now["version"]) == (["note.created"], False, None, 2)
    assert now["url"] == NEW["url"]
    stale = await desk.ask("PATCH", path, {"enabled": True}, If_Match='"1"')
    assert (stale.status, (await stale.json())["current"]["version"]) == (412, 2)
    assert (await desk.ask("DELETE", path)).status == 204
    assert (await desk.ask("GET", path)).status == 404


async def test_a_secret_is_shown_when_it_is_made_and_replaced(desk: DeskStage) -> None:
    webhook = await made(desk)
    path = f"webhooks/{webhook['id']}"
    replaced = await (await desk.ask("POST", f"{path}/rotate-secret")).json()
    assert replaced["secret"] != webhook["secret"]
    assert replaced["previous_secret_until"] > replaced["created_at"]
    shown = await (await desk.ask("GET", path)).text() + await (await desk.ask("GET", "webhooks")).text()
    assert "whsec_" not in shown


async def test_the_same_request_makes_one(desk: DeskStage) -> None:
    answers = [await desk.ask("POST", "webhooks", NEW, Idempotency_Key="k-1") for _ in range(2)]
    first, again = [await answer.json() for answer in answers]
    assert first == again
    assert len((await desk.get("webhooks"))["data"]) == 1


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"url": "http://10.0.0.1/"}, "$.url"),
        ({"url": "https://user:secret@example.com/"}, "$.url"),
        ({"event_types": []}, "$.event_types"),
        ({"event_types": ["message.received", "agent.typing"]}, "$.event_types[1]"),
        ({"event_types": ["internal.message"]}, "$.event_types[0]"),
        ({"team_id": str(uuid4())}, "$.team_id"),
        ({"secret": "whsec_of my own"}, "$.secret"),
    ],
)
async def test_what_cannot_be(desk: DeskStage, given: dict[str, Any], path: str) -> None:
    webhook = await made(desk)
    for answer in (
        await desk.ask("POST", "webhooks", {**NEW, **given}),
        await desk.ask("PATCH", f"webhooks/{webhook['id']}", given),
    ):
        assert answer.status == 422
        assert [error["path"] for error in (await answer.json())["errors"]] == [path]


async def test_pages(desk: DeskStage) -> None:
    ids = [(await made(desk))["id"] for _ in range(3)]
    first = await desk.get("webhooks?limit=2")
    rest = await desk.get(f"webhooks?limit=2&cursor={first['next_cursor']}")
    assert {one["id"] for one in first["data"] + rest["data"]} == set(ids)
    assert (len(first["data"]), rest["next_cursor"]) == (2, None)


async def test_what_is_not_there(desk: DeskStage) -> None:
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/rotate-secret")):
        body: Any = {} if method == "PATCH" else None
        assert (await desk.ask(method, f"webhooks/{uuid4()}{path}", body)).status == 404
