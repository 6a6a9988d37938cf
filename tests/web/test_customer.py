"""Customers, at the door: who sees whom, what is shown, what is changed and who is told."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.inbound import Identity, IdentityKind, Party
from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import APP, WHATSAPP, DeskStage, staged_desk


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


async def of(desk: DeskStage, conversation_id: UUID) -> UUID:
    """The conversation's customer."""
    return UUID(str(await desk.value("select customer_id from conversations where id = $1", conversation_id)))


async def test_one_is_shown_with_addresses_and_history(desk: DeskStage) -> None:
    party = desk.party("Maria da Silva")
    conversation_id = await desk.says("Olá", party)
    customer_id = await of(desk, conversation_id)
    shown = await desk.get(f"customers/{customer_id}")
    phone = next(i.value for i in party.identities if i.kind is IdentityKind.WA_ID)
    assert (shown["name"], shown["named"], shown["phone"]) == ("Maria da Silva", False, phone)
    assert {(i["channel"], i["kind"], i["value"]) for i in shown["identities"]} == {
        (WHATSAPP, i.kind, i.value) for i in party.identities
    }
    (past,) = shown["conversations"]
    assert (past["id"], past["status"], shown["conversation_count"]) == (str(conversation_id), "open", 1)
    assert past["channel"] == {"name": WHATSAPP, "type": "whatsapp"}


async def test_nobody_sees_customers_with_whom_he_sees_no_conversation(desk: DeskStage) -> None:
    mine, other = await desk.says(), await desk.says()
    await desk.alter(other, team_id=None)
    hidden = await of(desk, other)
    assert [c["id"] for c in (await desk.get("customers"))["data"]] == [str(await of(desk, mine))]
    for method, body in (("GET", None), ("PATCH", {"name": "X"})):
        assert (await desk.ask(method, f"customers/{hidden}", body)).status == 404
    _, admin = await desk.somebody(Role.ADMIN, in_team=False)
    assert len((await desk.get("customers", admin))["data"]) == 2
    await desk.alter(other, assignee_id=desk.ana.id)
    assert (await desk.get(f"customers/{hidden}"))["conversation_count"] == 1


async def test_the_history_holds_only_what_the_reader_may_see(desk: DeskStage) -> None:
    party = desk.party()
    first = await desk.says("one", party)
    await desk.alter(first, status="closed", team_id=None)
    second = await desk.says("two", party)
    shown = await desk.get(f"customers/{await of(desk, second)}")
    assert [past["id"] for past in shown["conversations"]] == [str(second)]
    assert shown["conversation_count"] == 1


async def test_lists_are_found_by_words_and_numbers_and_paged(desk: DeskStage) -> None:
    maria, joao = desk.party("Maria da Silva"), desk.party("João Souza")
    ids = [str(await of(desk, await desk.says("Olá", party))) for party in (maria, joao)]
    phone = maria.identities[1].value

    async def found(query: str) -> list[str]:
        return [c["id"] for c in (await desk.get(f"customers?{query}"))["data"]]

    assert await found("") == ids[::-1]
    assert await found("q=mar sil") == await found(f"q=%2B{phone[:6]} {phone[6:]}") == ids[:1]
    assert await found(f"q={joao.identities[0].value}") == ids[1:]
    assert await found("q=nobody") == await found(f"channel={APP}") == await found("q=%22'") == []
    assert await found("channel=whatsapp") == ids[::-1]
    assert await found("channel=whatsapp&q=maria") == ids[:1]
    assert await found("channel=chat_app") == []
    page = await desk.get(f"customers?limit=1&channel={WHATSAPP}")
    rest = await desk.get(f"customers?limit=1&channel={WHATSAPP}&cursor={page['next_cursor']}")
    assert [c["id"] for c in page["data"] + rest["data"]] == ids[::-1]
    assert rest["next_cursor"] is None


async def test_a_new_name_is_shown_at_once_and_the_channel_does_not_take_it_back(desk: DeskStage) -> None:
    party = desk.party("maria ✨")
    conversation_id = await desk.says("Olá", party)
    customer_id = await of(desk, conversation_id)
    answer = await desk.ask("PATCH", f"customers/{customer_id}", {"name": " Maria da Silva "})
    assert answer.status == 200
    changed = await answer.json()
    assert (changed["name"], changed["named"]) == ("Maria da Silva", True)
    assert answer.headers["ETag"] == f'"{changed["version"]}"'
    query = "select data from events where type = 'conversation.updated' order by seq desc limit 1"
    told = await desk.value(query)
    assert told["conversation"]["customer"]["name"] == "Maria da Silva"
    assert told["customer"] == {"id": str(customer_id), "version": changed["version"]}
    await desk.says("again", party)
    assert (await desk.get(f"conversations/{conversation_id}"))["customer"]["name"] == "Maria da Silva"
    newest = await desk.value("select data from events where type = 'message.received' order by seq desc limit 1")
    assert newest["conversation"]["customer"]["name"] == "Maria da Silva"
    await desk.ask("PATCH", f"customers/{customer_id}", {"name": None})
    await desk.says("and again", party)
    assert (await desk.get(f"customers/{customer_id}"))["name"] == "maria ✨"


async def test_attributes_of_fifty_at_once_are_all_kept(desk: DeskStage) -> None:
    customer_id = await of(desk, await desk.says())
    path = f"customers/{customer_id}"

    async def write(n: int) -> int:
        return (await desk.ask("PATCH", path, {"attributes": {f"key {n}": n}})).status

    assert set(await asyncio.gather(*(write(n) for n in range(50)))) == {200}
    assert (await desk.get(path))["attributes"] == {f"key {n}": n for n in range(50)}
    assert (await desk.ask("PATCH", path, {"attributes": {"one more": 1}})).status == 422
    assert (await desk.ask("PATCH", path, {"attributes": {"key 0": None, "one more": 1}})).status == 200
    assert (await desk.ask("PATCH", path, {"attributes": {"key 1": "x" * 17_000}})).status == 422


async def test_a_change_of_an_older_version_is_answered_with_the_customer_as_he_is(desk: DeskStage) -> None:
    path = f"customers/{await of(desk, await desk.says())}"
    version = (await desk.get(path))["version"]
    match = f'"{version}"'
    assert (await desk.ask("PATCH", path, {"attributes": {"plan": "gold"}}, If_Match=match)).status == 200
    refused = await desk.ask("PATCH", path, {"attributes": {"plan": "tin"}}, If_Match=match)
    problem = await refused.json()
    assert (refused.status, problem["code"]) == (412, "stale_version")
    assert problem["current"]["attributes"] == {"plan": "gold"}
    same = await desk.ask("PATCH", path, {"attributes": {"plan": "gold"}})
    assert (await same.json())["version"] == version + 1
    assert (await desk.ask("PATCH", path, {"nickname": "x"})).status == 422


async def test_what_the_channel_repeats_is_no_change(desk: DeskStage) -> None:
    party = Party((Identity(IdentityKind.APP_ID, str(uuid4())),), "Rui", {"plan": "gold"})
    conversation_id = await desk.says("Olá", party, channel=APP)
    path = f"customers/{await of(desk, conversation_id)}"
    version = (await desk.get(path))["version"]
    await desk.says("again", party, channel=APP)
    assert (await desk.get(path))["version"] == version
