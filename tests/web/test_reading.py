"""How far somebody has read: one's own, and told to one's own screens."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import WHATSAPP, DeskStage, staged_desk


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


async def test_how_far_one_has_read_is_ones_own_and_the_customer_is_told(desk: DeskStage) -> None:
    party = desk.party()
    for text in ("um", "dois"):
        conversation_id = await desk.says(text, party)
    _, colleague = await desk.somebody(Role.AGENT, in_team=True)
    messages = (await desk.get(f"conversations/{conversation_id}/messages"))["data"]

    async def unread(headers: dict[str, str] | None = None) -> int:
        count: int = (await desk.get(f"conversations/{conversation_id}", headers))["unread"]
        return count

    path = f"conversations/{conversation_id}/read"
    assert (await desk.ask("PUT", path, {"conversation_seq": 1})).status == 204
    assert (await unread(), await unread(colleague)) == (1, 2)
    assert (await desk.ask("PUT", path, {})).status == 204
    assert (await unread(), await unread(colleague)) == (0, 2)
    assert (await desk.get(f"conversations/{conversation_id}/messages"))["read_seq"] == 2
    assert desk.told_read == [(WHATSAPP, message["channel_message_id"]) for message in messages]
    assert (await desk.ask("PUT", path, {"conversation_seq": 99})).status == 204
    assert (await desk.get(f"conversations/{conversation_id}/messages"))["read_seq"] == 2


async def test_marking_as_unread_tells_the_customer_nothing(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    await desk.ask("PUT", f"conversations/{conversation_id}/read", {})
    desk.told_read.clear()
    assert (await desk.ask("PUT", f"conversations/{conversation_id}/read", {"conversation_seq": 0})).status == 204
    assert (await desk.get(f"conversations/{conversation_id}"))["unread"] == 1
    assert desk.told_read == []


async def test_each_move_is_told_once_and_to_the_reader_alone(desk: DeskStage) -> None:
    party = desk.party()
    for text in ("um", "dois"):
        conversation_id = await desk.says(text, party)
    path = f"conversations/{conversation_id}/read"
    for body in (
        {"conversation_seq": 1},
        {"conversation_seq": 1},
        {},
        {"conversation_seq": 99},
        {"conversation_seq": 0},
    ):
        assert (await desk.ask("PUT", path, body)).status == 204
    async with desk.database.acquire() as connection:
        events = await connection.fetch("select * from events where type = 'conversation.read' order by seq")
    told = [event["data"] for event in events]
    assert told == [{"read_seq": 1, "unread": 1}, {"read_seq": 2, "unread": 0}, {"read_seq": 0, "unread": 2}]
    for event in events:
        assert (event["audience_user_id"], event["team_id"]) == (desk.ana.id, desk.team_id)
        assert (event["conversation_id"], event["actor"]["name"]) == (conversation_id, "Ana")
