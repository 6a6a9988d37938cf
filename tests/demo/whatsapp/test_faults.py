"""Faults: each does to a real client what its name says, and takes effect or not as it says."""

from collections.abc import Awaitable, Callable, Mapping

import aiohttp
import orjson
import pytest

from hub.demo.whatsapp import Fault, WhatsAppWorld
from tests.demo.conftest import Business, MakeWorld, Receiver

PHONE_ID = "106540352242922"
MARIA = "5511987650043"
BODY = {"messaging_product": "whatsapp", "to": f"+{MARIA}", "type": "text", "text": {"body": "Olá"}}


Post = Callable[..., Awaitable[tuple[int, Mapping[str, str], bytes]]]


@pytest.fixture
async def post(world: WhatsAppWorld) -> Post:
    """One send over a fresh connection: (status, headers, raw body)."""

    async def once(patience: float = 5.0) -> tuple[int, Mapping[str, str], bytes]:
        headers = {"Authorization": "Bearer EAAG-demo-token"}
        limit = aiohttp.ClientTimeout(total=patience)
        async with (
            aiohttp.ClientSession(headers=headers, timeout=limit) as session,
            session.post(f"{world.base_url}/v26.0/{PHONE_ID}/messages", json=BODY, allow_redirects=False) as answer,
        ):
            return answer.status, answer.headers, await answer.read()

    await world.customer(MARIA).say("Oi")
    return once


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Fault.error(131000), 500, 131000),
        (Fault.error(2), 503, 2),
        (Fault.error(130429, 429), 429, 130429),
        (Fault.error(131056), 400, 131056),
        (Fault.error(368), 403, 368),
        (Fault.error(424242), 400, 424242),
    ],
)
async def test_graph_error(world: WhatsAppWorld, post: Post, fault: Fault, status: int, code: int) -> None:
    world.faults.next(1, fault)
    got, _, raw = await post()
    error = orjson.loads(raw)["error"]
    assert (got, error["code"]) == (status, code)
    assert error.get("is_transient", False) == (code == 2)
    assert len(world.ledger.sends) == 0
    assert (await post())[0] == 200
    assert [attempt.outcome for attempt in world.ledger.attempts] == ["fault:error", "accepted"]


async def test_retry_after(world: WhatsAppWorld, post: Post) -> None:
    world.faults.next(1, Fault.error(130429, 429, retry_after=3))
    assert (await post())[1]["Retry-After"] == "3"


async def test_html(world: WhatsAppWorld, post: Post) -> None:
    world.faults.next(1, Fault.html())
    status, headers, raw = await post()
    assert (status, headers["Content-Type"][:9]) == (502, "text/html")
    assert raw.startswith(b"<!DOCTYPE")


async def test_redirect_leads_to_the_metadata_service(world: WhatsAppWorld, post: Post) -> None:
    world.faults.next(1, Fault.redirect())
    status, headers, _ = await post()
    assert (status, headers["Location"]) == (302, "http://169.254.169.254/latest/meta-data/")
    assert len(world.ledger.sends) == 0


@pytest.mark.parametrize("after_commit", [True, False])
async def test_reset(world: WhatsAppWorld, post: Post, after_commit: bool) -> None:
    world.faults.next(1, Fault.reset(after_commit=after_commit))
    with pytest.raises((aiohttp.ClientError, ConnectionResetError)):
        await post()
    assert len(world.ledger.sends) == int(after_commit)


async def test_hang_takes_effect(world: WhatsAppWorld, post: Post) -> None:
    world.faults.next(1, Fault.hang(60))
    with pytest.raises(TimeoutError):
        await post(patience=0.1)
    await world.quiet()
    assert [bubble.text for bubble in world.customer(MARIA).inbox] == ["Olá"]


async def test_truncated(world: WhatsAppWorld, post: Post) -> None:
    world.faults.next(1, Fault.truncated())
    status, _, raw = await post()
    assert status == 200
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(raw)
    assert len(world.ledger.sends) == 1


