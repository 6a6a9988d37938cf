"""Dead letters through their doors."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.dead_letter import LetterKind, NewLetter
from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import DeskStage, staged_desk


class Stage(DeskStage):
    """The desk, used by an administrator: `by`, in the audit's words."""

    by: str


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[Stage]:
    async with staged_desk(database, aiohttp_client, Stage) as desk:
        admin, desk.headers = await desk.somebody(Role.ADMIN, in_team=False)
        desk.by = f"user:{admin.id}"
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


async def test_what_a_person_decides_is_in_the_audit_once(desk: Stage) -> None:
    again, over = await put(desk), await put(desk)
    for _ in range(2):
        await desk.ask("POST", f"dead-letters/{again}/redrive", Idempotency_Key="k")
    await desk.ask("POST", f"dead-letters/{again}/redrive")  # is refused, and decides nothing
    await desk.ask("POST", f"dead-letters/{over}/discard")
    await put(desk, integration="ticketing")
    await desk.ask("POST", "dead-letters/redrive", {"operation": "commit_draft"})
    await desk.ask("POST", "dead-letters/redrive", {})  # nothing is left
    rows = await desk.audited()
    assert [(row["tool"], row["state_after"]) for row in rows] == [
        ("redrive_dead_letter", "queued"),
        ("discard_dead_letter", "discarded"),
        ("redrive_dead_letters", "queued"),
    ]
    assert {(row["phase"], row["decision"], row["actor"]) for row in rows} == {("decision", "allowed", desk.by)}
    assert [row["args_redacted"].get("letter_id") for row in rows] == [str(again), str(over), None]
    assert rows[2]["args_redacted"] == {"operation": "commit_draft", "queued": {"ticketing": 1}}


@pytest.mark.parametrize("atomic", [False, True])
@pytest.mark.parametrize("path", ["{}/redrive", "{}/discard", "redrive"])
async def test_without_the_audit_nothing_is_decided(desk: DeskStage, path: str, *, atomic: bool) -> None:
    one = await put(desk)
    await desk.lose_audit()
    body: Any = {} if path == "redrive" else None
    key = {"Idempotency-Key": "k"} if atomic else {}
    answer = await desk.ask("POST", f"dead-letters/{path.format(one)}", body, {**desk.headers, **key})
    assert (answer.status, (await answer.json())["code"]) == (503, "audit_unavailable")
    shown = await desk.get(f"dead-letters/{one}")
    assert (shown["state"], shown["requested_by"]) == ("dead", None)
