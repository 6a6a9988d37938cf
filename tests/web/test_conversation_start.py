"""Beginning conversations."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import APP, WELCOME, WHATSAPP, DeskStage, staged_desk

TEMPLATE = {"name": WELCOME.name, "language": WELCOME.language, "parameters": ["Maria"]}


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


async def begin(desk: DeskStage, status: int = 201, **given: Any) -> Any:
    answer = await desk.ask("POST", "conversations", {"channel": WHATSAPP, **given})
    assert answer.status == status, await answer.text()
    return await answer.json()


async def test_a_template_to_a_number_that_nobody_knows(desk: DeskStage) -> None:
    begun = await begin(desk, address="+351 910 000 999", template=TEMPLATE)
    assert (begun["status"], begun["assignee_id"], begun["team_id"]) == ("open", str(desk.ana.id), str(desk.team_id))
    assert begun["customer"]["phone"] == "351910000999"
    assert begun["last_message"]["text"] == "Olá Maria, bem-vinda!"
    for _ in range(200):
        if desk.provider.sent:
            break
        await asyncio.sleep(0.02)
    assert desk.provider.sent[0].payload["to"] == [{"kind": "wa_id", "value": "351910000999"}]
    again = await begin(desk, 409, address="351910000999", template=TEMPLATE)
    assert (again["code"], again["conversation_id"]) == ("already_exists", begun["id"])


async def test_who_wrote_lately_can_be_written_to_freely_after_it_was_closed(desk: DeskStage) -> None:
    before = await desk.says()
    await desk.alter(before, status="closed")
    customer_id = str(await desk.value("select customer_id from conversations where id = $1", before))
    sales = await desk.member("Sales", desk.ana.id)
    begun = await begin(desk, customer_id=customer_id, text="One more thing", team_id=str(sales))
    assert (begun["previous_id"], begun["team_id"]) == (str(before), str(sales))
    assert await desk.value("select count(*) from customers") == 1
    await desk.alter(UUID(begun["id"]), status="closed")
    desk.ahead = timedelta(hours=25)
    assert (await begin(desk, 409, customer_id=customer_id, text="Too late"))["code"] == "window_closed"


async def test_of_two_who_begin_at_once_one_does(desk: DeskStage) -> None:
    body = {"channel": WHATSAPP, "address": "351910000999", "template": TEMPLATE}
    answers = await asyncio.gather(*(desk.ask("POST", "conversations", body) for _ in range(4)))
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409]
    ids = {(await a.json()).get("conversation_id") or (await a.json())["id"] for a in answers}
    assert len(ids) == 1
    assert await desk.value("select count(*) from customers") == 1


async def test_another_teams_conversation_is_not_named(desk: DeskStage) -> None:
    live = await desk.says()
    customer_id = str(await desk.value("select customer_id from conversations where id = $1", live))
    _, stranger = await desk.somebody(Role.AGENT, in_team=False)
    body = {"channel": WHATSAPP, "customer_id": customer_id, "template": TEMPLATE}
    refused = await desk.ask("POST", "conversations", body, stranger)
    assert refused.status == 409
    assert "conversation_id" not in await refused.json()


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"address": "351910000999"},
        {"address": "abc", "text": "x"},
        {"address": "351910000999", "customer_id": str(uuid4()), "text": "x"},
        {"customer_id": str(uuid4()), "text": "x"},
        {"address": "351910000999", "text": "x", "channel": "nowhere"},
        {"address": "351910000999", "text": "x", "channel": APP},
        {"address": "351910000999", "text": "x", "team_id": str(uuid4())},
    ],
)
async def test_what_is_no_beginning(desk: DeskStage, given: dict[str, Any]) -> None:
    assert (await begin(desk, 422, **given))["code"] == "invalid_request"
    assert await desk.value("select count(*) from conversations") == 0
