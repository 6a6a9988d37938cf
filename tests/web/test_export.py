"""Ordering exports, and seeing what was ordered."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import DeskStage, staged_desk

ORDER = {"kind": "conversations", "from": "2026-01-01T00:00:00Z"}


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


async def order(desk: DeskStage, headers: dict[str, str], **given: Any) -> dict[str, Any]:
    answer = await desk.ask("POST", "exports", {**ORDER, **given}, headers)
    assert answer.status == 201, await answer.text()
    made: dict[str, Any] = await answer.json()
    return made


async def test_an_order_and_what_is_told_of_it(desk: DeskStage) -> None:
    boss, headers = await desk.somebody(Role.SUPERVISOR, in_team=True)
    made = await order(desk, headers, kind="messages", to="2026-02-01T00:00:00Z", team_id=str(desk.team_id), bom=True)
    assert (made["from"], made["to"]) == ("2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z")
    assert (made["kind"], made["format"], made["bom"]) == ("messages", "csv", True)
    assert (made["requested_by"], made["requested_name"]) == (f"user:{boss.id}", boss.name)
    assert (made["file"], made["downloads"], made["rows"]) == (f"/api/v1/exports/{made['id']}/file", 0, None)
    assert await desk.get(f"exports/{made['id']}", headers) == made
    assert (await desk.get("exports", headers))["data"] == [made]


async def test_a_byte_order_mark_is_for_csv(desk: DeskStage) -> None:
    _, headers = await desk.somebody(Role.SUPERVISOR, in_team=True)
    assert not (await order(desk, headers, format="jsonl", bom=True))["bom"]


async def test_each_sees_what_he_ordered_and_an_administrator_everything(desk: DeskStage) -> None:
    people = [(await desk.somebody(role, in_team=True))[1] for role in (Role.SUPERVISOR, Role.SUPERVISOR, Role.ADMIN)]
    mine, others, admins = [(await order(desk, headers))["id"] for headers in people]
    listed = [[each["id"] for each in (await desk.get("exports", headers))["data"]] for headers in people]
    assert listed == [[mine], [others], [admins, others, mine]]
    assert (await desk.ask("GET", f"exports/{others}", headers=people[0])).status == 404
    assert (await desk.ask("GET", f"exports/{others}/file", headers=people[0])).status == 404
    assert (await desk.ask("GET", f"exports/{others}/file", headers=people[2])).status == 200
    first = await desk.get("exports?limit=2", people[2])
    second = await desk.get(f"exports?limit=2&cursor={first['next_cursor']}", people[2])
    assert [each["id"] for each in first["data"] + second["data"]] == [admins, others, mine]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "report"},
        {"format": "xlsx"},
        {"from": "yesterday"},
        {"to": "2026-01-01T00:00:00Z"},
        {"from": "2024-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"},
        {"team_id": str(uuid4())},
        {"all": True},
    ],
    ids=lambda wrong: "".join(wrong),
)
@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMIN])
async def test_what_makes_no_sense_is_refused(desk: DeskStage, wrong: dict[str, Any], role: Role) -> None:
    _, headers = await desk.somebody(role, in_team=True)
    answer = await desk.ask("POST", "exports", {**ORDER, **wrong}, headers)
    assert answer.status == 422
    name = "to" if len(wrong) == 2 else next(iter(wrong))
    assert [part["path"] for part in (await answer.json())["errors"]] == [f"$.{name}"]
    assert (await desk.get("exports", headers))["data"] == []


async def test_repeated_it_is_one_order(desk: DeskStage) -> None:
    _, headers = await desk.somebody(Role.SUPERVISOR, in_team=True)
    answers = [await desk.ask("POST", "exports", ORDER, headers, Idempotency_Key="x") for _ in range(2)]
    one, two = [await answer.json() for answer in answers]
    assert one == two
    assert len((await desk.get("exports", headers))["data"]) == 1
