"""Deliveries through their doors; nothing is sent here, what became of them is put into the table."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.rights import Role
from hub.webhook.delivery import EXCERPT
from storage.database import Database
from tests.storage.webhook_scene import DEAD, DONE, FAILED, OK, Scene
from tests.web.desk_stage import DeskStage, staged_desk

A = UUID(int=1)


class Stage:
    """An administrator, an endpoint, and three events: delivered, dead, pending."""

    def __init__(self, desk: DeskStage, scene: Scene) -> None:
        self.desk, self.scene = desk, scene

    async def set(self) -> None:
        await self.scene.set()
        self.ids = [str(await self.scene.happens(A)) for _ in range(3)]
        await self.scene.fill()
        await self.scene.settle(UUID(self.ids[0]), OK, DONE)
        await self.scene.settle(UUID(self.ids[1]), FAILED, DEAD)
        self.path = f"webhooks/{self.scene.webhook_id}"


@pytest.fixture
async def stage(database: Database, aiohttp_client: Any) -> AsyncIterator[Stage]:
    desk: DeskStage
    async with staged_desk(database, aiohttp_client) as desk:
        _, desk.headers = await desk.somebody(Role.ADMIN, in_team=False)
        stage = Stage(desk, Scene(database))
        await stage.set()
        yield stage


async def test_what_became_of_each(stage: Stage) -> None:
    first = await stage.desk.get(f"{stage.path}/deliveries?limit=2")
    rest = await stage.desk.get(f"{stage.path}/deliveries?limit=2&cursor={first['next_cursor']}")
    shown = {one["id"]: one for one in first["data"] + rest["data"]}
    assert [shown[id]["state"] for id in stage.ids] == ["delivered", "dead", "pending"]
    dead, pending = shown[stage.ids[1]], shown[stage.ids[2]]
    assert (dead["attempts"], dead["last_status"], dead["last_reason"], dead["latency_ms"]) == (1, 500, "status", 500)
    assert dead["next_try_at"] is None
    assert pending["next_try_at"] is not None
    (only,) = (await stage.desk.get(f"{stage.path}/deliveries?state=dead"))["data"]
    assert only["id"] == stage.ids[1]


async def test_one_with_what_was_sent_and_answered(stage: Stage) -> None:
    full = await stage.desk.get(f"{stage.path}/deliveries/{stage.ids[1]}")
    assert full["response"] == {"status": 500, "body": "oops"}
    assert full["request"]["url"] == "https://example.com/hook"
    assert full["request"]["headers"]["webhook-id"] == stage.ids[1]
    assert '"data":{"text":"Olá"}' in full["request"]["body"]
    assert "signature" not in str(full)
    assert len(full["response"]["body"]) <= EXCERPT
    await stage.scene.execute("delete from events where seq = 2")
    full = await stage.desk.get(f"{stage.path}/deliveries/{stage.ids[1]}")
    assert full["request"]["body"] is None


async def test_one_is_made_again(stage: Stage) -> None:
    answer = await stage.desk.ask("POST", f"{stage.path}/deliveries/{stage.ids[1]}/replay")
    assert answer.status == 202
    assert ((await answer.json())["state"], (await answer.json())["attempts"]) == ("pending", 0)


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"from_seq": 1}, 2),
        ({"from_seq": 2}, 1),
        ({"from_seq": 1, "dead_only": True}, 1),
        ({"from_time": "2026-01-05T12:00:02.000Z"}, 1),
    ],
)
async def test_past_events_are_delivered_again(stage: Stage, asked: dict[str, Any], count: int) -> None:
    answer = await stage.desk.ask("POST", f"{stage.path}/replay", asked)
    assert (answer.status, await answer.json()) == (202, {"count": count, "last_seq": 2, "more": False})


@pytest.mark.parametrize(
    "asked", [{}, {"from_seq": 1, "from_time": "2026-01-05T12:00:02.000Z"}, {"from_seq": 0}, {"since": 1}]
)
async def test_a_replay_needs_one_beginning(stage: Stage, asked: dict[str, Any]) -> None:
    assert (await stage.desk.ask("POST", f"{stage.path}/replay", asked)).status == 422


async def test_a_test_is_a_delivery(stage: Stage) -> None:
    answer = await stage.desk.ask("POST", f"{stage.path}/test")
    assert answer.status == 202
    place = answer.headers["Location"].removeprefix("/api/v1/")
    full = await stage.desk.get(place)
    assert (full["type"], full["state"], full["seq"]) == ("webhook.test", "pending", 0)
    assert '"type":"webhook.test"' in full["request"]["body"]
    await stage.desk.ask("PATCH", stage.path, {"enabled": False})
    assert (await stage.desk.ask("POST", f"{stage.path}/test")).status == 409


async def test_what_is_not_there(stage: Stage) -> None:
    nowhere, nothing = f"webhooks/{uuid4()}", f"{stage.path}/deliveries/{uuid4()}"
    for method, path, body in (
        ("GET", f"{nowhere}/deliveries", None),
        ("GET", f"{nowhere}/deliveries/{stage.ids[0]}", None),
        ("POST", f"{nowhere}/deliveries/{stage.ids[0]}/replay", None),
        ("POST", f"{nowhere}/replay", {"from_seq": 1}),
        ("POST", f"{nowhere}/test", None),
        ("GET", nothing, None),
        ("POST", f"{nothing}/replay", None),
    ):
        assert (await stage.desk.ask(method, path, body)).status == 404, path
