from typing import Any

from aiohttp import FormData

from tests.web.chat_app.conftest import ChatStage

PDF = b"%PDF-1.4\n%%EOF\n"


async def upload(chat: ChatStage, who: str = "c-1", query: str = "", data: bytes = PDF, **headers: str) -> Any:
    form = FormData()
    form.add_field("file", data, filename="bill.pdf", content_type="application/pdf")
    token = chat.key if who == "key" else chat.token(who)
    given = {"Authorization": f"Bearer {token}", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return await chat.client.post(f"/chat/v1/media{query}", data=form, headers=given)


async def test_a_file_is_its_uploaders_until_it_is_sent(chat: ChatStage) -> None:
    answer = await upload(chat)
    file = await answer.json()
    assert (answer.status, file["type"], file["size"], file["url"]) == (
        201,
        "document",
        15,
        f"/chat/v1/media/{file['id']}",
    )
    shown = await chat.chats("GET", f"media/{file['id']}")
    assert (shown.status, await shown.read()) == (200, PDF)
    assert (await chat.chats("GET", f"media/{file['id']}", who="c-2")).status == 404
    assert (await chat.chats("GET", "media/nonsense")).status == 404
    sent = await chat.chats("POST", "messages", {"channel_message_id": "m-1", "media_id": file["id"]})
    assert (await sent.json())["content"]["media_url"] == file["url"]
    again = await chat.chats("POST", "messages", {"channel_message_id": "m-1", "media_id": file["id"]})
    assert again.status == 200
    by_key = await chat.chats("GET", f"media/{file['id']}?customer_id=c-1", who="key")
    assert by_key.status == 200
    assert await chat.value("select count(*) from media where next_try_at is not null") == 0


async def test_the_same_request_is_the_same_file(chat: ChatStage) -> None:
    one, two = [await (await upload(chat, Idempotency_Key="k-1")).json() for _ in range(2)]
    assert one == two
    other = await upload(chat, "c-2", Idempotency_Key="k-1")
    assert (await other.json())["id"] != one["id"]


async def test_what_is_refused(chat: ChatStage) -> None:
    assert (await upload(chat, data=b"")).status == 422
    assert (await upload(chat, data=b"%PDF" + b"x" * 100_001)).status == 413
    assert (await upload(chat, "key")).status == 422
    assert (await upload(chat, "key", "?customer_id=c-1")).status == 201
    statuses = [(await upload(chat, "c-3")).status for _ in range(12)]
    assert statuses[-1] == 429
