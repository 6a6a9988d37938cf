"""The JSON API and the page: everything a visitor can do reaches the business or the world."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest

from hub.demo.whatsapp import Fault, FaultKind, WhatsAppWorld
from hub.demo.whatsapp.actions import ACTIONS
from tests.demo.conftest import Business, Connect, Json, MakeWorld, Receiver

MARIA = "5511987650043"


Api = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
async def api(world: WhatsAppWorld, business: Business) -> Api:
    """A visitor of the page: (status, answer)."""

    async def call(method: str, path: str, wish: Any = None) -> tuple[int, Any]:
        body = None if wish is None else orjson.dumps(wish)
        async with business.session.request(method, f"{world.base_url}/{path}", data=body) as answer:
            raw = await answer.read()
            return answer.status, orjson.loads(raw) if answer.content_type == "application/json" else raw

    await call("POST", "world/customers", {"number": "+55 11 98765-0043", "name": "Maria Oliveira"})
    return call


async def test_page_and_its_parts(api: Api) -> None:
    status, page = await api("GET", "")
    assert status == 200
    assert b"Simulated WhatsApp" in page
    for part in ("page.css", "page.js"):
        assert f"/page/{part}".encode() in page
        assert (await api("GET", f"page/{part}"))[0] == 200


async def test_customer_is_made_once_and_shown(api: Api) -> None:
    again = {"number": MARIA, "name": "Somebody else"}
    status, shown = await api("POST", "world/customers", again)
    assert (status, shown["name"], shown["window_open"]) == (201, "Maria Oliveira", False)
    _, listed = await api("GET", "world/customers")
    assert [one["number"] for one in listed["customers"]] == [MARIA]


async def test_chat_shows_both_sides(world: WhatsAppWorld, business: Business, receiver: Receiver, api: Api) -> None:
    _, said = await api("POST", f"world/customers/{MARIA}/say", {"text": "Oi"})
    await business.text(MARIA, "Olá", context={"message_id": said["result"]})
    await world.quiet()
    assert receiver.messages()[0]["text"]["body"] == "Oi"
    _, chat = await api("GET", f"world/customers/{MARIA}")
    assert [(bubble["mine"], bubble["text"]) for bubble in chat["bubbles"]] == [(True, "Oi"), (False, "Olá")]
    assert chat["bubbles"][1]["quotes"] == said["result"]
    assert (chat["unread"], chat["window_open"]) == (1, True)
    await api("POST", f"world/customers/{MARIA}/open")
    assert (await api("GET", f"world/customers/{MARIA}"))[1]["unread"] == 0


async def test_pictures_can_be_shown(api: Api) -> None:
    await api("POST", f"world/customers/{MARIA}/image", {"caption": "foto"})
    _, chat = await api("GET", f"world/customers/{MARIA}")
    status, raw = await api("GET", chat["bubbles"][0]["media"].lstrip("/"))
    assert status == 200
    assert raw.startswith(b"\x89PNG")
    assert (await api("GET", "world/media/1"))[0] == 404


WISHES: dict[str, Json] = {
    "say": {"text": "Oi"},
    "press": {"id": "yes", "title": "Sim"},
    "choose": {"id": "n", "title": "Norte"},
    "react": {"wamid": "wamid.x", "emoji": "👍"},
    "edit": {"wamid": "wamid.x", "text": "Oi"},
    "delete": {"wamid": "wamid.x"},
    "play": {"wamid": "wamid.x"},
    "change_number": {"number": "5511900001111"},
    "username": {"username": "maria.o"},
}


@pytest.mark.parametrize("action", sorted(set(ACTIONS) - {"play", "open", "close", "block", "unblock", "username"}))
async def test_every_action_reaches_the_business(
    world: WhatsAppWorld, receiver: Receiver, api: Api, action: str
) -> None:
    status, _ = await api("POST", f"world/customers/{MARIA}/{action}", WISHES.get(action, {}))
    assert status == 200
    await world.quiet()
    assert receiver.bodies


async def test_actions_without_a_webhook(world: WhatsAppWorld, business: Business, api: Api) -> None:
    maria = world.customer(MARIA)
    await api("POST", f"world/customers/{MARIA}/say", {"text": "Oi"})
    await api("POST", f"world/customers/{MARIA}/block")
    assert maria.blocks_business
    await api("POST", f"world/customers/{MARIA}/unblock")
    await api("POST", f"world/customers/{MARIA}/offline")
    wamid = await business.text(MARIA, "Olá")
    await world.quiet()
    assert maria.inbox == []
    await api("POST", f"world/customers/{MARIA}/online")
    await api("POST", f"world/customers/{MARIA}/open", {"stay": True})
    await api("POST", f"world/customers/{MARIA}/play", {"wamid": wamid})
    assert world.ledger.send(wamid).statuses == ["sent", "delivered", "read", "played"]
    assert maria.chat_is_open
    await api("POST", f"world/customers/{MARIA}/close")
    assert not maria.chat_is_open
    await api("POST", f"world/customers/{MARIA}/close_window")
    assert not maria.window_is_open()
    await api("POST", f"world/customers/{MARIA}/username", {"username": "@maria.o"})
    assert maria.identity.username == "maria.o"


async def test_mistakes_are_400_and_unknown_things_404(api: Api) -> None:
    assert (await api("POST", f"world/customers/{MARIA}/say", {}))[0] == 400
    assert (await api("POST", f"world/customers/{MARIA}/say", []))[0] == 400
    assert (await api("POST", f"world/customers/{MARIA}/play", {"wamid": "wamid.none"}))[0] == 400
    assert (await api("POST", "world/faults", {"kind": "earthquake"}))[0] == 400
    assert (await api("POST", "world/clock", {"advance": "soon"}))[0] == 400
    assert (await api("POST", f"world/customers/{MARIA}/fly", {}))[0] == 404
    assert (await api("GET", "world/customers/1"))[0] == 404


async def test_faults_are_planned_and_cleared(world: WhatsAppWorld, api: Api) -> None:
    planned = {"kind": "error", "code": 130429, "http": 429, "retry_after": 5, "times": 2}
    assert (await api("POST", "world/faults", planned))[0] == 201
    assert world.faults.take("messages") == Fault.error(130429, 429, retry_after=5)
    await api("POST", "world/faults", {"kind": "html", "on": "download", "probability": 1})
    assert world.faults.take("download") == Fault(FaultKind.HTML)
    await api("POST", "world/faults", {"webhooks": {"duplicates": 3, "shuffle": True}, "token_revoked": True})
    assert (world.faults.webhooks.duplicates, world.faults.webhooks.shuffle) == (3, True)
    assert world.faults.token_revoked
    await api("DELETE", "world/faults")
    assert world.faults.take("messages") is None
    assert (world.faults.webhooks.duplicates, world.faults.token_revoked) == (0, False)


async def test_clock_closes_the_window(world: WhatsAppWorld, api: Api) -> None:
    await api("POST", f"world/customers/{MARIA}/say", {"text": "Oi"})
    await api("POST", "world/clock", {"advance": 90000})
    assert not world.customer(MARIA).window_is_open()


async def test_ledger(world: WhatsAppWorld, business: Business, api: Api) -> None:
    await api("POST", f"world/customers/{MARIA}/say", {"text": "Oi"})
    wamid = await business.text(MARIA, "Olá")
    await world.quiet()
    _, ledger = await api("GET", "world/ledger?limit=2")
    assert (ledger["sends"][0]["wamid"], ledger["sends"][0]["statuses"]) == (wamid, ["sent", "delivered"])
    assert ledger["counts"]["webhooks"] == 3
    assert len(ledger["webhooks"]) == 2
    assert ledger["subscribed"]


async def test_subscribe(make_world: MakeWorld, connect: Connect) -> None:
    world = await make_world(subscribed=False, verify_token="wrong")
    session = connect(world).session
    async with session.post(f"{world.base_url}/world/subscribe") as answer:
        assert answer.status == 502
    world.webhooks.subscription.verify_token = "verify-me"
    async with session.post(f"{world.base_url}/world/subscribe") as answer:
        assert await answer.json() == {"subscribed": True}


async def test_events_tell_what_happens(world: WhatsAppWorld, business: Business) -> None:
    maria = world.customer(MARIA)
    async with business.session.get(f"{world.base_url}/world/events") as stream:
        assert stream.content_type == "text/event-stream"
        async with asyncio.timeout(5):
            wamid = await maria.say("Oi")
            line = await stream.content.readline()
    assert orjson.loads(line.removeprefix(b"data: ")) == {"event": "said", "number": MARIA, "wamid": wamid}
