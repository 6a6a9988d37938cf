"""Files: types, sizes, lives of ids and links, faults on the way."""

import io

import aiohttp
import pytest

from hub.demo.whatsapp import Fault, WhatsAppWorld
from tests.demo.conftest import Business

PHONE_ID = "106540352242922"
MARIA = "5511987650043"


def form(content: bytes, mime_type: str = "image/png", **facts: str) -> aiohttp.FormData:
    fields = {"messaging_product": "whatsapp", "type": mime_type} | facts
    upload = aiohttp.FormData(fields)
    upload.add_field("file", io.BytesIO(content), filename="file", content_type=mime_type)
    return upload


async def test_upload_send_and_expiry(world: WhatsAppWorld, business: Business) -> None:
    maria = world.customer(MARIA)
    await maria.say("Oi")
    _, uploaded = await business.call("POST", f"{PHONE_ID}/media", data=form(b"png"))
    status, _ = await business.send(MARIA, "image", {"id": uploaded["id"], "caption": "Veja"})
    assert status == 200
    await world.quiet()
    assert maria.inbox[0].text == "Veja"
    world.clock.advance(31 * 24 * 3600)
    status, answer = await business.send(MARIA, "image", {"id": uploaded["id"]})
    assert (status, answer["error"]["code"]) == (400, 131009)


@pytest.mark.parametrize(
    ("size", "mime_type"),
    [(2, "application/x-msdownload"), (0, "image/png"), (5_000_001, "image/png"), (500_001, "image/webp")],
)
async def test_upload_refused(business: Business, size: int, mime_type: str) -> None:
    status, answer = await business.call("POST", f"{PHONE_ID}/media", data=form(bytes(size), mime_type))
    assert (status, answer["error"]["code"]) == (400, 131053)


async def test_upload_without_product_or_file(business: Business) -> None:
    wrong = form(b"png", messaging_product="telegram")
    assert (await business.call("POST", f"{PHONE_ID}/media", data=wrong))[1]["error"]["code"] == 100
    fileless = aiohttp.FormData({"messaging_product": "whatsapp"})
    assert (await business.call("POST", f"{PHONE_ID}/media", data=fileless))[1]["error"]["code"] == 100


async def test_link_expires_and_id_gives_a_new_one(world: WhatsAppWorld, business: Business) -> None:
    file = world.media.receive(b"sound", "audio/ogg")
    _, found = await business.call("GET", file.id)
    headers = {"Authorization": "Bearer EAAG-demo-token"}
    world.clock.advance(301)
    async with business.session.get(found["url"], headers=headers) as answer:
        assert answer.status == 404
    _, again = await business.call("GET", file.id)
    async with business.session.get(again["url"], headers=headers) as answer:
        assert (answer.status, await answer.read()) == (200, b"sound")
    world.clock.advance(7 * 24 * 3600)
    assert (await business.call("GET", file.id))[1]["error"]["error_subcode"] == 33


async def test_lookup_and_download_fail_as_often_as_asked(world: WhatsAppWorld, business: Business) -> None:
    file = world.media.receive(b"sound", "audio/ogg")
    world.faults.next(2, Fault.error(2), on="media")
    world.faults.next(1, Fault.html(503), on="download")
    assert [(await business.call("GET", file.id))[0] for _ in range(3)] == [503, 503, 200]
    _, found = await business.call("GET", file.id)
    headers = {"Authorization": "Bearer EAAG-demo-token"}
    statuses = []
    for _ in range(2):
        async with business.session.get(found["url"], headers=headers) as answer:
            statuses.append(answer.status)
    assert statuses == [503, 200]


async def test_delete(world: WhatsAppWorld, business: Business) -> None:
    file = world.media.receive(b"sound", "audio/ogg")
    assert (await business.call("DELETE", file.id))[1] == {"success": True}
    assert (await business.call("DELETE", file.id))[0] == 400
