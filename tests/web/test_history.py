"""A conversation's past."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import DeskStage, staged_desk
from web.history import PORTION


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


async def test_what_happened_newest_first_page_by_page(desk: DeskStage) -> None:
    path = f"conversations/{await desk.says()}"
    await desk.ask("POST", f"{path}/take")
    await desk.ask("PATCH", path, {"subject": "Refund"})
    await desk.ask("PATCH", path, {"status": "resolved"})
    told = ["conversation.status_changed", "conversation.updated", "conversation.assigned", "conversation.new"]
    page = await desk.get(f"{path}/events")
    assert ([event["type"] for event in page["data"]], page["next_cursor"]) == (told, None)
    assert page["data"][2]["actor"]["name"] == "Ana"
    assert page["data"][0]["data"]["conversation"]["status"] == "resolved"
    paged, cursor = [], ""
    for _ in told:
        page = await desk.get(f"{path}/events?limit=1{cursor}")
        paged += [event["type"] for event in page["data"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert (paged, page["next_cursor"]) == (told, None)
    whole = await desk.get(f"{path}/events?messages=true")
    assert "message.received" in [event["type"] for event in whole["data"]]
    assert (await desk.ask("GET", f"{path}/events?messages=true{cursor}")).status == 422


async def test_a_transcript_is_whole_and_in_order(desk: DeskStage) -> None:
    party = desk.party("Maria\nda Silva")
    conversation_id = await desk.says("first\nline", party)
    for n in range(PORTION + 5):
        await desk.says(f"word {n}", party)
    await desk.ask("POST", f"conversations/{conversation_id}/messages", {"client_id": str(uuid4()), "text": "Até logo"})
    answer = await desk.ask("GET", f"conversations/{conversation_id}/transcript")
    assert answer.status == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="conversation-1001.txt"'
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    words = (await answer.text()).splitlines()
    assert words[0] == "Conversation 1001 with Maria da Silva"
    assert [line.partition("Silva: ")[2] for line in words if "word " in line] == [
        f"word {n}" for n in range(PORTION + 5)
    ]
    assert words[-1].endswith("Ana: Até logo")
    answer = await desk.ask("GET", f"conversations/{conversation_id}/transcript?format=json")
    whole = await answer.json()
    assert whole["conversation"]["id"] == str(conversation_id)
    assert [m["conversation_seq"] for m in whole["messages"]] == list(range(1, PORTION + 8))


async def test_the_past_is_for_who_sees_the_conversation(desk: DeskStage) -> None:
    path = f"conversations/{await desk.says()}"
    _, stranger = await desk.somebody(Role.AGENT, in_team=False)
    for door in ("events", "transcript"):
        assert (await desk.ask("GET", f"{path}/{door}", headers=stranger)).status == 404
