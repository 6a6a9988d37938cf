import pytest

from hub.api_key import NewApiKey, Scope
from storage.api_key import ApiKeyStore
from tests.web.chat_app.conftest import ChatStage


async def test_the_back_end_gets_a_token_and_says_who_it_is(chat: ChatStage) -> None:
    body = {"customer_id": "c-9", "name": "Bo", "attributes": {"plan": "gold"}}
    answer = await chat.chats("POST", "tokens", body, "key")
    given = await answer.json()
    assert (answer.status, given["expires_in"], given["customer_id"], given["channel"]) == (201, 3600, "c-9", "app")
    assert chat.tokens_of.verify(given["token"]).name == "Bo"
    row = await chat.value("select row_to_json(c) from customers c where name = 'Bo'")
    assert row["attributes"] == {"plan": "gold"}
    await chat.chats("POST", "tokens", {"customer_id": "c-9", "attributes": {"plan": None, "city": "Lima"}}, "key")
    assert (await chat.value("select count(*) from customers")) == 1


async def test_a_token_alone_makes_nobody_known(chat: ChatStage) -> None:
    assert (await chat.chats("POST", "tokens", {"customer_id": "c-9"}, "key")).status == 201
    assert await chat.value("select count(*) from customers") == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"customer_id": ""},
        {"customer_id": " c"},
        {"customer_id": "x" * 129},
        {"customer_id": "c", "channel": "other"},
        {"customer_id": "c", "attributes": {"": 1}},
        {"customer_id": "c", "admin": True},
    ],
)
async def test_what_is_refused(chat: ChatStage, body: dict[str, object]) -> None:
    assert (await chat.chats("POST", "tokens", body, "key")).status == 422


async def test_only_keys_of_the_scope(chat: ChatStage) -> None:
    assert (await chat.chats("POST", "tokens", {"customer_id": "c"})).status == 403
    _, other = await ApiKeyStore(chat.database).create(NewApiKey("Script", Scope.API))
    for token, status in ((other, 403), ("hub_chat_app_nonsense", 401)):
        headers = {"Authorization": f"Bearer {token}"}
        answer = await chat.client.post("/chat/v1/tokens", json={"customer_id": "c"}, headers=headers)
        assert answer.status == status
    assert (await chat.client.post("/chat/v1/tokens", json={"customer_id": "c"}, headers=chat.headers)).status == 401


async def test_a_ticket_is_for_customers(chat: ChatStage) -> None:
    answer = await chat.chats("POST", "tickets")
    assert (answer.status, (await answer.json())["expires_in"]) == (201, 30)
    assert (await chat.chats("POST", "tickets", who="key")).status == 401
