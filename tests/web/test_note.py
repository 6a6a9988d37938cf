"""Notes through their doors."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import DeskStage, staged_desk


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


async def write(desk: DeskStage, conversation_id: Any, text: str = "call back", **more: Any) -> dict[str, Any]:
    answer = await desk.ask("POST", f"conversations/{conversation_id}/notes", {"text": text, **more})
    assert answer.status == 201, await answer.text()
    note: dict[str, Any] = await answer.json()
    return note


async def test_notes_are_written_and_read_by_pages(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    written = [await write(desk, conversation_id, str(number)) for number in range(3)]
    assert (written[0]["author"], written[0]["after_seq"]) == ({"id": str(desk.ana.id), "name": "Ana"}, 1)
    url = f"conversations/{conversation_id}/notes"
    page = await desk.get(f"{url}?limit=2")
    assert page["data"] == [written[2], written[1]]
    assert page["seq"] >= 4
    rest = await desk.get(f"{url}?cursor={page['next_cursor']}")
    assert (rest["data"], rest["next_cursor"]) == ([written[0]], None)
    elsewhere = await desk.says()
    foreign = await desk.ask("GET", f"conversations/{elsewhere}/notes?cursor={page['next_cursor']}")
    assert foreign.status == 422


async def test_a_note_is_no_message_and_moves_nothing(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    before = await desk.get(f"conversations/{conversation_id}")
    await write(desk, conversation_id, "between ourselves")
    assert await desk.get(f"conversations/{conversation_id}") == before
    thread = await desk.get(f"conversations/{conversation_id}/messages")
    assert "between ourselves" not in str(thread)
    assert desk.provider.sent == []


async def test_the_same_note_again_is_the_same_note(desk: DeskStage) -> None:
    conversation_id, client_id = await desk.says(), str(uuid4())
    notes = await asyncio.gather(*(write(desk, conversation_id, "once", client_id=client_id) for _ in range(5)))
    assert {note["id"] for note in notes} == {notes[0]["id"]}
    assert len((await desk.get(f"conversations/{conversation_id}/notes"))["data"]) == 1
    other = await desk.ask("POST", f"conversations/{conversation_id}/notes", {"text": "other", "client_id": client_id})
    assert (other.status, (await other.json())["code"]) == (422, "idempotency_key_reused")


async def test_a_mention_is_told_and_one_who_may_not_see_it_cannot_be_mentioned(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    ben, his = await desk.somebody(Role.AGENT, in_team=True)
    stranger, _ = await desk.somebody(Role.AGENT, in_team=False)
    mentions = [{"type": "user", "id": str(ben.id)}, {"type": "team", "id": str(desk.team_id)}]
    note = await write(desk, conversation_id, "@Ben look", mentions=mentions)
    assert [mention["name"] for mention in note["mentions"]] == [ben.name, "Support"]
    (told,) = (await desk.get("notifications", his))["data"]
    assert (told["kind"], told["note_id"], told["text"]) == ("mention", note["id"], "@Ben look")
    for wrong in ({"type": "user", "id": str(stranger.id)}, {"type": "team", "id": str(uuid4())}):
        answer = await desk.ask(
            "POST", f"conversations/{conversation_id}/notes", {"text": "x", "mentions": [mentions[0], wrong]}
        )
        assert answer.status == 422
        assert (await answer.json())["errors"][0]["path"].startswith("$.mentions[1]")
    assert len((await desk.get(f"conversations/{conversation_id}/notes"))["data"]) == 1


async def test_a_note_is_deleted_by_its_author_or_a_supervisor(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    _, colleague = await desk.somebody(Role.AGENT, in_team=True)
    _, boss = await desk.somebody(Role.SUPERVISOR, in_team=True)
    _, stranger = await desk.somebody(Role.SUPERVISOR, in_team=False)
    mine, other = await write(desk, conversation_id, "a secret"), await write(desk, conversation_id)
    assert (await desk.ask("DELETE", f"notes/{mine['id']}", headers=colleague)).status == 403
    assert (await desk.ask("DELETE", f"notes/{mine['id']}", headers=stranger)).status == 404
    assert (await desk.ask("DELETE", f"notes/{uuid4()}")).status == 404
    for _ in range(2):
        assert (await desk.ask("DELETE", f"notes/{mine['id']}")).status == 204
    assert (await desk.ask("DELETE", f"notes/{other['id']}", headers=boss)).status == 204
    shown = (await desk.get(f"conversations/{conversation_id}/notes"))["data"]
    assert [(note["text"], note["deleted_at"] is None) for note in shown] == [(None, False), (None, False)]
    assert shown[1]["author"]["name"] == "Ana"


@pytest.mark.parametrize(
    "body",
    [{}, {"text": " "}, {"text": "x" * 4097}, {"text": "x", "mentions": [{"type": "all", "id": str(uuid4())}]}],
)
async def test_what_is_no_note(desk: DeskStage, body: dict[str, Any]) -> None:
    conversation_id = await desk.says()
    assert (await desk.ask("POST", f"conversations/{conversation_id}/notes", body)).status == 422


async def test_of_another_teams_conversation_nothing_is_known(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    _, stranger = await desk.somebody(Role.AGENT, in_team=False)
    for url in (f"conversations/{conversation_id}/notes", f"conversations/{uuid4()}/notes"):
        assert (await desk.ask("GET", url, headers=stranger)).status == 404
        assert (await desk.ask("POST", url, {"text": "x"}, stranger)).status == 404


async def test_what_was_deleted_is_not_told_by_the_conversations_past(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    note = await write(desk, conversation_id, "a secret", mentions=[{"type": "team", "id": str(desk.team_id)}])
    assert (await desk.ask("DELETE", f"notes/{note['id']}")).status == 204
    past = await desk.get(f"conversations/{conversation_id}/events")
    assert past["data"]
    assert "a secret" not in str(past)
    transcript = await desk.ask("GET", f"conversations/{conversation_id}/transcript")
    assert transcript.status == 200
    assert "a secret" not in await transcript.text()
