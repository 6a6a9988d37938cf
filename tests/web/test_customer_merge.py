"""Two customers become one, at the door: nothing is lost, whatever comes meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.conversation.commands import Author
from hub.inbound import Identity, IdentityKind, Note, Party
from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import APP, WHATSAPP, DeskStage, staged_desk


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        _, stage.supervisor = await stage.somebody(Role.SUPERVISOR, in_team=True)  # type: ignore[attr-defined]
        yield stage


async def of(desk: DeskStage, conversation_id: UUID) -> UUID:
    """The conversation's customer."""
    return UUID(str(await desk.value("select customer_id from conversations where id = $1", conversation_id)))


async def merge(desk: DeskStage, source: UUID, into: UUID, headers: Any = None) -> Any:
    """Asks for a merge, as a supervisor unless somebody else is named."""
    return await desk.ask("POST", f"customers/{source}/merge", {"into": str(into)}, headers or desk.supervisor)  # type: ignore[attr-defined]


async def test_two_of_one_channel_are_one_person_with_one_conversation(desk: DeskStage) -> None:
    old, new = desk.party("Maria"), desk.party("Maria S")
    source, target = await desk.says("from the old number", old), await desk.says("from the new number", new)
    gone, stays = await of(desk, source), await of(desk, target)
    await desk.ask("PATCH", f"customers/{gone}", {"attributes": {"plan": "tin", "since": 2019}})
    await desk.ask("PATCH", f"customers/{stays}", {"attributes": {"plan": "gold"}})
    answer = await merge(desk, gone, stays)
    assert answer.status == 200, await answer.text()
    shown = await desk.get(f"customers/{stays}")
    assert (shown["name"], shown["attributes"]) == ("Maria S", {"plan": "gold", "since": 2019})
    assert {(i["kind"], i["value"]) for i in shown["identities"]} == {
        (i.kind, i.value) for party in (old, new) for i in party.identities
    }
    assert [(c["id"], c["status"]) for c in shown["conversations"]] == [(str(target), "open"), (str(source), "closed")]
    whole = await desk.get(f"conversations/{target}")
    assert [part["id"] for part in whole["merged"]] == [str(source)]
    assert await desk.says("and again from the old one", old) == target
    assert await desk.says("and the new one", new) == target
    refused = await desk.ask("GET", f"customers/{gone}")
    assert (refused.status, (await refused.json())["merged_into"]) == (404, str(stays))
    kept = await desk.value("select source->>'name' from customer_merges where source_id = $1", gone)
    assert kept == "Maria"


async def test_conversations_of_other_channels_go_on_as_the_one_persons(desk: DeskStage) -> None:
    party = desk.party()
    app = Party((Identity(IdentityKind.APP_ID, str(uuid4())),), "Maria")
    source, target = await desk.says("in the app", app, channel=APP), await desk.says("on WhatsApp", party)
    gone, stays = await of(desk, source), await of(desk, target)
    assert (await merge(desk, gone, stays)).status == 200
    assert await desk.says("again", app, channel=APP) == source
    assert await of(desk, source) == stays
    told = await desk.value(
        "select data from events where type = 'conversation.updated' and conversation_id = $1",
        source,
    )
    assert told["conversation"]["customer"]["id"] == str(stays)
    assert {c["channel"]["name"] for c in (await desk.get(f"customers/{stays}"))["conversations"]} == {APP, WHATSAPP}
    assert await desk.value("select count(distinct inbox_id) from events where inbox_id is not null") == 1


async def test_it_is_the_same_the_second_time_and_chains_lead_to_the_end(desk: DeskStage) -> None:
    a, b, c = [await of(desk, await desk.says()) for _ in range(3)]
    assert [(await merge(desk, a, b)).status for _ in range(2)] == [200, 200]
    assert await desk.value("select count(*) from customer_merges") == 1
    assert (await merge(desk, b, c)).status == 200
    refused = await desk.ask("GET", f"customers/{a}")
    assert (await refused.json())["merged_into"] == str(c)
    assert (await merge(desk, c, a)).status == 422
    assert (await desk.get(f"customers/{c}"))["conversation_count"] == 3


async def test_who_may_and_what_cannot_be(desk: DeskStage) -> None:
    hidden = await desk.says()
    mine, other = await of(desk, await desk.says()), await of(desk, hidden)
    await desk.alter(hidden, team_id=None)
    assert (await merge(desk, mine, other, desk.headers)).status == 403
    assert (await merge(desk, mine, mine)).status == 422
    assert (await merge(desk, mine, other)).status == 422
    assert (await merge(desk, other, mine)).status == 404
    assert (await merge(desk, uuid4(), mine)).status == 404


@pytest.mark.parametrize("live", [True, False])
async def test_what_they_write_meanwhile_is_there_once(desk: DeskStage, live: bool) -> None:
    old, new = desk.party(), desk.party()
    source, target = await desk.says("first", old), await desk.says("first", new)
    gone, stays = await of(desk, source), await of(desk, target)
    if not live:
        await desk.alter(target, status="closed", revision=99)

    async def writes(party: Party, name: str) -> None:
        for n in range(25):
            await desk.says(f"{name} {n}", party)

    answer, *_ = await asyncio.gather(merge(desk, gone, stays), writes(old, "old"), writes(new, "new"))
    while answer.status == 503:
        answer = await merge(desk, gone, stays)
    assert answer.status == 200, await answer.text()
    async with desk.database.acquire() as connection:
        rows = await connection.fetch(
            "select m.text, c.customer_id from messages m join conversations c on c.id = m.conversation_id"
        )
    assert sorted(row["text"] for row in rows) == sorted(
        ["first", "first", *(f"{name} {n}" for name in ("old", "new") for n in range(25))]
    )
    assert {row["customer_id"] for row in rows} == {stays}
    assert await desk.says("later", old) == await desk.says("later", new)


async def test_what_another_replica_still_thinks_begins_nothing_for_who_is_no_more(desk: DeskStage) -> None:
    old, new = desk.party(), desk.party()
    source, target = await desk.says("first", old), await desk.says("first", new)
    await desk.alter(source, status="closed", revision=99)
    gone, stays = await of(desk, source), await of(desk, target)
    phone = Party(old.identities[1:], "Maria")  # an actor of its own, which learns how the next one would begin
    await desk.intake.take_in(WHATSAPP, [Note("note 1", "call", phone, desk.clock())])
    await desk.customer_merges.merge(gone, stays, Author(desk.ana.id, "Ana"))
    assert await desk.says("second", phone) == target
    assert await desk.value("select count(*) from conversations where customer_id = $1", gone) == 1