async def test_no_id(world: WhatsAppWorld, post: Post) -> None:
    world.faults.next(1, Fault.no_id())
    status, _, raw = await post()
    assert status == 200
    assert "messages" not in orjson.loads(raw)
    assert len(world.ledger.sends) == 1


async def test_drip_outlasts_the_client(world: WhatsAppWorld, post: Post) -> None:
    world.faults.next(1, Fault.drip(0.05))
    with pytest.raises(TimeoutError):
        await post(patience=0.3)
    assert len(world.ledger.sends) == 1


async def test_drip_is_complete_for_the_patient(world: WhatsAppWorld, post: Post) -> None:
    world.faults.next(1, Fault.drip(0.0001))
    assert orjson.loads((await post())[2])["messages"]


async def test_huge(world: WhatsAppWorld, post: Post) -> None:
    world.faults.next(1, Fault.huge(3_000_000))
    assert len((await post())[2]) == 3_000_000


async def test_fails_later(world: WhatsAppWorld, post: Post) -> None:
    world.faults.next(1, Fault.fails_later(131049))
    assert (await post())[0] == 200
    await world.quiet()
    assert world.ledger.sends[0].statuses == ["failed"]
    assert world.customer(MARIA).inbox == []


async def test_status_comes_before_the_answer(world: WhatsAppWorld, post: Post, receiver: Receiver) -> None:
    await world.quiet()
    world.faults.next(1, Fault.status_first())
    _, _, raw = await post()
    wamid = orjson.loads(raw)["messages"][0]["id"]
    assert ("sent", wamid) in [(status["status"], status["id"]) for status in receiver.statuses()]
    await world.quiet()
    assert world.ledger.send(wamid).statuses == ["sent", "delivered"]


async def test_revoked_token_until_restored(world: WhatsAppWorld, post: Post) -> None:
    world.faults.revoke_token()
    status, _, raw = await post()
    assert (status, orjson.loads(raw)["error"]["code"]) == (401, 190)
    world.faults.restore_token()
    assert (await post())[0] == 200


async def test_fault_for_one_recipient(world: WhatsAppWorld, post: Post, business: Business) -> None:
    world.faults.next(1, Fault.html(), to="34611928374")
    assert (await post())[0] == 200
    lucia = world.customer("34611928374")
    body = {"messaging_product": "whatsapp", "recipient": lucia.bsuid, "type": "text", "text": {"body": "Hola"}}
    async with business.session.post(
        f"{world.base_url}/v26.0/{PHONE_ID}/messages", json=body, headers={"Authorization": "Bearer EAAG-demo-token"}
    ) as answer:
        assert answer.status == 502


async def test_marking_read_uses_up_no_fault_of_sending(world: WhatsAppWorld, post: Post, business: Business) -> None:
    world.faults.next(1, Fault.html())
    world.faults.next(1, Fault.error(2), on="read")
    wamid = world.customer(MARIA).chat.bubbles[0].wamid
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
    answers = [(await business.call("POST", f"{PHONE_ID}/messages", json=read))[0] for _ in range(2)]
    assert answers == [503, 200]
    assert (await post())[0] == 502
    assert [attempt.outcome for attempt in world.ledger.attempts] == ["fault:html"]


async def test_probability_is_seeded_and_cleared(make_world: MakeWorld) -> None:
    drawn = []
    for _ in range(2):
        world = await make_world(seed=3)
        world.faults.always(0.5, Fault.html())
        drawn.append([world.faults.take("messages") is not None for _ in range(50)])
        world.faults.clear()
        assert world.faults.take("messages") is None
    assert drawn[0] == drawn[1]
    assert 10 < sum(drawn[0]) < 40


async def test_next_comes_before_always(world: WhatsAppWorld) -> None:
    world.faults.always(1.0, Fault.html())
    world.faults.next(2, Fault.truncated())
    assert [world.faults.take("messages") for _ in range(3)] == [Fault.truncated(), Fault.truncated(), Fault.html()]
    assert world.faults.take("download") is None
