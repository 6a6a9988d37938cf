"""Merging, at the door: who may, what is seen afterwards, where later words go."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from actors import kinds
from actors.merge_watch import MergeWatch
from hub.conversation.commands import Author, Merge
from hub.inbound import Identity, IdentityKind, Party
from hub.rights import Role
from storage.database import Database
from storage.merge import MergeStore
from tests.web.desk_stage import APP, DeskStage, staged_desk


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


async def two(desk: DeskStage) -> tuple[Party, UUID, UUID]:
    """A customer on WhatsApp who writes in the app too, and both conversations."""
    party = desk.party()
    whatsapp = await desk.says("on WhatsApp", party)
    app = Party((Identity(IdentityKind.APP_ID, str(uuid4())),), "Maria")
    owner = await desk.value("select customer_id from conversations where id = $1", whatsapp)
    async with desk.database.acquire() as connection:
        query = "insert into identities (channel, kind, value, customer_id) values ($1, 'app_id', $2, $3)"
        await connection.execute(query, APP, app.identities[0].value, owner)
    return party, whatsapp, await desk.says("in the app", app, channel=APP)


async def test_two_become_one_and_later_words_go_there(desk: DeskStage) -> None:
    party, source, target = await two(desk)
    merged = await desk.ask("POST", f"conversations/{source}/merge", {"into": str(target)})
    assert (merged.status, merged.headers["ETag"]) == (200, '"2"')
    ended = await desk.get(f"conversations/{source}")
    assert (ended["status"], ended["merged_into_id"]) == ("closed", str(target))
    whole = await desk.get(f"conversations/{target}")
    assert [part["id"] for part in whole["merged"]] == [str(source)]
    assert (await desk.get(f"conversations/{source}/messages"))["data"][0]["content"]["text"] == "on WhatsApp"
    assert await desk.says("later", party) == target
    messages = (await desk.get(f"conversations/{target}/messages"))["data"]
    assert [(m["channel"], m["content"]["text"]) for m in messages] == [
        ("chat_app", "in the app"),
        ("whatsapp", "later"),
    ]
    told = [event["type"] for event in (await desk.get(f"conversations/{target}/events"))["data"]]
    assert told[0] == "conversation.merged"
    answer = await desk.ask("GET", f"conversations/{target}/transcript")
    words = [line.rpartition(": ")[2] for line in (await answer.text()).splitlines() if ": " in line]
    assert words == ["on WhatsApp", "in the app", "later"]
    again = await desk.ask("POST", f"conversations/{source}/merge", {"into": str(target)})
    assert (again.status, again.headers["ETag"]) == (
        200,
        (await desk.ask("GET", f"conversations/{target}")).headers["ETag"],
    )
    assert await desk.value("select count(*) from merges_under_way") == 0
    told = [event["type"] for event in (await desk.get(f"conversations/{target}/events"))["data"]]
    assert told.count("conversation.merged") == 1


async def test_an_interrupted_merge_is_completed_once(desk: DeskStage) -> None:
    _, source, target = await two(desk)
    before = await desk.get(f"conversations/{source}")
    await desk.ask("PATCH", f"conversations/{target}", {"status": "resolved"}, If_Match="*")
    ref = desk.system.ref(kinds.CONVERSATION, source)
    await ref.ask(Merge(Author(desk.ana.id, "Ana"), target, 7), timeout=5.0)  # and then nothing more
    again = await desk.ask("POST", f"conversations/{source}/merge", {"into": str(target)})
    assert (again.status, (await again.json())["status"]) == (200, "resolved")
    watch = MergeWatch(desk.system, MergeStore(desk.database))
    await watch.look()
    assert (await desk.get(f"conversations/{target}"))["status"] == "resolved"  # somebody may still be about it
    async with desk.database.acquire() as connection:
        await connection.execute("update merges_under_way set tried_at = tried_at - interval '1 minute'")
    for _ in range(2):
        await watch.look()
    after = await desk.get(f"conversations/{target}")
    assert (after["status"], after["waiting_since"]) == ("open", before["waiting_since"])
    told = [event["type"] for event in (await desk.get(f"conversations/{target}/events"))["data"]]
    assert told.count("conversation.merged") == 1


async def test_who_sees_the_target_sees_what_was_merged_into_it(desk: DeskStage) -> None:
    _, source, target = await two(desk)
    await desk.ask("POST", f"conversations/{source}/merge", {"into": str(target)})
    stranger, bearer = await desk.somebody(Role.AGENT, in_team=False)
    assert (await desk.ask("GET", f"conversations/{source}", headers=bearer)).status == 404
    await desk.alter(target, assignee_id=stranger.id)
    assert (await desk.ask("GET", f"conversations/{source}/messages", headers=bearer)).status == 200


async def test_what_cannot_be_merged(desk: DeskStage) -> None:
    _, source, target = await two(desk)
    other = await desk.says()
    _, stranger = await desk.somebody(Role.AGENT, in_team=False)

    async def refused(source: UUID, into: Any, headers: dict[str, str] | None = None) -> int:
        return (await desk.ask("POST", f"conversations/{source}/merge", {"into": str(into)}, headers)).status

    assert await refused(source, other) == 422
    assert await refused(source, source) == 422
    assert await refused(source, uuid4()) == 422
    assert await refused(source, target, stranger) == 404
    await desk.alter(target, status="closed")
    assert await refused(source, target) == 409
    assert (await desk.get(f"conversations/{source}"))["status"] == "open"
    assert await refused(target, source) == 409
