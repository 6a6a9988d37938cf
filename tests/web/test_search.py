"""Search through its door."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest

from hub.rights import Role
from hub.search import MOST_WORDS
from storage.database import Database
from tests.web.desk_stage import WHATSAPP, DeskStage, staged_desk


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


async def test_everything_in_which_the_words_are(desk: DeskStage) -> None:
    conversation_id = await desk.says("A encomenda não chegou", desk.party("Encomenda Silva"))
    await desk.ask("POST", f"conversations/{conversation_id}/notes", {"text": "a encomenda está em Lisboa"})
    await desk.alter(conversation_id, subject="Encomenda 4521")
    await desk.says("nada")
    page = await desk.get("search?q=encomenda")
    assert page["next_cursor"] is None
    message, note, customer, conversation = page["data"]
    kinds = [each["kind"] for each in page["data"]]
    assert kinds == ["messages", "notes", "customers", "conversations"]
    assert message["snippet"] == {
        "text": "A encomenda não chegou", "marks": [[2, 11]], "before": False, "after": False
    }  # fmt: skip
    assert message["sender"]["type"] == "customer"
    assert (message["conversation_seq"], message["channel"]) == (1, WHATSAPP)
    assert note["sender"] == {"type": "agent", "id": str(desk.ana.id), "name": "Ana"}
    assert (customer["snippet"]["text"], customer["conversation_id"]) == ("Encomenda Silva", None)
    assert conversation["id"] == note["conversation_id"] == message["conversation_id"] == str(conversation_id)
    for each in page["data"]:
        assert each["customer"]["name"] == "Encomenda Silva"
    only = await desk.get("search?q=encomenda&in=notes,messages")
    assert [each["kind"] for each in only["data"]] == ["notes", "messages"]


@pytest.mark.parametrize(("channel", "count"), [(WHATSAPP, 3), ("whatsapp", 3), ("chat_app", 0), ("app", 0)])
async def test_a_channel_is_asked_for_by_its_name_or_its_type(desk: DeskStage, channel: str, count: int) -> None:
    conversation_id = await desk.says("encomenda")
    await desk.ask("POST", f"conversations/{conversation_id}/notes", {"text": "encomenda"})
    await desk.alter(conversation_id, subject="encomenda")
    assert len((await desk.get(f"search?q=encomenda&channel={channel}"))["data"]) == count
    of_one = f"search?q=encomenda&in=messages&conversation_id={conversation_id}&channel={channel}"
    assert len((await desk.get(of_one))["data"]) == count // 3


async def test_numbers_find_customers_and_conversations(desk: DeskStage) -> None:
    conversation_id = await desk.says(party=desk.party("Rui"))
    shown = await desk.get(f"conversations/{conversation_id}")
    phone = shown["customer"]["phone"]
    for typed in (phone[:6], phone[-4:], f"+{phone[:3]} {phone[3:]}"):
        (customer,) = (await desk.get(f"search?in=customers&q={quote(typed)}"))["data"]
        assert customer["customer"]["phone"] == phone
    (conversation,) = (await desk.get(f"search?in=conversations&q=%23{shown['number']}"))["data"]
    assert conversation["id"] == str(conversation_id)


async def test_nobody_finds_what_he_may_not_see(desk: DeskStage) -> None:
    conversation_id = await desk.says("segredo", desk.party("Segredo"))
    await desk.ask("POST", f"conversations/{conversation_id}/notes", {"text": "segredo"})
    await desk.alter(conversation_id, subject="segredo")
    _, stranger = await desk.somebody(Role.SUPERVISOR, in_team=False)
    _, admin = await desk.somebody(Role.ADMIN, in_team=False)
    assert (await desk.get("search?q=segredo", stranger))["data"] == []
    number = (await desk.get(f"conversations/{conversation_id}"))["number"]
    assert (await desk.get(f"search?q={number}", stranger))["data"] == []
    assert len((await desk.get("search?q=segredo", admin))["data"]) == 4


async def test_pages_go_on_where_they_ended(desk: DeskStage) -> None:
    party = desk.party("Ana")
    for number in range(5):
        await desk.says(f"palavra {number}", party)
        await asyncio.sleep(0.002)  # ids of one millisecond have no order
    found, url = [], "search?q=palavra&limit=2"
    page = await desk.get(url)
    found += page["data"]
    while page["next_cursor"]:
        page = await desk.get(f"{url}&cursor={page['next_cursor']}")
        found += page["data"]
    assert [each["snippet"]["text"] for each in found] == [f"palavra {number}" for number in (4, 3, 2, 1, 0)]
    other = await desk.ask("GET", f"search?q=outra&cursor={(await desk.get(url))['next_cursor']}")
    assert other.status == 422


@pytest.mark.parametrize(
    "q", ["( & | ' \" \\", "%", "_", "!!", "a:*&!b|(", "\\", "''", "-", '"', "<->", "%F0%9F%98%80"]
)
async def test_whatever_is_typed_is_answered(desk: DeskStage, q: str) -> None:
    await desk.says("100% a_b & 'b' \\")
    answer = await desk.ask("GET", f"search?q={quote(q, safe='%F0988')}")
    assert answer.status in (200, 422), await answer.text()


@pytest.mark.parametrize(
    "asked",
    [
        "", "q=", "q=%20", "q=" + "word%20" * 70, "q=" + "a%20" * 30, "q=a&in=secrets", "q=a&in=", "q=a&limit=51",
        "q=a&limit=0", "q=a&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "q=a&cursor=x", "q=a&other=1",
    ],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused(desk: DeskStage, asked: str) -> None:
    assert (await desk.ask("GET", f"search?{asked}")).status == 422


async def test_too_many_words_are_refused_with_their_number(desk: DeskStage) -> None:
    refused = await desk.ask("GET", f"search?q={'+'.join(map(str, range(MOST_WORDS + 1)))}")
    problem = await refused.json()
    assert (refused.status, problem["code"]) == (422, "invalid_request")
    assert problem["errors"] == [{"path": "$.q", "message": "must have at most 16 words"}]
