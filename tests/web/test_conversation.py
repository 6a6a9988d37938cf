"""The doors of conversations: who sees which, in what order, and what people change."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.clock import rfc3339
from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import APP, WHATSAPP, DeskStage, staged_desk


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


def ids(page: dict[str, Any]) -> list[UUID]:
    return [UUID(conversation["id"]) for conversation in page["data"]]


# Reading


async def test_a_conversation_as_its_reader_sees_it(desk: DeskStage) -> None:
    conversation_id = await desk.says("Bom dia")
    answer = await desk.ask("GET", f"conversations/{conversation_id}")
    assert (answer.status, answer.headers["ETag"]) == (200, '"1"')
    shown = await answer.json()
    assert shown["customer"]["name"] == "Maria"
    assert (shown["status"], shown["team_id"], shown["unread"]) == ("open", str(desk.team_id), 1)
    assert shown["channel"] == {"name": WHATSAPP, "type": "whatsapp"}
    assert shown["last_message"]["text"] == "Bom dia"


async def test_a_conversation_comes_whole_although_its_version_is_known(desk: DeskStage) -> None:
    maria = desk.party()
    conversation_id = await desk.says("Bom dia", maria)
    await desk.says("Ainda está aí?", maria)
    answer = await desk.ask("GET", f"conversations/{conversation_id}", If_None_Match='"1"')
    assert (answer.status, answer.headers["ETag"]) == (200, '"1"')
    assert (await answer.json())["last_message"]["text"] == "Ainda está aí?"


async def test_others_get_it_only_with_the_team_by_assignment_or_as_administrators(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    ben, bens = await desk.somebody(Role.AGENT, in_team=False)
    _, colleague = await desk.somebody(Role.AGENT, in_team=True)
    _, admin = await desk.somebody(Role.ADMIN, in_team=False)

    async def sees(headers: dict[str, str]) -> list[bool]:
        single = (await desk.ask("GET", f"conversations/{conversation_id}", headers=headers)).status == 200
        window = (await desk.ask("GET", f"conversations/{conversation_id}/window", headers=headers)).status == 200
        return [single, window, conversation_id in ids(await desk.get("conversations", headers))]

    assert (await sees(colleague), await sees(admin), await sees(bens)) == ([True] * 3, [True] * 3, [False] * 3)
    for method, path in (("PATCH", ""), ("POST", "/take")):
        refused = await desk.ask(method, f"conversations/{conversation_id}{path}", {}, headers=bens)
        assert (refused.status, (await refused.json())["code"]) == (404, "not_found")
    await desk.alter(conversation_id, assignee_id=ben.id)
    assert await sees(bens) == [True] * 3


async def test_an_address_that_is_none_is_not_found(desk: DeskStage) -> None:
    for nowhere in (uuid4(), "1001", "me"):
        assert (await desk.ask("GET", f"conversations/{nowhere}")).status == 404


async def test_a_list_tells_up_to_which_event_it_is_exact(desk: DeskStage) -> None:
    await desk.says()
    assert (await desk.get("conversations"))["seq"] == await desk.value("select max(seq) from events")


async def test_the_window(desk: DeskStage) -> None:
    whatsapp, app = await desk.says(), await desk.says(channel=APP)
    opened = await desk.value("select window_opened_at from conversations where id = $1", whatsapp)
    expires = rfc3339(opened + timedelta(hours=24))
    assert await desk.get(f"conversations/{whatsapp}/window") == {"open": True, "expires_at": expires}
    assert await desk.get(f"conversations/{app}/window") == {"open": True, "expires_at": None}
    desk.ahead = timedelta(hours=24, seconds=1)
    assert await desk.get(f"conversations/{whatsapp}/window") == {"open": False, "expires_at": expires}


# Taking


async def test_of_many_who_take_at_once_one_gets_it_and_the_others_are_told_who(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    others = [(await desk.somebody(Role.AGENT, in_team=True))[1] for _ in range(3)]
    asks = (desk.ask("POST", f"conversations/{conversation_id}/take", headers=who) for who in (desk.headers, *others))
    answers = await asyncio.gather(*asks)
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]
    (won,) = [await answer.json() for answer in answers if answer.status == 200]
    for answer in answers:
        if answer.status == 409:
            problem = await answer.json()
            assert problem["code"] == "already_assigned"
            assert problem["winner"] == {"id": won["assignee_id"], "name": won["assignee_name"]}
    assert won["version"] == 2


async def test_taking_what_one_has_changes_nothing(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    for _ in range(2):
        taken = await desk.ask("POST", f"conversations/{conversation_id}/take")
        assert (taken.status, (await taken.json())["version"]) == (200, 2)


# Changing


async def test_what_can_be_changed(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    ben, _ = await desk.somebody(Role.AGENT, in_team=True)
    sales = await desk.member("Sales", desk.ana.id)
    await desk.teams.add_member(sales, ben.id)
    until = rfc3339(desk.clock() + timedelta(hours=2))
    body = {
        "assignee_id": str(ben.id),
        "team_id": str(sales),
        "priority": 2,
        "subject": "Refund",
        "attributes": {"order": "A-17"},
        "status": "snoozed",
        "snoozed_until": until,
    }
    changed = await desk.ask("PATCH", f"conversations/{conversation_id}", body, If_Match='"1"')
    assert (changed.status, changed.headers["ETag"]) == (200, '"2"')
    shown = await changed.json()
    assert {name: shown[name] for name in body} == body
    assert (shown["assignee_name"], shown["unread"]) == (ben.name, 1)
    cleared = {"assignee_id": None, "team_id": None, "subject": None}
    assert (
        await desk.ask("PATCH", f"conversations/{conversation_id}", {"assignee_id": str(desk.ana.id)})
    ).status == 200
    shown = await (await desk.ask("PATCH", f"conversations/{conversation_id}", cleared)).json()
    assert {name: shown[name] for name in cleared} == cleared
    assert (shown["priority"], shown["attributes"]) == (2, {"order": "A-17"})


async def test_a_change_of_an_older_version_is_shown_what_is_now(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    await desk.ask("PATCH", f"conversations/{conversation_id}", {"priority": 1})
    late = await desk.ask("PATCH", f"conversations/{conversation_id}", {"priority": 3}, If_Match='"1"')
    problem = await late.json()
    assert (late.status, problem["code"], problem["current"]["version"]) == (412, "stale_version", 2)
    assert problem["current"]["priority"] == 1


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"team_id": str(uuid4())}, "$.team_id"),
        ({"assignee_id": str(uuid4())}, "$.assignee_id"),
        ({"priority": 4}, "$.priority"),
        ({"snoozed_until": "2099-01-01T00:00:00.000Z"}, "$.snoozed_until"),
        ({"snoozed_until": None}, "$.snoozed_until"),
        ({"status": "open", "snoozed_until": "2099-01-01T00:00:00.000Z"}, "$.snoozed_until"),
        ({"status": "snoozed", "snoozed_until": "2020-01-01T00:00:00.000Z"}, "$.snoozed_until"),
        ({"attributes": {"a": "x" * 20_000}}, "$.attributes"),
        ({"attributes": {str(n): n for n in range(51)}}, "$.attributes"),
        ({"status": "closed"}, "$.status"),
        ({"subject": "x" * 201}, "$.subject"),
        ({"mood": "good"}, "$.mood"),
    ],
)
async def test_what_cannot_be_changed_to(desk: DeskStage, body: dict[str, Any], path: str) -> None:
    conversation_id = await desk.says()
    refused = await desk.ask("PATCH", f"conversations/{conversation_id}", body)
    problem = await refused.json()
    assert (refused.status, [error["path"] for error in problem["errors"]]) == (422, [path])
    assert (await desk.get(f"conversations/{conversation_id}"))["version"] == 1


async def test_nobody_is_given_one_who_does_not_work_here_any_more(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    gone, _ = await desk.somebody(Role.AGENT, in_team=True)
    async with desk.database.acquire() as connection:
        await connection.execute("update users set disabled = true where id = $1", gone.id)
    refused = await desk.ask("PATCH", f"conversations/{conversation_id}", {"assignee_id": str(gone.id)})
    assert refused.status == 422


async def test_a_transition_that_is_not_in_the_table(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    assert (await desk.ask("PATCH", f"conversations/{conversation_id}", {"status": "resolved"})).status == 200
    refused = await desk.ask("PATCH", f"conversations/{conversation_id}", {"status": "snoozed"})
    assert (refused.status, (await refused.json())["code"]) == (409, "invalid_transition")


async def test_it_is_given_to_people_of_its_team_and_to_who_leads(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    sales = await desk.member("Sales", desk.ana.id)
    fitting = [(await desk.somebody(Role.AGENT, in_team=True))[0]]
    fitting += [(await desk.somebody(role, in_team=False))[0] for role in (Role.SUPERVISOR, Role.ADMIN)]
    stranger, _ = await desk.somebody(Role.AGENT, in_team=False)
    for user, status in (*((user, 200) for user in fitting), (stranger, 422)):
        given = await desk.ask("PATCH", f"conversations/{conversation_id}", {"assignee_id": str(user.id)})
        assert given.status == status
    both = {"team_id": str(sales), "assignee_id": str(fitting[0].id)}
    refused = await desk.ask("PATCH", f"conversations/{conversation_id}", both)
    assert [error["path"] for error in (await refused.json())["errors"]] == ["$.assignee_id"]
    moved = await (await desk.ask("PATCH", f"conversations/{conversation_id}", {"team_id": str(sales)})).json()
    assert (moved["team_id"], moved["assignee_id"]) == (str(sales), None)


async def test_who_lost_sight_of_it_cannot_change_it(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    sales = await desk.member("Sales", (await desk.somebody(Role.AGENT, in_team=False))[0].id)
    away = await desk.ask("PATCH", f"conversations/{conversation_id}", {"team_id": str(sales)})
    assert (away.status, (await away.json())["team_id"]) == (200, str(sales))
    assert (await desk.ask("PATCH", f"conversations/{conversation_id}", {"team_id": None})).status == 404


async def test_attributes_are_merged_by_name(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    for given in ({"order": "A-17", "size": "m"}, {"size": None, "gift": True}):
        changed = await desk.ask("PATCH", f"conversations/{conversation_id}", {"attributes": given})
    assert (await changed.json())["attributes"] == {"order": "A-17", "gift": True}


async def test_of_a_closed_one_nothing_can_be_changed(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    await desk.alter(conversation_id, status="closed")
    edits: dict[str, Any] = {"status": "open", "priority": 0, "attributes": {}, "assignee_id": None}
    for name, value in edits.items():
        refused = await desk.ask("PATCH", f"conversations/{conversation_id}", {name: value})
        assert (refused.status, (await refused.json())["code"]) == (409, "invalid_transition")
