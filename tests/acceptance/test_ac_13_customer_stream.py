"""AC-13 for the Chat App's customers: after a cut a stream goes on as if it had never been cut."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.acceptance.agent import Agent, Stream
from tests.acceptance.chat import BackEnd, Device
from tests.acceptance.stage import Stage

BATCH = 25

Open = Callable[[Device, int | None], Awaitable[Stream]]
OPEN: dict[str, Open] = {"ws": Device.socket, "sse": Device.events}


@pytest.fixture
async def app(stage: Stage) -> AsyncIterator[BackEnd]:
    """The app's back end."""
    app = await BackEnd.of(stage)
    yield app
    await app.leave()


async def _talk(ana: Agent, device: Device, conversation_id: str, count: int) -> str:
    """Both sides write; colleagues' own business goes on beside it. The last message's id."""
    last = ""
    for n in range(count):
        await device.say(f"Question {n}")
        last = (await ana.say(conversation_id, f"Answer {n}"))["message_id"]
        if n % 5 == 0:
            patch = {"priority": n % 4}
            await ana.request("PATCH", f"/api/v1/conversations/{conversation_id}", patch, **{"If-Match": "*"})
    return last


def _has(message_id: str) -> Callable[[Stream], bool]:
    return lambda stream: any(f["data"]["message"]["message_id"] == message_id for f in stream.of("message.sent"))


async def _begun(stage: Stage, app: BackEnd, name: str) -> tuple[Agent, Device, str]:
    ana, device = await stage.login(), await app.device(name=name)
    await device.say("Hello")
    return ana, device, (await ana.conversation_of(name))["id"]


@pytest.mark.parametrize("kind", OPEN)
async def test_a_resumed_stream_equals_the_uncut_one(stage: Stage, app: BackEnd, kind: str) -> None:
    ana, device, conversation_id = await _begun(stage, app, f"Iris {kind}")
    others = await app.device(name=f"Jonas {kind}")
    uncut, cut = await device.socket(), await OPEN[kind](device, None)
    stranger = await others.socket()
    last = await _talk(ana, device, conversation_id, 3)
    await cut.until(_has(last))
    await cut.leave()
    await asyncio.gather(*(others.say(f"Not for Iris {n}") for n in range(BATCH)))
    last = await _talk(ana, device, conversation_id, BATCH)
    await uncut.until(_has(last))
    resumed = await OPEN[kind](device, cut.durable[-1]["seq"])
    await resumed.until(lambda again: again.of("resumed"))
    await resumed.until(_has(last))
    together = cut.durable + resumed.durable
    assert together == uncut.durable[: len(together)]
    assert [f["seq"] for f in together] == sorted({f["seq"] for f in together})
    (said,) = resumed.of("resumed")
    assert said["from"] == cut.durable[-1]["seq"]
    assert "Not for Iris" not in str(together)
    assert {f["data"]["message"]["content"]["text"][:8] for f in stranger.of("message.received")} == {"Not for "}


@pytest.mark.parametrize("kind", OPEN)
async def test_cut_again_and_again_while_messages_pass(stage: Stage, app: BackEnd, kind: str) -> None:
    ana, device, conversation_id = await _begun(stage, app, f"Katia {kind}")
    uncut = await device.socket()
    talking = asyncio.create_task(_talk(ana, device, conversation_id, BATCH))
    pieces: list[Stream] = []
    place = uncut.of("hello")[0]["seq"]
    while not talking.done():
        piece = await OPEN[kind](device, place)
        await asyncio.sleep(0.03)
        await piece.leave()
        pieces.append(piece)
        place = piece.durable[-1]["seq"] if piece.durable else place
    last = await talking
    await uncut.until(_has(last))
    final = await OPEN[kind](device, place)
    await final.until(lambda stream: stream.of("resumed"))
    if not any(_has(last)(piece) for piece in pieces):
        await final.until(_has(last))
    together = [frame for piece in (*pieces, final) for frame in piece.durable]
    assert together == uncut.durable[: len(together)]
    assert len(pieces) > 2


async def test_what_was_said_long_ago_is_read_without_the_rest(stage: Stage, app: BackEnd) -> None:
    ana, device, conversation_id = await _begun(stage, app, "Lena long ago")
    start = await device.socket()
    place = start.of("hello")[0]["seq"]
    last = await _talk(ana, device, conversation_id, 3)
    await start.until(_has(last))
    stage.hub.stop()  # what a new process has in memory begins at its start
    await stage.rows("update journal_head set seq = seq + 20000")
    await stage.hub.start()
    again = await device.socket(place)
    await again.until(_has(last))
    assert [f["id"] for f in again.durable] == [f["id"] for f in start.durable]


@pytest.mark.parametrize("kind", OPEN)
async def test_a_place_that_is_no_longer_kept_is_said_to_be(stage: Stage, app: BackEnd, kind: str) -> None:
    ana, device, conversation_id = await _begun(stage, app, f"Mara {kind}")
    await _talk(ana, device, conversation_id, 3)
    head: int = await stage.value("select seq from journal_head")
    await stage.rows("delete from events where seq <= $1", head - 2)
    await stage.rows("update journal_head set trimmed = $1", head - 2)
    stage.hub.stop()
    await stage.hub.start()
    for place, reason in ((head - 10, "expired"), (head + 1000, "epoch")):
        stream = await OPEN[kind](device, place)
        await stream.until(lambda s: s.of("reset"))
        assert stream.of("reset")[0]["reason"] == reason
        written = await device.say(f"After {reason}")
        await stream.until(lambda s: s.of("message.received"))
        assert stream.durable[-1]["data"]["message"]["message_id"] == written["message_id"]
