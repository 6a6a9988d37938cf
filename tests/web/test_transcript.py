"""The transcript of a conversation."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from hub.api_key import NewApiKey, Scope
from hub.rights import Permission, Role
from storage.api_key import ApiKeyStore
from storage.database import Database
from tests.web.desk_stage import DeskStage, staged_desk
from web.transcript import PORTION


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


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


async def test_notes_are_in_it_only_when_they_are_asked_for(desk: DeskStage) -> None:
    party = desk.party()
    conversation_id = await desk.says("first", party)
    path = f"conversations/{conversation_id}"
    for n in range(PORTION + 5):
        await desk.ask("POST", f"{path}/notes", {"text": f"between us {n}"})
    await desk.says("second", party)
    last = await (await desk.ask("POST", f"{path}/notes", {"text": "after all"})).json()
    await desk.ask("DELETE", f"notes/{last['id']}")

    async def lines(query: str) -> list[str]:
        words = await (await desk.ask("GET", f"{path}/transcript?{query}")).text()
        return [line.partition("Z ")[2] for line in words.splitlines() if ": " in line]

    assert await lines("") == await lines("notes=false") == ["Maria: first", "Maria: second"]
    between = [f"[note] Ana: between us {n}" for n in range(PORTION + 5)]
    assert await lines("notes=true") == ["Maria: first", *between, "Maria: second", "[note] Ana: (deleted)"]
    plain = await desk.get(f"{path}/transcript?format=json")
    whole = await desk.get(f"{path}/transcript?format=json&notes=true")
    assert "notes" not in plain
    assert whole["messages"] == plain["messages"]
    assert [note["after_seq"] for note in whole["notes"]] == [1] * (PORTION + 5) + [2]


async def test_it_is_for_who_sees_the_conversation(desk: DeskStage) -> None:
    path = f"conversations/{await desk.says()}/transcript"
    _, stranger = await desk.somebody(Role.AGENT, in_team=False)
    assert (await desk.ask("GET", path, headers=stranger)).status == 404


async def test_notes_are_for_who_may_read_them(desk: DeskStage) -> None:
    path = f"conversations/{await desk.says()}/transcript"
    _, key = await ApiKeyStore(desk.database).create(
        NewApiKey("Archive", Scope.API, permissions=frozenset({Permission.CONVERSATIONS_READ}))
    )
    headers = {"Authorization": f"Bearer {key}"}
    assert (await desk.ask("GET", path, headers=headers)).status == 200
    assert (await desk.ask("GET", f"{path}?notes=true", headers=headers)).status == 403
