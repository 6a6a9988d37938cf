import pytest

from hub.ids import uuid7
from tests.web.chat_app.conftest import ChatStage


async def test_a_receipt_holds_for_all_before_it(chat: ChatStage) -> None:
    written = await chat.writes()
    first, second = [await chat.answers_with(text, written["conversation_id"]) for text in ("One", "Two")]
    body = {"status": "delivered", "message_id": second["message_id"]}
    assert (await chat.chats("POST", "receipts", body)).status == 204
    for status in ("read", "delivered"):  # backwards changes nothing
        body = {"status": status, "message_id": first["message_id"], "customer_id": "c-1"}
        assert (await chat.chats("POST", "receipts", body, "key")).status == 204
    page = await (await chat.chats("GET", "messages")).json()
    assert [message["status"] for message in page["data"]] == ["received", "read", "delivered"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"status": "sent", "message_id": str(uuid7())}, 422),
        ({"status": "read", "message_id": str(uuid7())}, 404),
    ],
)
async def test_what_is_refused(chat: ChatStage, body: dict[str, str], status: int) -> None:
    await chat.writes()
    assert (await chat.chats("POST", "receipts", body)).status == status
    assert (await chat.chats("POST", "receipts", body, "never-wrote")).status == status


async def test_typing_is_limited(chat: ChatStage) -> None:
    await chat.writes()
    statuses = [(await chat.chats("POST", "typing", {})).status for _ in range(40)]
    assert statuses[:20] == [204] * 20
    assert 429 in statuses
    assert (await chat.chats("POST", "typing", {}, "never-wrote")).status == 204
