"""The doors of messages: pages, sending, sending again, reacting, reading."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiohttp import ClientResponse, FormData

from hub.conversation.commands import Outcome
from hub.outbox import Sent
from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import APP, DeskStage, staged_desk

BUTTONS = {
    "type": "button",
    "body": {"text": "Posso ajudar?"},
    "action": {"buttons": [{"type": "reply", "reply": {"id": "yes", "title": "Sim"}}]},
}


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


async def send(desk: DeskStage, conversation_id: UUID, headers: dict[str, str] | None = None, **body: Any) -> Any:
    """Sends something; the answer."""
    given = {"client_id": str(uuid4()), **body}
    return await desk.ask("POST", f"conversations/{conversation_id}/messages", given, headers)


async def became(desk: DeskStage, conversation_id: UUID, *statuses: str) -> dict[str, Any]:
    """The newest message, once it has one of these statuses."""
    async with asyncio.timeout(20):
        while True:
            message: dict[str, Any] = (await desk.get(f"conversations/{conversation_id}/messages"))["data"][-1]
            if message["status"] in statuses:
                return message
            await asyncio.sleep(0.01)


async def problem(answer: ClientResponse) -> tuple[int, str]:
    return answer.status, (await answer.json())["code"]


# Pages


async def test_pages_go_back_from_the_newest_each_oldest_first(desk: DeskStage) -> None:
    party = desk.party()
    for n in range(5):
        conversation_id = await desk.says(f"{n}", party)
    pages, before = [], ""
    while True:
        page = await desk.get(f"conversations/{conversation_id}/messages?limit=2{before}")
        pages.append([message["content"]["text"] for message in page["data"]])
        if page["next_cursor"] is None:
            break
        before = f"&before={page['next_cursor']}"
    assert pages == [["3", "4"], ["1", "2"], ["0"]]
    assert (page["seq"], page["read_seq"]) == (await desk.value("select max(seq) from events"), 0)


async def test_messages_are_for_those_who_see_the_conversation(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    message_id = (await desk.get(f"conversations/{conversation_id}/messages"))["data"][0]["message_id"]
    _, stranger = await desk.somebody(Role.AGENT, in_team=False)
    asks: list[tuple[str, str, Any]] = [
        ("GET", f"conversations/{conversation_id}/messages", None),
        ("POST", f"conversations/{conversation_id}/messages", {"client_id": str(uuid4()), "text": "Olá"}),
        ("PUT", f"conversations/{conversation_id}/read", {}),
        ("POST", f"messages/{message_id}/retry", {}),
        ("POST", f"messages/{message_id}/reactions", {"emoji": "👍"}),
        ("POST", f"messages/{uuid4()}/retry", {}),
    ]
    for method, path, body in asks:
        assert await problem(await desk.ask(method, path, body, stranger)) == (404, "not_found"), path
    assert desk.provider.sent == []


# Sending


async def test_a_text_is_stored_at_once_and_then_sent(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    answer = await send(desk, conversation_id, text="Bom dia")
    shown = await answer.json()
    assert (answer.status, shown["status"], shown["conversation_seq"]) == (201, "pending", 2)
    assert shown["sender"] == {"type": "agent", "id": str(desk.ana.id), "name": "Ana"}
    message = await became(desk, conversation_id, "sent")
    assert message["message_id"] == shown["message_id"]
    (row,) = desk.provider.sent
    assert (str(row.message_id), row.payload["kind"], row.payload["text"]) == (shown["message_id"], "text", "Bom dia")


async def test_the_same_client_id_is_one_message_whatever_key_the_request_has(desk: DeskStage) -> None:
    conversation_id, client_id = await desk.says(), str(uuid4())
    asks = (send(desk, conversation_id, client_id=client_id, text="Bom dia") for _ in range(4))
    answers = await asyncio.gather(*asks)
    assert {answer.status for answer in answers} == {201}
    assert len({(await answer.json())["message_id"] for answer in answers}) == 1
    await became(desk, conversation_id, "sent")
    assert len(desk.provider.sent) == 1
    assert await problem(await send(desk, conversation_id, client_id=client_id, text="Boa noite")) == (
        422,
        "idempotency_key_reused",
    )


async def test_a_file_with_words(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    form = FormData()
    form.add_field("file", b"%PDF-1.7\n%%EOF\n", filename="a.pdf", content_type="application/pdf")
    uploaded = await desk.client.post("/api/v1/media", data=form, headers=desk.headers)
    media_id = (await uploaded.json())["id"]
    shown = await (await send(desk, conversation_id, media_id=media_id, text="O contrato")).json()
    assert (shown["content"]["type"], shown["content"]["text"]) == ("document", "O contrato")
    assert shown["content"]["media_url"] == f"/api/v1/media/{media_id}"
    await became(desk, conversation_id, "sent")
    assert desk.provider.sent[0].payload["media"]["filename"] == "a.pdf"
    refused = await send(desk, conversation_id, media_id=str(uuid4()))
    assert (await refused.json())["errors"][0]["path"] == "$.media_id"


async def test_an_interactive_message_and_a_quotation(desk: DeskStage) -> None:
    conversation_id = await desk.says("Quanto custa?")
    question = (await desk.get(f"conversations/{conversation_id}/messages"))["data"][0]
    answer = await send(desk, conversation_id, interactive=BUTTONS, reply_to=question["message_id"])
    shown = await answer.json()
    assert (shown["content"]["type"], shown["content"]["text"]) == ("interactive", "Posso ajudar?")
    assert shown["reply_to"]["message_id"] == question["message_id"]
    await became(desk, conversation_id, "sent")
    assert desk.provider.sent[0].payload["reply_to"] == question["channel_message_id"]
    assert await problem(await send(desk, conversation_id, text="?", reply_to=str(uuid4()))) == (404, "not_found")


async def test_outside_the_window_only_a_template_goes(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    desk.ahead = timedelta(hours=25)
    closed = await send(desk, conversation_id, text="Olá?")
    assert await problem(closed) == (409, "window_closed")
    assert "expires_at" in await closed.json()
    template = {"name": "welcome", "language": "pt_BR", "parameters": ["Maria"]}
    shown = await (await send(desk, conversation_id, template=template)).json()
    assert shown["content"]["text"] == "Olá Maria, bem-vinda!"
    await became(desk, conversation_id, "sent")
    sent = desk.provider.sent[0].payload["template"]
    assert sent["components"] == [{"type": "body", "parameters": [{"type": "text", "text": "Maria"}]}]


async def test_a_template_that_nobody_knows_goes_as_it_was_written(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    header = {"type": "header", "parameters": [{"type": "text", "text": "A-17"}]}
    template = {"name": "order", "language": "en", "components": [header]}
    shown = await (await send(desk, conversation_id, template=template)).json()
    assert shown["content"]["text"] == "[template: order]"
    await became(desk, conversation_id, "sent")
    assert desk.provider.sent[0].payload["template"]["components"] == [header]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "$.text"),
        ({"text": ""}, "$.text"),
        ({"text": "x" * 4097}, "$.text"),
        ({"text": "Olá", "template": {"name": "welcome", "language": "pt_BR"}}, "$"),
        ({"text": "Olá", "interactive": BUTTONS}, "$"),
        ({"interactive": BUTTONS, "template": {"name": "welcome", "language": "pt_BR"}}, "$"),
        ({"client_id": "1", "text": "Olá"}, "$.client_id"),
        ({"text": "Olá", "urgent": True}, "$.urgent"),
    ],
)
async def test_what_is_no_message(desk: DeskStage, body: dict[str, Any], path: str) -> None:
    conversation_id = await desk.says()
    refused = await send(desk, conversation_id, **body)
    assert (refused.status, [error["path"] for error in (await refused.json())["errors"]]) == (422, [path])
    assert await desk.value("select count(*) from outbox") == 0


async def test_whatsapps_own_limits_are_whatsapps_only(desk: DeskStage) -> None:
    four = {**BUTTONS, "action": {"buttons": [BUTTONS["action"]["buttons"][0]] * 4}}  # type: ignore[index]
    whatsapp, app = await desk.says(), await desk.says(channel=APP)
    assert await problem(await send(desk, whatsapp, interactive=four)) == (422, "invalid_request")
    assert (await send(desk, app, interactive=four)).status == 201


# Again


async def test_a_failed_message_is_sent_again_when_a_person_says_so(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    desk.provider.answer = Sent(Outcome.REFUSED, code="131026", text="Cannot be reached.", retryable=True)
    await send(desk, conversation_id, text="Bom dia")
    failed = await became(desk, conversation_id, "failed")
    assert failed["error"]["code"] == "131026"
    desk.provider.answer = None
    again = await desk.ask("POST", f"messages/{failed['message_id']}/retry")
    assert (again.status, (await again.json())["attempt"]) == (200, 2)
    assert (await became(desk, conversation_id, "sent"))["error"] is None
    assert [row.attempt for row in desk.provider.sent] == [1, 2]
    refused = await desk.ask("POST", f"messages/{failed['message_id']}/retry")
    assert await problem(refused) == (409, "invalid_transition")


# Reacting


async def test_a_reaction_is_an_emoji_and_no_word(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    message = (await desk.get(f"conversations/{conversation_id}/messages"))["data"][0]
    path = f"messages/{message['message_id']}/reactions"
    for word in ("like", "👍 yes", "1"):
        assert await problem(await desk.ask("POST", path, {"emoji": word})) == (422, "invalid_request")
    for emoji in ("1️⃣", "👨‍👩‍👧", "❤️"):
        assert (await desk.ask("POST", path, {"emoji": emoji})).status == 200


async def test_a_reaction_is_shown_and_sent_and_taken_back(desk: DeskStage) -> None:
    conversation_id = await desk.says()
    message = (await desk.get(f"conversations/{conversation_id}/messages"))["data"][0]
    path = f"messages/{message['message_id']}/reactions"
    shown = await (await desk.ask("POST", path, {"emoji": "👍"})).json()
    assert [(r["emoji"], r["name"]) for r in shown["reactions"]] == [("👍", "Ana")]
    shown = await (await desk.ask("POST", path, {"emoji": ""})).json()
    assert shown["reactions"] == []
    async with asyncio.timeout(20):
        while len(desk.provider.sent) < 2:
            await asyncio.sleep(0.01)
    assert [row.payload["reaction"]["emoji"] for row in desk.provider.sent] == ["👍", ""]
    assert (await desk.ask("POST", path, {"emoji": "x" * 33})).status == 422


# Reading
