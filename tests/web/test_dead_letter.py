"""Dead letters through their doors."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.dead_letter import LetterKind, NewLetter
from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import DeskStage, staged_desk


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as desk:
        _, desk.headers = await desk.somebody(Role.ADMIN, in_team=False)
        yield desk


async def put(desk: DeskStage, kind: LetterKind = LetterKind.WRITE, integration: str = "transaction_create") -> UUID:
    return await desk.dead_letters.put(
        NewLetter(
            integration=integration,
            operation="commit_draft",
            kind=kind,
            problem="integration_timeout",
            attempts=3,
            provider_status=502,
            idempotency_key="k-1",
            payload={"draft_id": str(uuid4())},
        )
    )


async def test_they_are_listed_and_shown(desk: DeskStage) -> None:
    made = [str(await put(desk)) for _ in range(3)]
    read = str(await put(desk, LetterKind.READ, "ticketing"))
    first = await desk.get("dead-letters?limit=3")
    rest = await desk.get(f"dead-letters?limit=3&cursor={first['next_cursor']}")
    assert [one["id"] for one in first["data"] + rest["data"]] == [read, *made[::-1]]
    (only,) = (await desk.get("dead-letters?integration=ticketing&state=dead&kind=read"))["data"]
    assert (only["id"], only["redrivable"]) == (read, False)
    shown = await desk.get(f"dead-letters/{made[0]}")
    assert (shown["problem"], shown["attempts"], shown["provider_status"]) == ("integration_timeout", 3, 502)
    assert shown["redrivable"] is True
    assert (await desk.ask("GET", f"dead-letters/{uuid4()}")).status == 404


async def test_a_cursor_of_another_filter_is_refused(desk: DeskStage) -> None:
    for _ in range(2):
        await put(desk)
    cursor = (await desk.get("dead-letters?limit=1"))["next_cursor"]
    assert (await desk.ask("GET", f"dead-letters?state=dead&cursor={cursor}")).status == 422


async def test_one_is_done_again_or_discarded(desk: DeskStage) -> None:
    again, over = await put(desk), await put(desk)
    answer = await desk.ask("POST", f"dead-letters/{again}/redrive")
    assert (answer.status, (await answer.json())["state"]) == (202, "queued")
    refused = await desk.ask("POST", f"dead-letters/{again}/redrive")
    assert (refused.status, (await refused.json())["code"]) == (409, "invalid_transition")
    answer = await desk.ask("POST", f"dead-letters/{over}/discard")
    body = await answer.json()
    assert (answer.status, body["state"], body["requested_by"].partition(":")[0]) == (200, "discarded", "user")
    assert (await desk.ask("POST", f"dead-letters/{over}/redrive")).status == 409
    assert (await desk.ask("POST", f"dead-letters/{uuid4()}/discard")).status == 404


async def test_a_repeated_request_is_answered_the_same(desk: DeskStage) -> None:
    one = await put(desk)
    answers = [await desk.ask("POST", f"dead-letters/{one}/discard", Idempotency_Key="k") for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[1].headers["Idempotent-Replayed"] == "true"


async def test_all_that_fit_are_done_again(desk: DeskStage) -> None:
    for _ in range(3):
        await put(desk)
    await put(desk, LetterKind.READ)
    await put(desk, integration="ticketing")
    answer = await desk.ask("POST", "dead-letters/redrive", {"integration": "transaction_create", "rate": 10})
    assert (answer.status, await answer.json()) == (202, {"queued": {"transaction_create": 3}})
    answer = await desk.ask("POST", "dead-letters/redrive", {})
    assert await answer.json() == {"queued": {"ticketing": 1}}
    assert (await desk.ask("POST", "dead-letters/redrive", {"rate": 11})).status == 422


async def test_supervisors_look_and_agents_do_not(desk: DeskStage) -> None:
    one = await put(desk)
    _, supervisor = await desk.somebody(Role.SUPERVISOR, in_team=True)
    _, agent = await desk.somebody(Role.AGENT, in_team=True)
    assert (await desk.ask("GET", f"dead-letters/{one}", headers=supervisor)).status == 200
    assert (await desk.ask("POST", f"dead-letters/{one}/discard", headers=supervisor)).status == 403
    assert (await desk.ask("GET", "dead-letters", headers=agent)).status == 403
